import pytest

from c2c.data import notices
from c2c.data.notices import find_notices, keep_notices


@pytest.mark.parametrize(
    "name", ["LICENSE", "Licence.md", "SOURCES.md", "attribution.csv", "attribution.json", "NOTICE.txt"]
)
def test_a_licence_or_attribution_is_known_by_its_name(tmp_path, name):
    (tmp_path / name).write_text("by someone")

    assert find_notices(tmp_path) == [tmp_path / name]


@pytest.mark.parametrize("name", ["readme.md", "license.jpg", "my-license.txt", "sources.html"])
def test_other_files_are_not_taken_for_one(tmp_path, name):
    (tmp_path / name).write_text("something")

    assert find_notices(tmp_path) == []


def test_folders_and_huge_files_are_left(tmp_path, monkeypatch):
    monkeypatch.setattr(notices, "LARGEST_BYTES", 10)
    (tmp_path / "license").mkdir()
    (tmp_path / "sources.txt").write_text("x" * 11)

    assert find_notices(tmp_path) == []


def test_they_are_kept_in_place_of_earlier_ones(tmp_path):
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "LICENSE").write_text("new")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "SOURCES.md").write_text("old")

    assert keep_notices(tmp_path / "city", tmp_path / "kept") == [tmp_path / "kept" / "LICENSE"]
    assert [path.read_text() for path in (tmp_path / "kept").iterdir()] == ["new"]
