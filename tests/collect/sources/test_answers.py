import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.collect.sources.answers import at, count, items, number, place_of, plain, text, web_address, wrapped_deg

TOLD = {"a": [1, {"b": "2.5"}], "c": float("inf"), "d": True, "e": "  two\n words ", "f": 7, "u": "//a.example/x"}


def test_what_stands_at_a_place_is_found_and_nothing_where_there_is_no_such_place():
    assert at(TOLD, "a", 1, "b") == "2.5"
    assert at(TOLD, "a", 2) is at(TOLD, "a", -1) is at(TOLD, "a", "b") is at(TOLD, 0) is at(None, "a") is None


def test_numbers_are_finite_and_may_be_written_as_text():
    assert (number(TOLD, "a", 0), number(TOLD, "a", 1, "b")) == (1.0, 2.5)
    assert number(TOLD, "c") is number(TOLD, "d") is number(TOLD, "e") is number(10**400) is None


def test_counts_are_whole_and_never_below_nothing():
    assert (count(TOLD, "f"), count("12"), count(-3), count(1e300), count(None)) == (7, 12, 0, 0, 0)


def test_texts_are_one_line_that_can_be_written():
    assert (text(TOLD, "e"), text(TOLD, "f"), text(TOLD, "d"), text("\ud800x"), text(None)) == (
        "two words",
        "7",
        "",
        "?x",
        "",
    )
    assert len(text("x" * 5000)) == 1000


def test_what_would_steer_a_terminal_is_left_out():
    assert text("\x1b[31mred\x07 \u202eback\u2069\x9b2J") == "[31mred back2J"
    assert plain("<b>\x1b[2Jclean</b>") == "[2Jclean"
    assert web_address("https://a.example/\x1b[2J") == ""


def test_lists_are_lists():
    assert items(TOLD, "a") == TOLD["a"]
    assert items(TOLD, "e") == items(None) == []


@pytest.mark.parametrize("value", ["javascript:alert(1)", "data:image/png;base64,AA", "x", "https://a b", "", None, 3])
def test_only_addresses_of_the_web_are_addresses(value):
    assert web_address(value) == ""
    assert web_address(TOLD, "u") == "https://a.example/x"


def test_html_becomes_its_text():
    assert plain('<a href="//x">Dora &lt;Foto&gt; &amp; Söhne</a>') == "Dora <Foto> & Söhne"
    assert plain("no <b>tags") == "no tags"


def test_angles_are_wrapped_as_roll_is():
    assert [wrapped_deg(angle) for angle in (359.5, -180.0, 180.0, 540.0, None)] == [-0.5, 180.0, 180.0, 180.0, 0.0]


def test_a_place_is_on_earth():
    assert place_of(90.0, -180.0)
    assert place_of(90.1, 0.0) is place_of(None, 0.0) is place_of(0.0, 181.0) is None


@given(st.text(max_size=300))
def test_any_html_has_some_text(html):
    assert len(plain(html).encode()) <= 4000
