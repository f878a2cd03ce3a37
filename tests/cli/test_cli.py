import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import c2c
from c2c.cli import main

EXCHANGE = ["import-checkpoint", "export-checkpoint", "export-onnx"]
VERBS = [
    "run",
    "collect",
    "views",
    "signal",
    "leaks",
    "prepare",
    "train",
    "translate",
    "score",
    "time",
    "site",
    "serve",
    "votes",
    *EXCHANGE,
    "recipes",
    "toytown",
    "weights",
]


def commands(group=main, path=()):
    """Every command of the tree with the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def invoke(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.alone
def test_help_answers_at_once_without_torch():
    call = "main(['--help'], standalone_mode=False)"
    code = f"import sys; from c2c.cli import main; {call}; sys.exit('torch' in sys.modules)"
    began = time.perf_counter()

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr
    assert time.perf_counter() - began < 5  # some 0.3 s on a machine at rest, torch alone takes more
    assert "Turn pictures of one city into another" in result.stdout


def test_every_commands_help_answers_without_torch():
    calls = "; ".join(f"main({[*words, '--help']}, standalone_mode=False)" for words, _ in commands())
    code = f"import sys; from c2c.cli import main; {calls}; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_verbs_come_in_pipeline_order():
    listed = re.findall(r"^  (\w[\w-]*)  ", invoke("--help").output, re.MULTILINE)

    assert listed == VERBS


@pytest.mark.parametrize("words", [words for words, _ in commands()], ids=" ".join)
def test_every_command_has_an_example_of_itself_that_parses(words):
    text = invoke(*words, "--help").output
    examples = re.findall(r"^ +(c2c .+)$", text.split("Example")[1].split("Options:")[0], re.MULTILINE)

    assert examples
    for example in examples:
        called = shlex.split(example.split(">")[0])[1:]
        assert tuple(called[: len(words)]) == words
        command = dict(commands())[words]
        command.make_context(" ".join(words), called[len(words) :]).close()


def test_every_option_is_explained():
    for words, command in commands():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{' '.join(words)} {parameter.name}"


def test_it_tells_its_version():
    assert invoke("--version").output == f"c2c, version {c2c.__version__}\n"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("run", "toytwon"), "did you mean 'toytown'"),
        (("run", "toytown", "--set", "training.stpes=3"), "did you mean 'steps'"),
        (("run", "toytown", "--out", "run", "--device", "gpu"), "cpu, cuda and auto"),
        (("prepare", "paris-burano", "--out", "run"), "photos/paris does not exist"),
        (("train", "nowhere"), "nowhere holds no run"),
        (("translate", "nowhere"), "nowhere holds no run"),
        (("translate", "nowhere", "pictures", "--out", "out"), "nowhere holds no checkpoint"),
        (("score", "nowhere"), "nowhere holds no run"),
        (("score", "nowhere", "elsewhere"), "nowhere"),
        (("time", "nowhere"), "nowhere holds no run"),
        (("recipes", "toytwon"), "did you mean 'toytown'"),
        (("weights", "get", "vgg16-hedd"), "did you mean 'vgg16-hed'"),
        (("weights", "add", "vgg16-hed", "nowhere.h5"), "There is no file nowhere.h5"),
    ],
)
def test_wrong_input_is_answered_on_stderr_without_a_traceback(words, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    result = invoke(*words)

    assert result.exit_code == 1
    assert "Error: " in result.stderr
    assert text in result.stderr
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_typing_error_is_answered_with_the_usage():
    result = invoke("trian")

    assert result.exit_code == 2
    assert "No such command 'trian'" in result.stderr


def test_python_dash_m_is_the_same_command(tmp_path):
    asked = [sys.executable, "-m", "c2c", "recipes", "toytwon"]

    result = subprocess.run(asked, capture_output=True, text=True, cwd=tmp_path, check=False)

    assert result.returncode == 1
    assert result.stderr.startswith("Error: There is no recipe 'toytwon'")
    assert result.stdout == ""
    assert list(Path(tmp_path).iterdir()) == []
