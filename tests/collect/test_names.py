import string

from hypothesis import given
from hypothesis import strategies as st

from c2c.collect.names import stem_of


def test_a_stem_is_the_cleaned_id_and_eight_digits():
    assert stem_of("streetview", "n-Zd6bDDL_XOc_jkNgFsGg").startswith("n-Zd6bDDL_XOc_jkNgFsGg-")
    assert len(stem_of("streetview", "n-Zd6bDDL_XOc_jkNgFsGg")) == len("n-Zd6bDDL_XOc_jkNgFsGg-") + 8


def test_ids_that_differ_by_case_alone_have_stems_that_differ_by_more():
    assert stem_of("streetview", "abC").lower() != stem_of("streetview", "aBc").lower()


def test_the_same_id_of_two_sources_has_two_stems():
    assert stem_of("commons", "17") != stem_of("flickr", "17")


def test_what_could_leave_the_folder_is_cleaned_away():
    assert stem_of("x", "../../etc/passwd").startswith("etc-passwd-")
    assert stem_of("x", "..").isalnum()


@given(st.text(max_size=500), st.text(max_size=500))
def test_any_two_ids_have_bounded_safe_stems_that_differ_in_any_case(a, b):
    stems = [stem_of("source", id) for id in (a, b)]

    assert all(0 < len(stem) <= 89 and set(stem) <= set(string.ascii_letters + string.digits + "_-") for stem in stems)
    assert (a == b) == (stems[0].lower() == stems[1].lower())
