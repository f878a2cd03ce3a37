import dataclasses

import pytest
import torch
from torch import nn

from c2c.errors import CheckpointError, OutputError, RecipeError
from c2c.exchange.importing import fitted, import_checkpoint
from c2c.recipe import recipe_from
from c2c.training.checkpoint import newest, read_description


def without_dropout(network):
    for layer in network.modules():
        if isinstance(layer, nn.Dropout):
            layer.eval()
    return network


def picture(channels=3):
    return torch.rand(1, channels, 128, 128) * 2 - 1


@pytest.mark.parametrize(
    ("network", "options"),
    [
        ("resnet", {"blocks": 6}),
        ("resnet", {"blocks": 9}),
        ("resnet", {"c": 3, "blocks": 1, "dropout": True}),
        ("resnet", {"blocks": 0, "norm": "old instance"}),
        ("unet", {"levels": 7, "dropout": True}),
        ("unet", {"levels": 7, "norm": "instance"}),
        ("unet", {"levels": 5, "norm": "old instance", "dropout": True}),
        ("unet", {"c": 3, "levels": 6}),
    ],
)
def test_a_generator_of_theirs_translates_the_same_here(network, options, theirs, their_file, tmp_path, loaded):
    their = theirs(network, **options)
    import_checkpoint(their_file(their.state_dict()), tmp_path / "out", "paris", "burano")
    approach, given = loaded(tmp_path / "out"), picture()

    made = approach.generate(given, approach.directions[0])

    assert torch.allclose(made, without_dropout(their)(given), atol=1e-5)
    assert made.std() > 0.1


def test_batch_norms_go_by_the_statistics_of_the_training_where_that_is_asked(theirs, their_file, tmp_path, loaded):
    their, given = theirs("unet", dropout=True), picture()
    file = their_file(their.state_dict())
    import_checkpoint(file, tmp_path / "running", "paris", "burano", "running")
    import_checkpoint(file, tmp_path / "batch", "paris", "burano")
    running, batch = (loaded(tmp_path / name) for name in ("running", "batch"))

    made = running.generate(given, running.directions[0])

    assert torch.allclose(made, their.eval()(given), atol=1e-5)
    assert not torch.allclose(made, batch.generate(given, batch.directions[0]), atol=0.01)


def test_files_of_data_parallel_and_of_old_torch_are_read(theirs, their_file, tmp_path, loaded):
    their, given = theirs("resnet", blocks=1), picture()
    file = their_file(nn.DataParallel(their).state_dict(), _use_new_zipfile_serialization=False)

    import_checkpoint(file, tmp_path / "out", "paris", "burano")

    approach = loaded(tmp_path / "out")
    assert torch.allclose(approach.generate(given, approach.directions[0]), their(given), atol=1e-5)


@pytest.mark.parametrize(
    ("inside", "outside", "way"),
    [(3, 2, "paris-image-to-depth"), (2, 3, "paris-depth-to-image")],
)
def test_two_channels_are_depth_of_one_city(inside, outside, way, theirs, their_file, tmp_path, loaded):
    file = their_file(theirs("unet", inside=inside, outside=outside).state_dict())
    found = import_checkpoint(file, tmp_path / "out", "paris", "paris", depth_range_m=(2.0, 50.0))
    approach = loaded(tmp_path / "out")

    assert found.direction == approach.directions[0].name == way
    assert (approach.recipe.near_m, approach.recipe.far_m) == (2.0, 50.0)
    assert approach.generate(picture(inside), approach.directions[0]).shape == (1, outside, 128, 128)
    with pytest.raises(RecipeError, match="needs one city"):
        import_checkpoint(file, tmp_path / "other", "paris", "burano")


def test_pictures_need_two_cities(theirs, their_file, tmp_path):
    with pytest.raises(RecipeError, match="needs two cities"):
        import_checkpoint(their_file(theirs("resnet").state_dict()), tmp_path / "out", "paris", "paris")


def test_a_city_needs_a_name_that_can_name_a_folder(theirs, their_file, tmp_path):
    with pytest.raises(RecipeError, match="'New York' needs a name"):
        import_checkpoint(their_file(theirs("resnet").state_dict()), tmp_path / "out", "paris", "New York")


def test_the_checkpoint_does_not_need_the_file_any_more(theirs, their_file, tmp_path, loaded):
    file = their_file(theirs("unet", c=1, levels=9).state_dict())
    import_checkpoint(file, tmp_path / "out", "paris", "burano")
    file.unlink()

    approach = loaded(tmp_path / "out")

    assert (approach.recipe.network, approach.recipe.levels, approach.multiple) == ("unet", 9, 512)


