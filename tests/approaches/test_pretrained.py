import pytest
import torch

from c2c.approaches import build
from c2c.approaches.pretrained import Pretrained
from c2c.errors import CheckpointError, RecipeError
from c2c.models.norms import BatchNorm2d, InstanceNorm2d
from c2c.recipe import recipe_from

UNET = {"network": "unet", "base_channels": 2, "levels": 5, "norm": "batch"}
RESNET = {"network": "resnet", "base_channels": 2, "blocks": 1, "norm": "instance"}


@pytest.fixture
def recipe(tiny_table):
    """A function that gives a recipe of one pretrained approach."""

    def make(**settings):
        own = {"kind": "pretrained", "source": "old", "target": "new", "file": "net.pth"} | settings
        return recipe_from(tiny_table | {"approaches": {"theirs": own}})

    return make


@pytest.mark.parametrize(("settings", "multiple"), [(UNET, 32), (RESNET, 4), (UNET | {"levels": 3}, 8)])
def test_it_translates_one_way_by_one_generator(settings, multiple, recipe):
    approach = build(recipe(**settings), "theirs")
    approach.networks.eval()

    assert type(approach) is Pretrained
    assert (approach.needs, approach.translators, approach.optimizers) == ("a_file", ("generator",), {})
    assert approach.multiple == multiple
    (direction,) = approach.directions
    assert (direction.name, direction.keeps_shape) == ("old-to-new", False)
    picture = torch.rand(2, 3, 64, 32) * 2 - 1
    made = approach.translate(picture, direction)["fake"]
    assert made.shape == picture.shape
    assert torch.allclose(made[:1], approach.generate(picture[:1], direction), atol=1e-5)


@pytest.mark.parametrize(
    ("norm", "kind", "running"),
    [("instance", InstanceNorm2d, None), ("batch", BatchNorm2d, False), ("batch-running", BatchNorm2d, True)],
)
def test_its_norms_are_those_of_the_file(norm, kind, running, recipe):
    generator = build(recipe(**UNET | {"norm": norm}), "theirs").networks["generator"]

    found = [layer for layer in generator.modules() if isinstance(layer, InstanceNorm2d | BatchNorm2d)]
    assert {(type(layer), getattr(layer, "track_running_stats", None)) for layer in found} == {(kind, running)}


def test_it_is_not_trained(recipe):
    with pytest.raises(TypeError, match="not trained by steps"):
        build(recipe(**RESNET), "theirs").training_step(None)


def test_it_cannot_be_built_before_its_file_was_read(recipe):
    with pytest.raises(CheckpointError, match=r"net\.pth has not been read yet[\s\S]*c2c import-checkpoint net\.pth"):
        build(recipe(), "theirs")


@pytest.mark.parametrize(
    ("channels", "way"),
    [((3, 2), "old-image-to-depth"), ((2, 3), "old-depth-to-image")],
)
def test_two_channels_are_the_depth_of_one_city(channels, way, recipe):
    own = {"in_channels": channels[0], "out_channels": channels[1], "target": "old", "near_m": 2.0, "far_m": 90.0}
    made = recipe(**own)

    assert [direction.name for direction in made.directions_of("theirs")] == [way]
    assert made.cities_of("theirs") == ("old",)
    assert made.approaches["theirs"].depth_range_m(made) == (2.0, 90.0)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"file": ""}, r"approaches\.theirs must say file"),
        ({"target": "old"}, "needs two cities"),
        ({"in_channels": 2}, "needs one city"),
        ({"in_channels": 1}, r"approaches\.theirs\.in_channels"),
        ({"near_m": 300.0}, r"near_m = 300\.0 must be less"),
        (UNET | {"levels": 6}, "a multiple of 64, found 32"),
        ({"target": "rome"}, "speaks of the city 'rome'"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused(settings, words, recipe):
    with pytest.raises(RecipeError, match=words):
        recipe(**settings)
