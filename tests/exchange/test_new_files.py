import errno
import os

import pytest

from c2c.errors import OutputError
from c2c.exchange.new_files import new_files


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_appear_when_all_went_well_and_not_before(tmp_path):
    with new_files(tmp_path / "new" / "a", tmp_path / "new" / "b") as parts:
        for part in parts:
            part.write_text("whole")
        assert not (tmp_path / "new" / "a").exists()

    assert names(tmp_path / "new") == ["a", "b"]
    assert (tmp_path / "new" / "b").read_text() == "whole"


def test_nothing_is_left_when_something_went_wrong(tmp_path):
    def write():
        with new_files(tmp_path / "a", tmp_path / "b") as parts:
            parts[0].write_text("half")
            raise KeyError

    with pytest.raises(KeyError):
        write()

    assert names(tmp_path) == []


def test_a_file_that_is_there_is_never_replaced(tmp_path):
    (tmp_path / "b").write_text("mine")

    with pytest.raises(OutputError, match="b is there already"), new_files(tmp_path / "a", tmp_path / "b"):
        pytest.fail("nothing may be written")

    assert names(tmp_path) == ["b"]
    assert (tmp_path / "b").read_text() == "mine"


def test_a_disk_that_is_full_is_an_error_in_words(tmp_path):
    with pytest.raises(OutputError, match="No space left on device"), new_files(tmp_path / "a"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_one_is_an_error_in_words(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(OutputError, match="cannot be written to"), new_files(tmp_path / "file" / "a"):
        pytest.fail("nothing may be written")
