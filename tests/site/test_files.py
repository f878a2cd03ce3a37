import os

import pytest

from c2c.errors import OutputError
from c2c.site.files import LIST_OF_FILES, UNFINISHED, SiteFiles


@pytest.fixture
def site(tmp_path):
    return tmp_path / "site"


def built(site, **texts):
    files = SiteFiles(site)
    for name, text in texts.items():
        files.write(f"{name}.html", text)
    files.finish()


def test_a_file_that_is_as_it_should_be_is_left_alone(site):
    built(site, a="one")
    os.utime(site / "a.html", (1, 1))
    built(site, a="one")

    assert (site / "a.html").stat().st_mtime == 1


def test_what_only_an_earlier_build_made_is_removed_and_a_stranger_s_file_stays(site):
    built(site, a="one", b="two")
    (site / "CNAME").write_text("example.org")
    built(site, a="one")

    assert sorted(path.name for path in site.iterdir()) == ["CNAME", "a.html", LIST_OF_FILES]


def test_nothing_outside_the_site_is_removed_whatever_its_list_says(site, tmp_path):
    (tmp_path / "precious").write_text("mine")
    built(site, a="one")
    (site / LIST_OF_FILES).write_text("../precious\na.html\n")
    built(site, a="one")

    assert (tmp_path / "precious").exists()


def test_what_a_killed_build_left_is_gone_after_the_next(site):
    killed = SiteFiles(site)
    killed.write("old.html", "of a record that is no longer there")
    (site / UNFINISHED).mkdir(exist_ok=True)
    (site / UNFINISHED / "half").write_text("ha")
    built(site, a="one")

    assert sorted(path.name for path in site.iterdir()) == ["a.html", LIST_OF_FILES]


def test_text_that_utf_8_cannot_hold_is_written_with_a_question_mark(site):
    built(site, a="a lone \ud800 surrogate")

    assert (site / "a.html").read_text() == "a lone ? surrogate"


def test_a_copy_that_is_older_than_its_origin_is_replaced(site, tmp_path, monkeypatch):
    monkeypatch.setattr("pathlib.Path.hardlink_to", lambda self, target: self.write_text("old"))
    origin = tmp_path / "a"
    origin.write_text("new")
    SiteFiles(site).link(origin, "a.png")
    monkeypatch.undo()
    os.utime(site / "a.png", (1, 1))
    SiteFiles(site).link(origin, "a.png")

    assert (site / "a.png").read_text() == "new"


def test_a_stamped_file_is_kept_until_its_origin_changes(site):
    files = SiteFiles(site)
    files.write_stamped("small.avif", b"made", 1234567890)

    assert SiteFiles(site).keep_stamped("small.avif", 1234567890)
    assert not SiteFiles(site).keep_stamped("small.avif", 1234567891)
    assert not SiteFiles(site).keep_stamped("other.avif", 1234567890)


def test_a_site_that_cannot_be_written_says_where_and_what_to_do(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(OutputError, match=r"file/site.*Not a directory(.|\n)*--out"):
        SiteFiles(tmp_path / "file" / "site").write("index.html", "text")
