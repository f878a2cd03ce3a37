import importlib.util
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from c2c.cli import main
from c2c.records import VotesRecord, read_record
from c2c.site.reading import read_run
from c2c.site.study import study_of


def load_run_folder():
    name = "cli_run_folder"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "site" / "run_folder.py")
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(tmp_path):
    make = load_run_folder()
    columns = [("input", "image", "real", "paris"), ("output", "image", "fake", "burano")]
    make.translation(tmp_path / "run", "cyclegan", "cyclegan", "paris", "burano", 16, columns)
    return tmp_path / "run"


@pytest.fixture
def hand_in(run, tmp_path):
    study = study_of(read_run(run))

    def write(name, real=True, **changed):
        answers = [
            {"picture": picture.id, "real": group.real or real, "city": group.city, "seconds": 1.5}
            for group in study.groups
            for picture in group.pictures
        ]
        votes = {
            "format": "c2c votes",
            "version": 1,
            "study": study.id,
            "seed": 1,
            "session": name,
            "pictures": answers,
        }
        (tmp_path / name).write_text(json.dumps({**votes, **changed}))
        return tmp_path / name

    return write


def votes(*words):
    return CliRunner().invoke(main, ["votes", *(str(word) for word in words)])


def test_votes_are_added_up_kept_and_printed(run, hand_in):
    result = votes(run, hand_in("ann.json"), hand_in("ben.json", real=False))

    assert result.exit_code == 0, result.output
    assert "50% (25 to 75%)" in result.stdout
    assert "24 answers of 2 people, in 2 files." in result.stdout
    record = read_record(run / "records" / "votes.json")
    assert isinstance(record, VotesRecord)
    assert sorted(file.file for file in record.files) == sorted(f"votes/{p.name}" for p in (run / "votes").iterdir())


def test_files_that_come_later_are_added_to_those_that_are_there(run, hand_in):
    votes(run, hand_in("ann.json"))
    votes(run, hand_in("ann.json"), hand_in("ben.json"))  # the first once more
    record = json.loads(votes(run, "--json").stdout)

    assert record["voters"] == 2
    assert [file["answers"] for file in record["files"]] == [12, 12]


def test_one_bad_file_among_good_ones_changes_nothing(run, hand_in):
    result = votes(run, hand_in("ann.json"), hand_in("bad.json", version=9))

    assert result.exit_code == 1
    assert "newer than 1" in result.stderr
    assert not (run / "votes").exists()
    assert not (run / "records" / "votes.json").exists()


def test_votes_on_earlier_pictures_are_left_out_and_told(run, hand_in):
    votes(run, hand_in("ann.json"))
    folder = run / "pictures" / "cyclegan" / "paris-to-burano" / "16" / "fake"
    (folder / "street-000.png").write_bytes((folder / "street-001.png").read_bytes())
    result = votes(run)

    assert result.exit_code == 1
    assert "Left out, since about other pictures: 1 of the files" in result.stderr
    assert "There are no votes on the pictures" in result.stderr


def test_a_run_without_a_study_and_a_folder_that_is_no_run_are_refused(tmp_path, hand_in):
    (tmp_path / "empty" / "records").mkdir(parents=True)

    assert "holds no run" in votes(tmp_path / "nothing").stderr
    assert "has no blind study" in votes(tmp_path / "empty").stderr
