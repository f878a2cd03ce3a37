"""Networks laid out as the authors' code lays them out, written from its layer order and names alone."""

import pytest
import torch
from torch import nn

from c2c.recipe import recipe_from, resolved
from c2c.records.provenance import provenance
from c2c.training.checkpoint import Checkpoint, load_approach, save_checkpoint

NORMS = {
    "instance": nn.InstanceNorm2d,
    "old instance": lambda channels: nn.InstanceNorm2d(channels, track_running_stats=True),
    "batch": nn.BatchNorm2d,
    "none": lambda channels: nn.Identity(),
}


class Named(nn.Module):
    """A network under the name `model`, or another; its output may be joined with its input."""

    def __init__(self, network, name="model", joined=lambda x, made: made):
        super().__init__()
        self.add_module(name, network)
        self.name, self.joined = name, joined

    def forward(self, x):
        return self.joined(x, self.get_submodule(self.name)(x))


def their_resnet(c=4, blocks=6, norm="instance", dropout=False, inside=3, outside=3):
    """Their ResnetGenerator: one sequence, residual blocks of a sequence each."""
    normed, bias = NORMS[norm], "instance" in norm

    def block():
        half = [nn.ReflectionPad2d(1), nn.Conv2d(4 * c, 4 * c, 3, bias=bias), normed(4 * c)]
        other = [nn.ReflectionPad2d(1), nn.Conv2d(4 * c, 4 * c, 3, bias=bias), normed(4 * c)]
        between = [nn.ReLU(), nn.Dropout(0.5)] if dropout else [nn.ReLU()]
        return Named(nn.Sequential(*half, *between, *other), "conv_block", torch.add)

    def up(wide, narrow):
        larger = nn.ConvTranspose2d(wide, narrow, 3, stride=2, padding=1, output_padding=1, bias=bias)
        return larger, normed(narrow), nn.ReLU()

    sequence = (
        *(nn.ReflectionPad2d(3), nn.Conv2d(inside, c, 7, bias=bias), normed(c), nn.ReLU()),
        *(nn.Conv2d(c, 2 * c, 3, stride=2, padding=1, bias=bias), normed(2 * c), nn.ReLU()),
        *(nn.Conv2d(2 * c, 4 * c, 3, stride=2, padding=1, bias=bias), normed(4 * c), nn.ReLU()),
        *(block() for _ in range(blocks)),
        *up(4 * c, 2 * c),
        *up(2 * c, c),
        *(nn.ReflectionPad2d(3), nn.Conv2d(c, outside, 7), nn.Tanh()),
    )
    return Named(nn.Sequential(*sequence))


def their_unet(c=4, levels=5, norm="batch", dropout=False, inside=3, outside=3):
    """Their UnetGenerator: each level a sequence that holds the next one, made from the innermost outwards."""
    normed, bias = NORMS[norm], "instance" in norm
    widths = [min(2**level, 8) * c for level in range(levels)]
    within = ()
    for depth in range(levels - 1, 0, -1):
        narrow, wide = widths[depth - 1], widths[depth]
        down = nn.Conv2d(narrow, wide, 4, stride=2, padding=1, bias=bias)
        up = nn.ConvTranspose2d(2 * wide if within else wide, narrow, 4, stride=2, padding=1, bias=bias)
        dropped = [nn.Dropout(0.5)] if dropout and 4 <= depth < levels - 1 else []
        between = [normed(wide), *within] if within else []
        sequence = nn.Sequential(nn.LeakyReLU(0.2), down, *between, nn.ReLU(), up, normed(narrow), *dropped)
        within = (Named(sequence, joined=lambda x, made: torch.cat([x, made], 1)),)
    down = nn.Conv2d(inside, c, 4, stride=2, padding=1, bias=bias)
    up = nn.ConvTranspose2d(2 * c, outside, 4, stride=2, padding=1)
    return Named(Named(nn.Sequential(down, *within, nn.ReLU(), up, nn.Tanh())))


def their_patchgan(c=4, layers=3, norm="instance", inside=3):
    """Their NLayerDiscriminator."""
    normed, bias = NORMS[norm], "instance" in norm
    widths = [min(2**layer, 8) * c for layer in range(layers + 1)]
    sequence = [nn.Conv2d(inside, c, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
    for layer in range(layers):
        stride = 2 if layer < layers - 1 else 1
        convolution = nn.Conv2d(widths[layer], widths[layer + 1], 4, stride=stride, padding=1, bias=bias)
        sequence += [convolution, normed(widths[layer + 1]), nn.LeakyReLU(0.2)]
    return Named(nn.Sequential(*sequence, nn.Conv2d(widths[-1], 1, 4, padding=1)))


MAKERS = {"resnet": their_resnet, "unet": their_unet, "patchgan": their_patchgan}


@pytest.fixture
def theirs():
    """A function that makes a network of theirs, with weights far from zero and statistics of some training."""

    def make(network, **options):
        made = MAKERS[network](**options)
        for name, value in made.named_parameters():
            nn.init.normal_(value, 1.0 if value.ndim == 1 and name.endswith("weight") else 0.0, 0.1)
        made.train()
        side = 2 ** options.get("levels", 5)
        if network == "unet" and "instance" not in options.get("norm", ""):
            with torch.no_grad():
                for _ in range(3):
                    made(torch.rand(2, options.get("inside", 3), 2 * side, 2 * side) * 2 - 1)
        return made

    return make


@pytest.fixture
def their_file(tmp_path):
    """A function that saves a state dict as their code names the file."""

    def save(state, name="latest_net_G_A.pth", **options):
        torch.save(state, tmp_path / name, **options)
        return tmp_path / name

    return save


@pytest.fixture
def checkpoint_of(tiny_table, tmp_path):
    """A function that writes the untrained checkpoint of one approach of the tiny recipe, with settings of its own."""
    from c2c.approaches import build

    def write(name, **settings):
        tiny_table["approaches"].setdefault(name, {}).update(settings)
        recipe = recipe_from(tiny_table)
        description = Checkpoint(name, resolved(recipe), "key", 4, 4, 1.0, {}, provenance("tiny", "0" * 64, 0))
        return save_checkpoint(tmp_path / "trained" / name, build(recipe, name), description)

    return write


@pytest.fixture
def loaded():
    """A function that loads the approach of a checkpoint."""
    return lambda folder: load_approach(folder, torch.device("cpu"))[0]
