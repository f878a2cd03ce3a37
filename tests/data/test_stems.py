from hypothesis import given
from hypothesis import strategies as st

from c2c.data.stems import unique_stems

paths = st.sets(
    st.builds(
        lambda folders, name, suffix: "/".join([*folders, name + suffix]),
        st.lists(st.sampled_from(["a", "A", "rgb", "x_", "ü"]), max_size=2),
        st.text("aAbx_- ü.#", min_size=1, max_size=4).filter(lambda name: name.strip(".")),
        st.sampled_from([".jpg", ".JPG", ".png"]),
    ),
    max_size=20,
)


def stems(*paths: str) -> list[str]:
    return list(unique_stems(paths).values())


def test_a_name_loses_its_suffix_and_folders_join_it():
    assert stems("0007.jpg", "alleys/0008.jpg", "a/b/c.webp") == ["0007", "alleys__0008", "a__b__c"]


def test_a_folder_named_rgb_leaves_no_trace():
    assert stems("rgb/train-0000.png", "north/rgb/0.png") == ["train-0000", "north__0"]


def test_suffixes_come_along_only_where_names_clash():
    assert stems("x.jpg", "x.png", "y.png") == ["x-jpg", "x-png", "y"]
    assert stems("a/x.jpg", "b/x.jpg") == ["a__x", "b__x"]


def test_names_that_differ_in_case_alone_are_told_apart_for_other_file_systems():
    upper, lower = stems("X.jpg", "x.jpg")

    assert upper.casefold() != lower.casefold()


def test_a_folder_and_a_name_that_join_alike_are_told_apart():
    first, second = stems("a/b.jpg", "a__b.jpg")

    assert first != second


def test_what_is_odd_in_a_file_name_becomes_a_hyphen():
    assert stems("Pont Neuf (2).jpg", "50%?.png", "où.v2.jpg") == ["Pont-Neuf-2-", "50-", "où.v2"]


def test_a_name_too_long_for_a_file_system_is_cut_and_stays_unique():
    long = stems("ü" * 200 + "a.jpg", "ü" * 200 + "b.jpg")

    assert len(set(long)) == 2
    assert all(len(stem.encode()) < 200 for stem in long)


@given(paths)
def test_stems_are_unique_on_any_file_system_and_hold_no_folders(given_paths):
    found = unique_stems(sorted(given_paths))

    assert found.keys() == given_paths
    assert len({stem.casefold() for stem in found.values()}) == len(given_paths)
    assert not any("/" in stem or " " in stem for stem in found.values())
