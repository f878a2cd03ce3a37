import math

import torch

from c2c.recipe import HealthRecipe
from c2c.training.health import COLLAPSE, COPYING, IDLE, NON_FINITE, trouble_in_means, trouble_in_samples
from c2c.training.window import Means

RECIPE = HealthRecipe()


def pictures(count=4, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return list(torch.rand(count, 3, 16, 16, generator=generator) * 2 - 1)


def kinds(troubles):
    return [trouble.what for trouble in troubles]


def test_healthy_means_and_samples_give_no_trouble():
    assert trouble_in_means(9, Means({"l1": 1.0, "discriminator": 0.3}, {"g": 1.0}, None), RECIPE) == []
    assert trouble_in_samples(9, "a-to-b", pictures(), pictures(seed=1), RECIPE) == []


def test_a_value_that_is_not_finite_is_trouble_at_its_own_step():
    (trouble,) = trouble_in_means(9, Means({"l1": math.nan}, {}, 7), RECIPE)

    assert (trouble.step, trouble.what, trouble.remedy) == (7, NON_FINITE, "stop")
    assert "l1 = nan" in trouble.message


def test_a_discriminator_without_loss_is_idle_and_a_generator_without_loss_is_not():
    means = Means({"discriminator_a": 1e-6, "discriminator_b": 0.1, "cycle_a": 0.0}, {}, None)

    (trouble,) = trouble_in_means(9, means, RECIPE)

    assert (trouble.what, trouble.remedy) == (IDLE, "note")
    assert "discriminator_a" in trouble.message


def test_one_picture_for_all_is_a_collapse():
    same = pictures(1) * 4

    assert kinds(trouble_in_samples(9, "a-to-b", pictures(seed=1), same, RECIPE)) == [COLLAPSE]


def test_a_single_sample_cannot_tell_a_collapse():
    assert trouble_in_samples(9, "a-to-b", pictures(1), pictures(1, seed=1), RECIPE) == []


def test_an_output_that_is_its_input_is_a_copy():
    assert kinds(trouble_in_samples(9, "a-to-b", pictures(), pictures(), RECIPE)) == [COPYING]


def test_depth_from_an_image_cannot_be_a_copy():
    depth = [picture[:2] for picture in pictures()]

    assert trouble_in_samples(9, "image-to-depth", pictures(), depth, RECIPE) == []
