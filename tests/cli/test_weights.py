import pytest
from click.testing import CliRunner

from c2c.cli import main
from c2c.weights import KNOWN


@pytest.fixture
def invoke(monkeypatch, tmp_path):
    monkeypatch.setenv("C2C_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(main, ["weights", *(str(word) for word in words)])


def test_every_known_network_is_listed_with_its_state(invoke):
    result = invoke("list")

    assert result.exit_code == 0, result.output
    rows = {name: next(line for line in result.stdout.splitlines() if name in line) for name in KNOWN}
    assert "present" in rows["efficientnet-lite0"]  # it comes as a dependency
    assert "absent" in rows["vgg16-hed"]


def test_a_network_that_is_here_is_told_by_its_path(invoke):
    result = invoke("get", "efficientnet-lite0")

    assert result.exit_code == 0, result.output
    assert "efficientnet" in result.stdout.replace("\n", "")


def test_a_wrong_file_is_not_taken(invoke, tmp_path):
    (tmp_path / "wrong.h5").write_bytes(b"wrong")

    result = invoke("add", "vgg16-hed", tmp_path / "wrong.h5")

    assert result.exit_code == 1
    assert "SHA-256" in result.stderr
    assert not list((tmp_path / "cache").rglob("*.h5"))