def test_checkpoints_of_unlike_files_have_unlike_keys(theirs, their_file, tmp_path):
    for name in ("a", "b"):  # with other weights
        import_checkpoint(their_file(theirs("resnet").state_dict()), tmp_path / name, "paris", "burano")

    assert read_description(tmp_path / "a").key != read_description(tmp_path / "b").key


def test_another_checkpoint_is_never_replaced(theirs, their_file, tmp_path):
    file = their_file(theirs("resnet").state_dict())
    import_checkpoint(file, tmp_path / "out", "paris", "burano")
    before = (newest(tmp_path / "out") / "weights.safetensors").read_bytes()

    with pytest.raises(OutputError, match="is a checkpoint already"):
        import_checkpoint(file, tmp_path / "out", "burano", "paris")

    assert (newest(tmp_path / "out") / "weights.safetensors").read_bytes() == before


def test_a_file_that_is_refused_leaves_nothing_behind(theirs, their_file, tmp_path):
    with pytest.raises(CheckpointError, match="a discriminator"):
        import_checkpoint(their_file(theirs("patchgan").state_dict()), tmp_path / "out", "paris", "burano")

    assert not (tmp_path / "out").exists()


def test_instance_norms_have_no_statistics_to_go_by(theirs, their_file, tmp_path):
    with pytest.raises(CheckpointError, match="leave out --norm-at-test"):
        import_checkpoint(their_file(theirs("resnet").state_dict()), tmp_path / "out", "paris", "burano", "running")


@pytest.fixture
def named(tiny_table):
    """A function that gives the recipe of a run that names a file, with settings of its own."""

    def recipe(file, **settings):
        own = {"kind": "pretrained", "source": "old", "target": "new", "file": str(file)} | settings
        return recipe_from(tiny_table | {"size": 128, "approaches": {"theirs": own}})

    return recipe


def test_a_recipe_names_a_file_and_is_told_what_it_holds(theirs, their_file, named):
    their, given = theirs("unet", norm="instance"), picture()
    recipe = named(their_file(their.state_dict()))

    approach, filled = fitted(recipe, "theirs")

    own = filled.approaches["theirs"]
    assert (own.network, own.base_channels, own.levels, own.norm) == ("unet", 4, 5, "instance")
    assert own == dataclasses.replace(recipe.approaches["theirs"], **{
        "network": "unet", "base_channels": 4, "levels": 5, "norm": "instance",
    })  # fmt: skip
    assert torch.allclose(approach.generate(given, approach.directions[0]), their(given), atol=1e-5)


def test_a_recipe_that_was_told_once_is_told_the_same_again(theirs, their_file, named):
    _, once = fitted(named(their_file(theirs("resnet").state_dict())), "theirs")

    assert fitted(once, "theirs")[1] == once


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"blocks": 9}, r"approaches\.theirs\.blocks is 9, but .* is a ResNet of 6 blocks.*Set blocks = 6"),
        ({"network": "unet"}, r"approaches\.theirs\.network is 'unet'"),
        ({"norm": "batch-running"}, r"approaches\.theirs\.norm is 'batch-running'"),
        ({"in_channels": 2, "target": "old"}, r"approaches\.theirs\.in_channels is 2"),
    ],
)
def test_a_recipe_may_not_say_otherwise_than_the_file(settings, words, theirs, their_file, named):
    with pytest.raises(CheckpointError, match=words):
        fitted(named(their_file(theirs("resnet").state_dict()), **settings), "theirs")


def test_a_recipe_may_ask_for_running_statistics(theirs, their_file, named):
    recipe = named(their_file(theirs("unet").state_dict()), norm="batch-running")

    assert fitted(recipe, "theirs")[1].approaches["theirs"].norm == "batch-running"


def test_a_side_that_the_unet_of_the_file_cannot_halve_is_refused(theirs, their_file, named):
    recipe = named(their_file(theirs("unet", c=1, levels=8).state_dict()))

    with pytest.raises(RecipeError, match="a multiple of 256, found 128"):
        fitted(recipe, "theirs")


def test_only_a_pretrained_approach_comes_out_of_a_file(tiny_recipe):
    with pytest.raises(RecipeError, match=r"approaches\.cyclegan names no file"):
        fitted(tiny_recipe, "cyclegan")
