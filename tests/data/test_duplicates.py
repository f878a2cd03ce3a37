import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from c2c.data.duplicates import BITS, SAME, bits_apart, joined, near_duplicates, picture_hash, words_of
from c2c.data.pictures import small_grey
from c2c.toytown.layout import StreetLayout
from c2c.toytown.render import render
from c2c.toytown.scene import build_scene

SIDE = 160


def scene(seed):
    """A picture with coarse and fine structure, unlike that of any other seed."""
    generator = np.random.default_rng(seed)
    layers = [
        Image.fromarray(generator.integers(0, 256, (cells, cells, 3), dtype=np.uint8)).resize((SIDE, SIDE))
        for cells in (3, 7, 15, 31)
    ]
    return Image.fromarray(np.mean(layers, axis=0).astype(np.uint8))


def jpeg(picture, quality):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def near(*pictures, sides=None):
    greys = [small_grey(np.asarray(picture)) for picture in pictures]
    return near_duplicates([picture_hash(grey) for grey in greys], greys.__getitem__, sides)


CHANGES = {
    "itself": lambda picture: picture,
    "JPEG of quality 20": lambda picture: jpeg(picture, 20),
    "a quarter of the pixels": lambda picture: picture.resize((SIDE // 2, SIDE // 2)),
    "squeezed": lambda picture: picture.resize((SIDE, SIDE // 2)),
    "darker": lambda picture: picture.point(lambda level: level * 0.6),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
    "cropped at a corner": lambda picture: picture.crop((0, 0, SIDE * 19 // 20, SIDE * 19 // 20)),
    "cropped all round": lambda picture: picture.crop((8, 8, SIDE - 8, SIDE - 8)),
}


def test_a_hash_is_set_where_a_picture_gets_brighter_to_the_right():
    ramp = np.tile(np.arange(64, dtype=np.uint8) * 3, (64, 1))

    assert picture_hash(ramp) == "f" * 32
    assert picture_hash(ramp[:, ::-1]) == "0" * 32
    assert int(bits_apart(words_of(["f" * 32]), words_of(["0" * 32]))[0]) == BITS


def test_the_distance_of_hashes_is_the_least_of_whole_to_whole_and_whole_to_inner():
    whole, inner = "00000000000000ff", "ffffffffffffffff"
    a, b = words_of([whole + inner]), words_of([inner + whole])

    assert bits_apart(a, b).tolist() == [0]  # the inner part of one is the whole of the other
    assert bits_apart(words_of([whole + whole]), words_of([inner + inner])).tolist() == [BITS - 8]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_copy_is_found_among_other_pictures(change):
    others = [scene(seed) for seed in range(1, 8)]

    found = near(scene(0), *others, change(scene(0)))

    assert [(pair.a, pair.b) for pair in found] == [(0, 8)]
    assert SAME <= found[0].likeness <= 1


def test_unlike_pictures_are_never_found():
    assert near(*(scene(seed) for seed in range(40))) == []


def test_pictures_without_structure_are_like_nothing():
    grey, white = (Image.new("RGB", (SIDE, SIDE), colour) for colour in ("grey", "white"))

    assert near(grey, white, grey) == []


def test_with_sides_only_pairs_of_unlike_sides_are_found():
    pictures = [scene(0), jpeg(scene(0), 50), jpeg(scene(0), 60)]

    found = near(*pictures, sides=["train", "train", "test"])

    assert [(pair.a, pair.b) for pair in found] == [(0, 2), (1, 2)]


def test_no_pictures_have_no_duplicates():
    assert near() == []
    assert near(scene(0)) == []


def test_streets_of_toytown_are_not_taken_for_each_other_but_their_copies_are_found():
    layouts = [StreetLayout.from_seed(seed) for seed in range(12)]
    streets = [Image.fromarray(render(build_scene(one, "manhattan"), one.view(96)).colour) for one in layouts]

    assert near(*streets) == []
    found = near(*streets, *(jpeg(street.resize((80, 80)), 60) for street in streets))
    assert [(pair.a, pair.b) for pair in found] == [(number, number + 12) for number in range(12)]


def test_whoever_shares_a_partner_is_of_one_group_named_by_its_first_member():
    assert joined(4, [(1, 3)]) == [0, 1, 2, 1]
    assert joined(5, [(3, 4), (0, 4)]) == [0, 1, 2, 0, 0]
    assert joined(0, []) == []


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12))
def test_groups_do_not_depend_on_the_order_of_pairs(pairs):
    groups = joined(8, pairs)

    assert groups == joined(8, [(b, a) for a, b in reversed(pairs)])
    assert all(groups[a] == groups[b] for a, b in pairs)
    assert all(groups[group] == group <= number for number, group in enumerate(groups))
