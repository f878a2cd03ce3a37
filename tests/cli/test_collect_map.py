import os
import signal
import subprocess
import sys

import httpx
import pytest
from click.testing import CliRunner

from c2c.cli import main
from c2c.collect.asked import Asked, write_asked
from c2c.collect.pictures import Link, Place
from c2c.collect.sqlite_ledger import SqliteLedger

CENTRE = Place(48.86, 2.34)


@pytest.fixture
def collection(tmp_path, monkeypatch):
    """A collection that is called paris, with one panorama waiting; no registry is reached, and the cache is empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("C2C_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9/")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    folder, asked = tmp_path / "collections" / "paris", Asked("panoramax", CENTRE, 500.0)
    folder.mkdir(parents=True)
    ledger = SqliteLedger(folder)
    ledger.begin(asked)
    ledger.add([Link("a", CENTRE, None)], None, 0)
    ledger.close()
    write_asked(folder, asked)
    return folder


def test_a_collection_is_shown_until_ctrl_c_and_without_leaflet_as_a_picture(collection):
    command = [sys.executable, "-m", "c2c", "collect", "map", "paris"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)
    address = process.stdout.readline().strip()
    with httpx.Client(base_url=address, trust_env=False) as client:
        assert client.get("/dots.json").json()["counts"]["queued"] == 1
        assert client.get("/about.json").json()["title"] == "paris"
        assert client.get("/leaflet/leaflet.js").status_code == 404
        assert "<circle" in client.get("/map.svg").text
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 0
    assert "A plain picture is shown instead of Leaflet's map" in said
    assert "npm pack leaflet@1.9.4" in said


def test_a_collection_that_is_none_and_tiles_that_are_none_are_answered_in_words(collection):
    nothing = CliRunner().invoke(main, ["collect", "map", "nowhere"])
    tiles = CliRunner().invoke(main, ["collect", "map", "paris", "--tiles", "nonsense"])

    assert (nothing.exit_code, tiles.exit_code) == (1, 1)
    assert "holds no collection" in nothing.stderr
    assert "--tiles 'nonsense' is no address of map tiles" in tiles.stderr
