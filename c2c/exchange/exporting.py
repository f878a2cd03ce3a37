"""A checkpoint of c2c becomes files of the authors' code, which its networks load as their own."""

from dataclasses import dataclass
from pathlib import Path

import torch

from c2c.approaches import Approach
from c2c.approaches.pix2pix import CHANNELS
from c2c.errors import CheckpointError
from c2c.exchange.layout import Architecture, generator_layers, patchgan_layers, to_theirs
from c2c.exchange.new_files import new_files
from c2c.exchange.trained import trained
from c2c.recipe import ApproachRecipe, CycleGANRecipe, Pix2PixRecipe, PretrainedRecipe

NETWORKS = {  # their file -> our network; their D_A judges pictures of B, which G_A makes out of those of A
    "cyclegan": {
        "latest_net_G_A.pth": "generator_ab",
        "latest_net_G_B.pth": "generator_ba",
        "latest_net_D_A.pth": "discriminator_b",
        "latest_net_D_B.pth": "discriminator_a",
    },
    "pix2pix": {"latest_net_G.pth": "generator", "latest_net_D.pth": "discriminator"},
    "pretrained": {"latest_net_G.pth": "generator"},
}
MODELS = {"cyclegan": "cycle_gan", "pix2pix": "pix2pix", "pretrained": "test"}
GENERATORS = {
    ("resnet", 6): "resnet_6blocks",
    ("resnet", 9): "resnet_9blocks",
    ("unet", 7): "unet_128",
    ("unet", 8): "unet_256",
}
FEWEST_LEVELS = 5  # of their UNet


@dataclass(frozen=True)
class Exported:
    """What was written, and how the authors' code loads it."""

    files: tuple[Path, ...]
    options: str  # of their command line
    notes: tuple[str, ...]  # what the options do not say


def export_checkpoint(checkpoint: Path, out: Path) -> Exported:
    """Write the networks of a checkpoint as files of pytorch-CycleGAN-and-pix2pix; all of them, or none.

    Args:
        checkpoint: a checkpoint's folder, or the folder of an approach's checkpoints.
        out: folder for the files.

    Raises:
        CheckpointError: there is none, or the authors' code has no such networks.
        OutputError: a file of that name is in `out` already, or it cannot be written to.
    """
    approach, recipe, name = trained(checkpoint)
    own = recipe.approaches[name]
    generator = _generator(approach, own, checkpoint)
    states = {}
    for file, network in NETWORKS[own.kind].items():
        layers = generator_layers(generator)
        if isinstance(own, CycleGANRecipe | Pix2PixRecipe) and network.startswith("discriminator"):
            layers = patchgan_layers(own.discriminator_layers)
        states[out / file] = to_theirs(approach.networks[network], layers)
    with new_files(*states) as parts:
        for part, state in zip(parts, states.values(), strict=True):
            with part.open("wb") as file:  # a path torch opens itself, and does not say then that the disk is full
                torch.save(state, file)
    return Exported(tuple(states), _options(own, generator), _notes(own, generator))


def _generator(approach: Approach, own: ApproachRecipe, checkpoint: Path) -> Architecture:
    """What generator the authors' code must have to load this one."""
    takes, gives = CHANNELS[approach.directions[0].takes], CHANNELS[approach.directions[0].gives]
    match own:
        case CycleGANRecipe(upsample="transposed"):
            return Architecture("resnet", own.base_channels, own.blocks, 0, "instance", takes, gives)
        case CycleGANRecipe():
            reason = f'upsample = "{own.upsample}", and theirs knows transposed convolutions only'
        case Pix2PixRecipe() | PretrainedRecipe(network="unet") if own.levels < FEWEST_LEVELS:
            reason = f"a UNet of {own.levels} levels, and theirs has at least {FEWEST_LEVELS}"
        case Pix2PixRecipe():
            return Architecture("unet", own.base_channels, 0, own.levels, own.norm, takes, gives)
        case PretrainedRecipe(
            network="resnet" | "unet" as network, norm="instance" | "batch" | "batch-running" as norm
        ):
            return Architecture(network, own.base_channels, own.blocks, own.levels, norm, takes, gives)
        case _:
            reason = f'kind = "{own.kind}", and theirs knows CycleGAN and pix2pix only'
    raise CheckpointError(f"{checkpoint} has {reason}: pytorch-CycleGAN-and-pix2pix cannot load it.")


def _options(own: ApproachRecipe, generator: Architecture) -> str:
    words = [f"--model {MODELS[own.kind]}"]
    if net_g := GENERATORS.get((generator.network, generator.blocks or generator.levels)):
        words.append(f"--netG {net_g}")
    words += [f"--ngf {generator.base_channels}", f"--norm {generator.norm.removesuffix('-running')}"]
    if isinstance(own, CycleGANRecipe | Pix2PixRecipe):
        layers = own.discriminator_layers
        words.append("--netD basic" if layers == 3 else f"--netD n_layers --n_layers_D {layers}")
        words.append(f"--ndf {own.discriminator_channels}")
    words.append(f"--input_nc {generator.in_channels} --output_nc {generator.out_channels}")
    if not _drops_out(own):
        words.append("--no_dropout")
    return " ".join(words)


def _notes(own: ApproachRecipe, generator: Architecture) -> tuple[str, ...]:
    notes = []
    if (generator.network, generator.blocks or generator.levels) not in GENERATORS:
        size = f"n_blocks={generator.blocks}" if generator.network == "resnet" else f"num_downs={generator.levels}"
        notes.append(f"No --netG of theirs has this size; their class has, with {size}.")
    if _drops_out(own):
        notes.append("Their test leaves dropout on. Add --no_dropout there to get the pictures that c2c makes.")
    if generator.norm == "batch":
        notes.append("Test without --eval: c2c keeps no statistics of the training for batch norms.")
    if generator.norm == "batch-running":
        notes.append("Test with --eval: these batch norms go by the statistics of their training.")
    if 2 in (generator.in_channels, generator.out_channels):
        notes.append("Two channels are c2c's depth code, log depth and a mask; their datasets do not read it.")
    return tuple(notes)


def _drops_out(own: ApproachRecipe) -> bool:
    return isinstance(own, Pix2PixRecipe) and own.dropout
