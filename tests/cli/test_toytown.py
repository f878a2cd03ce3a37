import signal
import socket
import subprocess
import sys

import httpx
from click.testing import CliRunner

from c2c.cli import main

SERVE = [sys.executable, "-m", "c2c", "toytown", "serve", "burano", "--panoramas", "9", "--height", "32"]


def invoke(*words):
    return CliRunner().invoke(main, ["toytown", "serve", *words])


def test_a_town_is_served_at_the_address_printed_until_it_is_interrupted():
    with subprocess.Popen([*SERVE, "--misbehave", "gone"], stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().strip()
            search = httpx.get(f"{address}/panoramax/api/search?limit=3", timeout=60).json()
            gone = httpx.get(search["features"][0]["assets"]["thumb"]["href"], timeout=60)
        finally:
            process.send_signal(signal.SIGINT)
        process.stdout.read()
    assert process.returncode == 0
    assert address.startswith("http://127.0.0.1:")
    assert len(search["features"]) == 3
    assert gone.status_code == 404


def test_a_wrong_misbehaviour_lists_those_that_there_are():
    result = invoke("paris", "--misbehave", "nonsense")
    assert result.exit_code == 1
    assert "throttle" in result.output
    assert "mirrored-payload" in result.output


def test_a_port_that_is_taken_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = invoke("paris", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "--port 0" in result.output
