import pytest

from c2c.recipe import load_recipe, recipe_from
from c2c.recipe.families import family_of, trained_size_of, trainings_of


@pytest.fixture
def with_second(tiny_table):
    """A function that gives the recipe a second approach: one of its own with other settings."""

    def made(name, **other):
        copied = {**tiny_table["approaches"][name], **other}
        tiny_table["approaches"]["second"] = copied
        return recipe_from(tiny_table)

    return made


@pytest.mark.parametrize(
    "other",
    [
        {"size": 64},
        {"size": 64, "apply_sizes": [32]},
        {"size": 64, "training": {"steps": 9, "checkpoint_every": 3, "validate_every": 3}},
        {"training": {"epochs": 3}},
    ],
)
def test_approaches_that_differ_in_size_and_length_only_are_of_one_family(with_second, other):
    recipe = with_second("cyclegan", **other)

    assert family_of(recipe, "cyclegan") == family_of(recipe, "second") == ("cyclegan", "second")


@pytest.mark.parametrize(
    "other",
    [
        {"size": 64, "blocks": 2},
        {"size": 64, "a": "new", "b": "old"},
        {"size": 64, "training": {"batch_size": 2}},
        {"size": 64, "training": {"learning_rate": 1e-4}},
        {"size": 64, "training": {"keep": "best"}},
    ],
)
def test_any_other_setting_makes_another_family(with_second, other):
    recipe = with_second("cyclegan", **other)

    assert family_of(recipe, "cyclegan") == ("cyclegan",)
    assert family_of(recipe, "second") == ("second",)


def test_a_unet_of_more_levels_is_another_network(with_second):
    assert family_of(with_second("old-depth", size=64), "old-depth") == ("old-depth", "second")
    assert family_of(with_second("old-depth", size=64, levels=6), "old-depth") == ("old-depth",)


def test_chains_are_of_one_family_where_their_halves_are(tiny_table):
    approaches = tiny_table["approaches"]
    for half in ("old-depth", "depth-new"):
        approaches[f"{half}-64"] = {**approaches[half], "size": 64}
    approaches["chain-64"] = {"kind": "depth_chain", "size": 64, "image_to_depth": "old-depth-64",
                              "depth_to_image": "depth-new-64"}  # fmt: skip
    recipe = recipe_from(tiny_table)

    assert family_of(recipe, "chain") == ("chain", "chain-64")
    assert trainings_of(recipe, "chain-64") == ("old-depth-64", "depth-new-64")
    assert (trained_size_of(recipe, "chain"), trained_size_of(recipe, "chain-64")) == (32, 64)

    approaches["depth-new-64"]["lambda_l1"] = 1.0
    assert family_of(recipe_from(tiny_table), "chain") == ("chain",)


def test_a_chain_of_halves_of_unlike_sizes_was_trained_at_none(tiny_table):
    tiny_table["approaches"]["depth-new"]["size"] = 64

    assert trained_size_of(recipe_from(tiny_table), "chain") is None


def test_what_is_not_trained_here_has_no_trained_size_and_no_cost():
    recipe = load_recipe("toytown-small")

    assert trainings_of(recipe, "neural-style") == ()
    assert trained_size_of(recipe, "neural-style") is None
    assert (trainings_of(recipe, "cyclegan"), trained_size_of(recipe, "cyclegan")) == (("cyclegan",), 64)


def test_the_recipe_for_scale_transfer_trains_one_family_at_two_sizes_with_equal_steps():
    recipe = load_recipe("toytown-scale")
    names = ("cyclegan-128", "cyclegan-256")

    assert tuple(recipe.approaches) == family_of(recipe, "cyclegan-128") == names
    assert [trained_size_of(recipe, name) for name in names] == [128, 256]
    assert [sorted(recipe.sizes_of(name)) for name in names] == [[128, 192, 256, 384]] * 2
    assert len({own.training.steps for own in recipe.approaches.values()}) == 1
    assert recipe.toytown.train_size >= round(256 * recipe.data.jitter)
