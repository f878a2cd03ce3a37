import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.recipe.schema import KINDS
from c2c.site.words import (
    approach_about,
    approach_name,
    duration,
    enumerate_words,
    interval,
    kind_name,
    number,
    slug,
    spread,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.06123, "0.0612"), (41.26, "41.3"), (1240.4, "1,240"), (0, "0.00"), (-0.0021, "−0.00210"), (None, "–"),
     (math.nan, "not finite"), (0.0000001, "0.000000")],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value, text):
    assert number(value) == text


def test_a_spread_has_the_decimals_of_its_value():
    assert spread(0.0612, 0.00491) == "± 0.0049"
    assert spread(41.3, None) == ""


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.44, "0.4 s"), (92.4, "92 s"), (750, "12 min 30 s"), (12_000, "3 h 20 min")]
)
def test_durations_are_said_as_a_person_says_them(seconds, text):
    assert duration(seconds) == text


def test_words_are_joined_as_in_a_sentence():
    assert [enumerate_words(list("abc")[:n]) for n in (0, 1, 2, 3)] == ["", "a", "a and b", "a, b and c"]


@given(st.text(max_size=60))
def test_a_slug_is_safe_in_an_address_and_in_a_file_system(text):
    made = slug(text)

    assert made.isascii()
    assert set(made) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")
    assert ".." not in made
    assert 0 < len(made) <= 80


@given(st.lists(st.text(max_size=20), unique=True, max_size=20))
def test_unlike_names_have_unlike_slugs(texts):
    assert len({slug(text) for text in texts}) == len(texts)


def test_plain_names_are_their_own_slugs():
    assert slug("street-001_b.2") == "street-001_b.2"


def test_an_approach_is_called_by_its_proper_name_unless_the_recipe_says_more():
    assert approach_name("neural-style", "neural_style") == "Neural style"
    assert approach_name("depth-paris", "pix2pix") == "depth-paris"
    assert approach_name("new", "unheard_of") == "new"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_ours_has_a_name_and_a_paragraph(kind):
    assert kind_name(kind)[0].isupper() or kind == "pix2pix"
    assert approach_about(kind).endswith(".")
    assert "installed package" not in approach_about(kind)


def test_a_kind_from_outside_is_called_by_its_own_name_and_said_to_be_from_outside():
    assert approach_name("unheard-of", "unheard_of") == kind_name("unheard_of") == "Unheard of"
    assert "installed package brought its kind, unheard_of" in approach_about("unheard_of")


def test_where_no_kind_is_known_nothing_is_said_of_it():
    assert (kind_name(""), approach_about("")) == ("", "")


@pytest.mark.parametrize(
    ("value", "ends", "shown"),
    [
        (0.947, (0.887, 1.006), ("0.947", "0.887 to 1.006")),
        (-0.000764, (-0.00527, 0.003742), ("−0.0008", "−0.0053 to 0.0037")),  # no more digits than chance leaves
        (401.2, (384.0, 418.4), ("401", "384 to 418")),
        (0.5, (0.5, 0.5), ("0.500", "0.500 to 0.500")),
        (0.5, None, ("0.500", "")),
        (math.nan, (0.0, 1.0), ("not finite", "")),
    ],
)
def test_a_value_has_as_many_decimals_as_its_interval_can_tell(value, ends, shown):
    assert interval(value, ends) == shown


def test_what_is_rounded_to_nought_has_no_sign():
    assert interval(-0.00001, (-0.0049, 0.0049)) == ("0.0000", "−0.0049 to 0.0049")
    assert number(-0.00000001) == "0.000000"
