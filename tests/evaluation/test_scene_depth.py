import numpy as np
import pytest
import torch

from c2c.errors import ScoreError
from c2c.evaluation.scene_depth import DepthReader, errors, reduced_depth


def hall(seed, count=8, side=24):
    """Pictures that grow darker with depth, (N, 3, h, w) uint8, and their depth, whose upper quarter is sky."""
    chance = np.random.default_rng(seed)
    metres = np.exp(chance.uniform(1, 4, (count, 4, 4))).repeat(side // 4, 1).repeat(side // 4, 2).astype(np.float32)
    grey = 255 * (1 - np.log(metres) / 5)
    metres[:, : side // 4] = 0
    pictures = grey[:, None].repeat(3, 1) + chance.normal(0, 3, (count, 3, side, side))
    return torch.from_numpy(pictures.clip(0, 255).astype(np.uint8)), metres


def mean(found, name):
    return np.mean([getattr(one, name) for one in found])


def test_depth_is_read_off_pictures_that_it_was_not_fitted_on_and_not_known_without_looking():
    fitted, (pictures, metres) = hall(0, count=24), hall(1)

    looking, placed = (errors(DepthReader(*fitted, seed=0, looking=way)(pictures), metres) for way in (True, False))

    assert mean(looking, "delta") > 0.9
    assert mean(looking, "abs_rel") < 0.12
    assert mean(placed, "delta") < 0.4


def test_every_point_is_given_a_depth_and_those_without_a_true_one_are_left_out():
    pictures, metres = hall(2)

    read = DepthReader(pictures, metres, seed=0)(pictures)

    assert read.shape == metres.shape
    assert (read > 0).all()
    assert errors(metres + (metres == 0), metres)[0].abs_rel == 0
    assert errors(read, np.zeros_like(metres)) == [None] * len(metres)


def test_a_reader_is_the_same_for_the_same_seed_and_leaves_torch_s_own_chance_alone():
    chance = torch.get_rng_state()
    pictures, metres = hall(3)

    one, again, other = (DepthReader(pictures, metres, seed)(pictures) for seed in (0, 0, 1))

    assert (one == again).all()
    assert (one != other).any()
    assert torch.equal(torch.get_rng_state(), chance)


def test_depth_is_taken_from_the_middle_of_each_area():
    metres = np.arange(16, dtype=np.float32).reshape(4, 4)

    assert reduced_depth(metres, places=2).tolist() == [[5, 7], [13, 15]]
    assert (reduced_depth(metres, places=9) == metres).all()


def test_pictures_without_their_depth_are_refused():
    pictures, metres = hall(4)

    for wrong in (metres[:2], metres[:, :5], np.zeros_like(metres)):
        with pytest.raises(ScoreError, match="needs its depth"):
            DepthReader(pictures, wrong, seed=0)
