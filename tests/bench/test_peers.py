"""Programs in turns, with real ones that are tiny."""

import random
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.peers.__main__ import main
from bench.peers.comparing import compare, median_interval, ratio
from bench.peers.plan import PeersError, Plan, Program, pictures_of, read_plan
from bench.peers.running import Turn, take_turn
from c2c.records import PeersRecord, read_record

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "compare-programs.md"
COPY = "import pathlib, shutil, sys, time; source, target, each = sys.argv[1:]\n"
COPY += "for path in pathlib.Path(source).iterdir(): shutil.copy(path, target); time.sleep(float(each))"


def copying(seconds_each, **more):
    """A program that copies pictures, and sleeps after each."""
    words = [sys.executable, "-S", "-c", COPY, "{input}", "{output}", str(seconds_each)]
    return Program(shlex.join(words), **more)


def python(text):
    return Program(shlex.join([sys.executable, "-S", "-c", text, "{input}", "{output}"]))


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "my pictures"
    folder.mkdir()
    for name in "abcd":
        (folder / f"{name}.png").write_bytes(b"a picture")
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_a_program_that_sleeps_longer_takes_longer(pictures):
    programs = {"quick": copying(0), "slow": copying(0.3)}
    first, second = compare(Plan(pictures, programs, rounds=1)).programs

    assert (first.status, second.status) == ("measured", "measured")
    assert first.whole is None
    assert second.whole.value > 1
    assert second.whole.interval is None  # of one round
    assert (len(second.seconds), second.pictures_written) == (1, 4)  # the notes were copied too, and are none
    assert second.peak_memory_bytes > 1_000_000


def test_programs_take_turns_and_what_starting_costs_is_taken_off(pictures, monkeypatch):
    started = []

    def turn(program, folder, needed, timeout_s):
        started.append((program.command, needed))
        start, each = {"a": (5.0, 1.0), "b": (1.0, 3.0)}[program.command]
        return Turn(start + each * needed, 0.0, 1, needed)

    monkeypatch.setattr("bench.peers.comparing.take_turn", turn)
    _, second = compare(Plan(pictures, {"a": Program("a"), "b": Program("b")}, rounds=6)).programs

    assert [name for name, needed in started if needed == 4] == list("baab" * 3 + "ba")
    assert (second.whole.value, second.a_picture.value) == (pytest.approx(13 / 9), pytest.approx(3.0))
    assert second.a_picture.interval == (pytest.approx(3.0), pytest.approx(3.0))
    assert len(second.seconds) == 6


def test_a_program_that_fails_is_named_with_what_it_said_and_the_others_go_on(pictures):
    programs = {"good": copying(0), "bad": python("raise ValueError('no such network')")}
    good, bad = compare(Plan(pictures, programs, rounds=1)).programs

    assert good.status == "measured"
    assert (bad.status, bad.seconds, bad.whole) == ("failed", (), None)
    assert "no such network" in bad.reason


def test_a_program_that_writes_too_few_pictures_has_failed(pictures):
    turn = take_turn(python("pass"), pictures, 4, 60)

    assert turn.problem == "it wrote 0 pictures of 4"


def test_a_program_that_does_not_exist_has_failed(pictures):
    assert "cannot be started" in take_turn(Program("no-such-program {input} {output}"), pictures, 4, 60).problem


def test_a_program_that_does_not_end_is_ended_with_what_it_started(pictures, tmp_path):
    child = f"import time, pathlib; time.sleep(3); pathlib.Path({str(tmp_path / 'alive')!r}).touch()"
    started = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-S', '-c', {child!r}]); time.sleep(60)"
    turn = take_turn(python(started), pictures, 4, 1.0)

    assert turn.problem == "it was ended after 1 s"
    assert turn.seconds < 30
    time.sleep(4)
    assert not (tmp_path / "alive").exists()


def test_folders_with_spaces_are_one_word_each():
    words = Program("translate --from={input} {output}").words(Path("/my pictures"), Path("/out"))

    assert words == ["translate", "--from=/my pictures", "/out"]


