import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.collect.licences import Licence, licence_of


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("CC BY-SA 4.0", "CC BY-SA 4.0"),
        ("CC-BY-SA-4.0", "CC BY-SA 4.0"),
        ("cc-by-sa-3.0-de", "CC BY-SA 3.0"),
        ("Attribution License", "CC BY"),
        ("Attribution-ShareAlike 4.0 International", "CC BY-SA 4.0"),
        ("CC0", "CC0 1.0"),
        ("PD-old-100", "public domain"),
        ("No known copyright restrictions", "public domain"),
        ("etalab-2.0", "Licence Ouverte 2.0"),
        ("GFDL", "GFDL"),
        ("FAL", "Free Art License 1.3"),
    ],
)
def test_open_licences_are_known_by_the_names_that_services_give_them(said, name):
    found = licence_of(said)

    assert (found.name, found.redistributable) == (name, True)


@pytest.mark.parametrize("said", ["", "All Rights Reserved", "Copyrighted free use", "byte", "CC", "BY THE WAY"])
def test_what_is_not_known_may_not_travel(said):
    assert not licence_of(said).redistributable


def test_a_picture_that_must_not_be_changed_may_not_travel_for_views_are_cut_from_it():
    assert not licence_of("CC BY-ND 2.0").redistributable
    assert not licence_of("by-nc-nd", version="4.0").redistributable


def test_what_may_not_earn_money_is_marked():
    found = licence_of("by-nc-sa", version="2.0")

    assert found == Licence("CC BY-NC-SA 2.0", "https://creativecommons.org/licenses/by-nc-sa/2.0/", True, True, True)


def test_the_address_of_the_text_decides_where_it_is_creative_commons():
    found = licence_of("Some Rights", "https://creativecommons.org/licenses/by/2.0/deed.fr")

    assert (found.name, found.redistributable) == ("CC BY 2.0", True)
    assert not licence_of("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-nd/4.0/").redistributable
    assert not licence_of("x", "https://creativecommons.org/licenses/sampling+/1.0/").redistributable


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=10))
def test_any_text_is_some_licence(name, url, version):
    assert licence_of(name, url, version).name
