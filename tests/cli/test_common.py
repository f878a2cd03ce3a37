import time

from rich.console import Console

from c2c.cli import common
from c2c.cli.common import TerminalReporter


def test_in_a_file_a_stage_is_a_line_when_it_begins_and_one_when_it_is_done(capsys):
    reporter = TerminalReporter()

    with reporter.stage("train cyclegan") as progress:
        progress(1, 2)
        progress(2, 2)

    out, err = capsys.readouterr()
    assert out == ""
    assert err == "train cyclegan …\ntrain cyclegan: done in 0 s\n"


def test_in_a_file_a_long_stage_tells_now_and_then_how_far_it_is(capsys, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    with TerminalReporter().stage("train") as progress:
        for step in range(1, 6):
            now[0] += common.LINE_EVERY_S / 2 + 1
            progress(step, 5)

    assert capsys.readouterr().err.splitlines()[1:-1] == ["train: 2 of 5 after 22 s", "train: 4 of 5 after 44 s"]


def test_in_a_terminal_a_stage_is_a_bar(capsys):
    reporter = TerminalReporter()
    reporter.console = Console(stderr=True, force_terminal=True, width=100)

    with reporter.stage("train cyclegan") as progress:
        progress(1, 2)

    assert "1/2" in capsys.readouterr().err


def test_what_is_said_goes_to_stderr(capsys):
    TerminalReporter().say("[red]train failed:[/red] why")

    assert capsys.readouterr() == ("", "train failed: why\n")
