from itertools import pairwise

import numpy as np
from PIL import Image

from c2c.data.leaks import Related
from c2c.evaluation.looks import groups_of, listed, look_at


def near(a, b):
    return Related(a, b, "near-duplicates", 0.9)


def test_alike_pictures_are_one_group_across_both_cities():
    labels = [f"{'ab'[number // 3]}/{number}" for number in range(6)]

    groups, cut = groups_of(labels, [False] * 3 + [True] * 3, [near(0, 2), near(2, 5)])

    assert groups == [0, 1, 0, 3, 4, 0]
    assert cut == 0


def test_a_long_chain_is_cut_into_blocks_of_half_a_fold_in_the_order_of_names():
    """Fifty frames of a drive, listed backwards, and ten pictures of another city: a fold holds ten frames."""
    labels = [f"drive/frame{49 - number}" for number in range(50)] + [f"photos/{number}" for number in range(10)]
    chain = [near(a, b) for a, b in pairwise(range(50))]

    groups, cut = groups_of(labels, [False] * 50 + [True] * 10, chain)

    assert cut == 50
    blocks = {}
    for label, group in zip(labels[:50], groups[:50], strict=True):
        blocks.setdefault(group, []).append(int(label.removeprefix("drive/frame")))
    assert sorted(sorted(frames) for frames in blocks.values()) == [
        list(range(start, start + 5)) for start in range(0, 50, 5)
    ]
    assert len(set(groups[50:])) == 10
    assert not set(groups[50:]) & set(groups[:50])


def test_what_is_kept_of_a_picture_is_known_by_hand(tmp_path, colours):
    Image.fromarray(np.full((40, 60, 3), (10, 20, 30), np.uint8)).save(tmp_path / "plain.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    done = []

    (look,), (broken,) = look_at(tmp_path, listed(tmp_path)[0], colours, 32, done.append)

    assert look.path == "plain.png"
    assert look.colour.tolist() == [10, 20, 30]
    bytes_a_pixel = (tmp_path / "plain.png").stat().st_size / (60 * 40)
    assert np.allclose(look.file.exp(), [60, 40, bytes_a_pixel])
    assert np.allclose(look.features, np.repeat([10, 20, 30], 4) / 255)
    assert (broken.path, "no JPEG, PNG or WebP" in broken.reason) == ("broken.png", True)
    assert done == [1, 2]