def test_a_program_is_started_in_its_own_folder(pictures, tmp_path):
    (tmp_path / "checkout").mkdir()
    saved = "import pathlib, sys; pathlib.Path(sys.argv[2], pathlib.Path.cwd().name + '.png').touch()"
    program = Program(python(saved).command, tmp_path / "checkout")

    assert take_turn(program, pictures, 1, 60).problem == ""


def test_the_interval_of_a_median_holds_it_as_often_as_it_says():
    chance = random.Random(0)
    inside = 0
    for _ in range(4000):
        low, high = median_interval([chance.lognormvariate(0, 1) for _ in range(9)])
        inside += low <= 1.0 <= high

    assert 0.95 <= inside / 4000 <= 0.97  # 0.961 for nine values
    assert median_interval([1.0] * 5) is None
    assert median_interval([3.0, 1.0, 2.0, 6.0, 5.0, 4.0]) == (1.0, 6.0)


def test_where_a_picture_costs_nothing_there_is_no_ratio():
    assert ratio([0.2, 0.3], [0.1, -0.01]) is None
    assert ratio([0.2, 0.6], [0.1, 0.2]).value == pytest.approx(2.5)


def plan_file(folder, text):
    file = folder / "peers.toml"
    file.write_text(text)
    return file


TWO = "[programs.a]\ncommand = 'a {input} {output}'\n[programs.b]\ncommand = 'b {input} {output}'\nfolder = 'there'\n"


def test_a_plan_is_read_with_its_folders_beside_it(tmp_path):
    plan = read_plan(plan_file(tmp_path, f"pictures = 'in'\nrounds = 3\n{TWO}"))

    assert (plan.pictures, plan.rounds) == (tmp_path / "in", 3)
    assert list(plan.programs) == ["a", "b"]
    assert plan.programs["b"].folder == tmp_path / "there"


def test_the_plan_that_the_documentation_shows_can_be_read(tmp_path):
    (shown,) = re.findall(r"^```text\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

    assert list(read_plan(plan_file(tmp_path, shown)).programs) == ["c2c", "reference"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pictures = 'in'\n", "names 0 programs"),
        (f"picture = 'in'\n{TWO}", "Did you mean 'pictures'?"),
        (TWO, "missing required field `pictures`"),
        (f"pictures = 'in'\nrounds = 0\n{TWO}", "at least 1 is needed"),
        (f"pictures = 'in'\n{TWO.replace('{output}', 'out')}", "lacks {output}"),
        (f"pictures = 'in'\n{TWO.replace('folder', 'foldr')}", "programs.b.foldr is no key"),
        ("pictures = ", "cannot be read"),
    ],
)
def test_a_plan_that_cannot_be_used_says_why(tmp_path, text, said):
    with pytest.raises(PeersError) as error:
        read_plan(plan_file(tmp_path, text))

    assert said in str(error.value)


def test_one_picture_is_too_few(tmp_path):
    (tmp_path / "a.png").touch()
    with pytest.raises(PeersError, match="holds 1 pictures; at least 2 are needed"):
        pictures_of(tmp_path)


def test_the_command_shows_a_table_writes_the_record_and_says_what_failed_by_its_status(pictures, tmp_path):
    text = f"pictures = '{pictures.name}'\nrounds = 1\n"
    for name, program in (("ours", copying(0)), ("theirs", python("sys.exit(3)"))):
        text += f"[programs.{name}]\ncommand = '''{program.command}'''\n"
    result = CliRunner().invoke(main, [str(plan_file(tmp_path, text)), "--out", str(tmp_path / "out")])

    assert result.exit_code == 2, result.output
    assert "theirs failed" in result.output
    record = read_record(tmp_path / "out/records/peers.json")
    assert isinstance(record, PeersRecord)
    assert [program.status for program in record.programs] == ["measured", "failed"]


def test_an_error_is_told_without_a_traceback(tmp_path):
    result = CliRunner().invoke(main, [str(tmp_path / "none.toml")])

    assert result.exit_code == 1
    assert "cannot be read" in result.output


def test_timing_programs_does_not_load_torch():
    loaded = "import sys, bench.peers.__main__; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", loaded], check=False, timeout=120).returncode == 0
