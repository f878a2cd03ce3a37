import dataclasses

import pytest

from c2c.recipe import CycleGANRecipe, NeuralStyleRecipe, Pix2PixRecipe, TrainingRecipe, recipe_from


def test_training_is_the_papers_unless_told_otherwise():
    paper = TrainingRecipe()

    assert (paper.epochs, paper.batch_size, paper.learning_rate, paper.beta1, paper.beta2) == (200, 1, 2e-4, 0.5, 0.999)


def test_cyclegan_is_the_papers_unless_told_otherwise():
    paper = CycleGANRecipe(a="paris", b="burano")

    assert (paper.blocks, paper.base_channels, paper.pool_size) == (9, 64, 50)
    assert (paper.lambda_cycle, paper.lambda_identity, paper.discriminator_layers) == (10.0, 0.5, 3)


def test_pix2pix_is_the_papers_unless_told_otherwise():
    paper = Pix2PixRecipe(city="paris", direction="depth_to_image")

    assert (paper.levels, paper.base_channels, paper.lambda_l1, paper.dropout) == (8, 64, 100.0, True)


def test_neural_style_takes_one_style_picture_and_no_larger_sizes_unless_told():
    paper = NeuralStyleRecipe(content="paris", style="burano")

    assert (paper.style_pictures, paper.network, paper.apply_sizes) == (1, "vgg16-hed", ())


def test_a_recipe_cannot_be_changed(tiny_recipe):
    with pytest.raises(dataclasses.FrozenInstanceError):
        tiny_recipe.seed = 3


def test_an_approachs_own_size_goes_first_and_comes_once(tiny_table):
    tiny_table["apply_sizes"] = [64, 96, 32]
    tiny_table["approaches"]["cyclegan"]["size"] = 96
    tiny_table["approaches"]["old-depth"]["apply_sizes"] = []
    recipe = recipe_from(tiny_table)

    assert (recipe.size_of("cyclegan"), recipe.sizes_of("cyclegan")) == (96, (96, 64, 32))
    assert recipe.sizes_of("old-depth") == (32,)
    assert recipe.sizes_of("depth-new") == (32, 64, 96)


def test_the_cities_of_an_approach_are_named_source_first(tiny_recipe):
    found = {name: tiny_recipe.cities_of(name) for name in tiny_recipe.approaches}

    assert found == {"cyclegan": ("old", "new"), "old-depth": ("old",), "depth-new": ("new",), "chain": ("old", "new")}
