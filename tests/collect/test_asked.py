from dataclasses import replace

import pytest

from c2c.collect.asked import Asked, read_asked, write_asked
from c2c.collect.pictures import Place
from c2c.errors import CollectError

ASKED = Asked("panoramax", Place(48.85, 2.35), 500.0, terms={"some-terms": "2026-11-01"}, urls={"base": "https://a"})


def test_what_was_asked_comes_back_as_it_was(tmp_path):
    write_asked(tmp_path, ASKED)

    assert read_asked(tmp_path) == ASKED


def test_terms_keep_the_moment_at_which_they_were_first_accepted(tmp_path):
    write_asked(tmp_path, ASKED)
    write_asked(tmp_path, replace(ASKED, order="bfs", terms={"some-terms": "2027-01-01", "others": "2027-01-01"}))

    assert read_asked(tmp_path).terms == {"some-terms": "2026-11-01", "others": "2027-01-01"}
    assert read_asked(tmp_path).order == "bfs"


def test_a_place_is_held_up_to_the_radius():
    assert ASKED.holds(Place(48.85 + 499 / 111_195, 2.35))
    assert not ASKED.holds(Place(48.85 + 501 / 111_195, 2.35))


def test_a_folder_without_a_collection_is_told(tmp_path):
    with pytest.raises(CollectError, match="holds no collection"):
        read_asked(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"source": 1}', "\xff", "[" * 100_000])
def test_a_file_that_cannot_be_read_is_named(text, tmp_path):
    (tmp_path / "collection.json").write_text(text, encoding="utf-8")

    with pytest.raises(CollectError, match=r"collection\.json cannot be read"):
        read_asked(tmp_path)
