import numpy as np
import pytest
import torch
from PIL import Image

from c2c.errors import ScoreError
from c2c.evaluation.classes import (
    Knowledge,
    PixelClassifier,
    agreement,
    read_classes,
    reduced_classes,
    shares,
    transitions,
    write_classes,
)
from c2c.evaluation.points import reduced

COLOURS = ((200, 60, 50), (60, 160, 70), (50, 70, 190))


def maps(*rows):
    return np.array(rows, np.uint8)


def town(seed, count=4, side=24):
    """Pictures of blocks of three colours with noise, (N, 3, h, w) uint8, and their classes."""
    chance = np.random.default_rng(seed)
    known = chance.integers(0, 3, (count, 4, 4)).repeat(side // 4, 1).repeat(side // 4, 2).astype(np.uint8)
    pictures = np.array(COLOURS)[known] + chance.normal(0, 12, (count, side, side, 3))
    return torch.from_numpy(pictures.clip(0, 255).astype(np.uint8)).permute(0, 3, 1, 2), known


# Counting


def test_transitions_count_what_each_class_became_in_each_picture():
    before, after = maps([[0, 0, 1]], [[1, 1, 1]]), maps([[0, 1, 1]], [[0, 1, 1]])

    assert transitions(before, after, 2).tolist() == [[[1, 1], [0, 1]], [[0, 0], [1, 2]]]


def test_shares_are_over_all_pictures_and_a_class_that_is_not_there_has_none():
    counts = transitions(maps([[0, 0, 0, 0]], [[0, 0, 1, 1]]), maps([[0, 0, 0, 1]], [[1, 1, 1, 1]]), 3)

    found = shares(counts).value

    assert found.tolist() == [[0.5, 0.5, 0], [0, 1, 0], [0, 0, 0]]


def test_a_share_lies_in_its_interval_which_is_narrower_for_more_pictures():
    chance = np.random.default_rng(0)
    before = chance.integers(0, 3, (64, 5, 5)).astype(np.uint8)
    after = np.where(chance.random((64, 1, 1)) < chance.random(before.shape), before, 2).astype(np.uint8)

    few, many = (shares(transitions(before[:n], after[:n], 3)) for n in (8, 64))

    for found in (few, many):
        assert (found.low <= found.value).all()
        assert (found.value <= found.high).all()
    assert (many.high - many.low)[0, 0] < (few.high - few.low)[0, 0]


def test_pictures_that_are_all_alike_leave_no_doubt():
    before, after = np.repeat(maps([[0, 0, 1]]), 5, 0), np.repeat(maps([[0, 1, 1]]), 5, 0)

    found = shares(transitions(before, after, 2))

    assert found.low == pytest.approx(found.value)
    assert found.high == pytest.approx(found.value)


def test_agreement_is_the_share_of_points_that_are_right():
    assert agreement(maps([[0, 1], [1, 1]], [[0, 0], [0, 0]]), maps([[0, 1], [0, 0]], [[0, 0], [0, 0]])) == [0.5, 1.0]


def test_recall_and_precision_are_by_class_and_unknown_where_nothing_is_seen():
    truth, seen = maps([[0, 0, 0, 0, 1, 1]]), maps([[0, 0, 0, 1, 1, 2]])

    found = Knowledge.of(seen, truth, 4)

    assert found.accuracy == pytest.approx(4 / 6)
    assert found.share == pytest.approx([4 / 6, 2 / 6, 0, 0])
    assert found.recall == pytest.approx([0.75, 0.5, np.nan, np.nan], nan_ok=True)
    assert found.precision == pytest.approx([1, 0.5, 0, np.nan], nan_ok=True)
    assert found.knows.tolist() == [True, False, False, False]


def test_a_class_is_known_only_with_recall_and_precision():
    often_missed = Knowledge.of(maps([[0] * 9 + [1]]), maps([[0] * 7 + [1] * 3]), 2)
    often_alleged = Knowledge.of(maps([[0] * 5 + [1] * 5]), maps([[0] * 8 + [1] * 2]), 2)

    assert often_missed.knows.tolist() == [True, False]
    assert often_alleged.knows.tolist() == [True, False]


# Reading


def test_the_classifier_reads_pictures_that_it_was_not_fitted_on():
    classifier = PixelClassifier(*town(0, count=12), 3, seed=0)
    pictures, known = town(1)

    assert Knowledge.of(classifier(pictures), known, 3).accuracy > 0.97


def test_the_classifier_is_the_same_for_the_same_seed_and_leaves_torch_s_own_chance_alone():
    chance = torch.get_rng_state()
    pictures, known = town(0)
    blocks = torch.randint(0, 256, (9, 3, 6, 6), generator=torch.Generator().manual_seed(5)).byte()
    fresh = blocks.repeat_interleave(4, 2).repeat_interleave(4, 3)

    one, again, other = (PixelClassifier(pictures, known, 3, seed)(fresh) for seed in (0, 0, 1))

    assert (one == again).all()
    assert (one != other).any()
    assert torch.equal(torch.get_rng_state(), chance)
    assert one.shape == (9, 24, 24)


def test_a_class_map_lies_over_its_reduced_picture():
    blocks = np.kron(np.arange(15).reshape(3, 5), np.ones((8, 8))).astype(np.uint8)
    picture = torch.from_numpy(blocks)[None].expand(3, -1, -1)

    small, known = reduced(picture, places=5), reduced_classes(blocks, places=5)

    assert known.tolist() == np.arange(15).reshape(3, 5).tolist()
    assert (small[0].numpy() == known).all()
    assert reduced(picture, places=40) is picture


def test_a_class_map_keeps_its_numbers_on_disk(tmp_path):
    known = maps([0, 3, 2], [7, 1, 0])
    write_classes(tmp_path / "a.png", known, ["#ff8000"] * 8)

    assert (read_classes(tmp_path / "a.png") == known).all()
    with Image.open(tmp_path / "a.png") as image:
        assert image.convert("RGB").getpixel((1, 1)) == (255, 128, 0)


def test_what_is_no_class_map_is_named(tmp_path):
    Image.new("RGB", (3, 3)).save(tmp_path / "colour.png")
    (tmp_path / "torn.png").write_bytes(b"\x89PNG\r\n")

    for name in ("colour", "torn", "missing"):
        with pytest.raises(ScoreError, match=f"{name}.png"):
            read_classes(tmp_path / f"{name}.png")


def test_pictures_without_their_class_maps_are_refused():
    pictures, known = town(0)

    with pytest.raises(ScoreError, match="class map"):
        PixelClassifier(pictures, known[:-1], 3, 0)
    with pytest.raises(ScoreError, match="holds the class 2"):
        PixelClassifier(pictures, known, 2, 0)
    with pytest.raises(ScoreError, match="one shape"):
        transitions(known, known[:-1], 3)
