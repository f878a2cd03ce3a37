"""How the authors' code names the weights of its networks, and how c2c does.

A file of pytorch-CycleGAN-and-pix2pix, such as `latest_net_G_A.pth`, is the state dict of one network. Its layers are
counted with all that has no weights: a ResNet is one sequence, "model.10.conv_block.1.weight"; a UNet is a sequence
within a sequence, "model.model.1.model.3.model.1.weight".

Source: https://github.com/junyanz/pytorch-CycleGAN-and-pix2pix, models/networks.py
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from c2c.errors import CheckpointError
from c2c.models.norms import BatchNorm2d

State = Mapping[str, Tensor]

STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
CHANNELS = (2, 3)  # a depth code, a picture
MOST_LEVELS = 12  # of a UNet: a side of 4096


@dataclass(frozen=True)
class Architecture:
    """What a file tells of its generator; the names are those of `PretrainedRecipe`."""

    network: Literal["resnet", "unet"]
    base_channels: int
    blocks: int  # of a ResNet
    levels: int  # of a UNet
    norm: Literal["instance", "batch", "batch-running"]
    in_channels: int
    out_channels: int

    def __str__(self) -> str:
        size = f"ResNet of {self.blocks} blocks" if self.network == "resnet" else f"UNet of {self.levels} levels"
        return (
            f"{size}, {self.base_channels} base channels, {self.norm} norm, "
            f"{self.in_channels} channels in, {self.out_channels} out"
        )


def generator_layers(architecture: Architecture, dropout: bool = False) -> dict[str, str]:
    """Layers with weights, and norms, of a generator: our name -> the authors'.

    Args:
        architecture: of the generator.
        dropout: whether their ResNet has a dropout layer in each block; it has no weights, but counts.
    """
    if architecture.network == "unet":
        return _unet_layers(architecture.levels)
    return _resnet_layers(architecture.blocks, dropout)


def patchgan_layers(layers: int) -> dict[str, str]:
    """Layers with weights, and norms, of a PatchGAN: our name -> the authors', which count alike."""
    return {f"body.{index}": f"model.{index}" for index in range(3 * layers + 3)}


def tell(state: State, path: Path) -> Architecture:
    """What generator a state dict of the authors' code belongs to.

    Raises:
        CheckpointError: it belongs to none that c2c has; the message says what it looks like.
    """
    shapes = {name: tuple(tensor.shape) for name, tensor in state.items()}
    if len(shapes.get("model.model.0.weight", ())) == 4:
        found = _tell_unet(shapes, path)
    elif shapes.get("model.1.weight", ())[2:] == (7, 7):
        found = _tell_resnet(shapes, path)
    else:
        raise CheckpointError(
            f"{path} is {_looks_like(shapes)}. A generator of the authors' code was needed: a ResNet or a UNet, as in "
            "latest_net_G_A.pth or latest_net_G.pth."
        )
    for side, channels in (("takes", found.in_channels), ("gives", found.out_channels)):
        if channels not in CHANNELS:
            raise CheckpointError(
                f"{path} {side} {channels} channels ({found}). c2c's pictures have 3 and its depth code has 2, so this "
                "network cannot be used here."
            )
    return found


def to_ours(state: State, architecture: Architecture, network: nn.Module, path: Path) -> dict[str, Tensor]:
    """A state dict of the authors' code under our names, to be loaded into that network.

    Running statistics of norms that do not use them are left out: old files have them even for instance norms.

    Raises:
        CheckpointError: the file holds too little, too much, or other shapes; or the network uses running statistics,
            and the file has none.
    """
    layers = generator_layers(architecture, dropout="model.10.conv_block.6.weight" in state)
    ours = {theirs: ours for ours, theirs in layers.items()}
    wanted = network.state_dict()
    found, surplus = {}, []
    for name, tensor in state.items():
        layer, _, leaf = name.rpartition(".")
        key = f"{ours.get(layer)}.{leaf}"
        if key in wanted:
            found[key] = tensor
        elif leaf not in STATISTICS or layer not in ours:
            surplus.append(name)
    _check_statistics(found, wanted, path)
    missing = [_renamed(key, layers) for key in wanted if key not in found]
    for names, verb in ((missing, "lacks"), (surplus, "holds besides")):
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            raise CheckpointError(
                f"{path} looks like a {architecture}, but {verb} {', '.join(names[:3])}{more}. It is the network of "
                "another program, or of another version of the authors' code."
            )
    for key, tensor in found.items():
        name = _renamed(key, layers)
        if tensor.shape != wanted[key].shape:
            raise CheckpointError(
                f"{path} looks like a {architecture}, but {name} has the shape {tuple(tensor.shape)} where "
                f"{tuple(wanted[key].shape)} was needed."
            )
        if not torch.isfinite(tensor).all():
            raise CheckpointError(f"{path} holds a broken network: {name} has numbers that are not finite.")
    return {key: tensor.to(wanted[key].dtype) for key, tensor in found.items()}


def to_theirs(network: nn.Module, layers: Mapping[str, str]) -> dict[str, Tensor]:
    """The state dict of one of our networks under the authors' names.

    Theirs always holds running statistics of batch norms. Where ours keep none, they are those of a network that has
    seen nothing: mean 0, variance 1, after 0 batches.
    """
    state = dict(network.state_dict())
    for name, layer in network.named_modules():
        if isinstance(layer, BatchNorm2d) and not layer.track_running_stats:
            state[f"{name}.running_mean"] = torch.zeros(layer.num_features)
            state[f"{name}.running_var"] = torch.ones(layer.num_features)
            state[f"{name}.num_batches_tracked"] = torch.tensor(0)
    return {_renamed(key, layers): tensor.detach().cpu().contiguous() for key, tensor in state.items()}


def _renamed(key: str, layers: Mapping[str, str]) -> str:
    layer, _, leaf = key.rpartition(".")
    return f"{layers[layer]}.{leaf}"


def _resnet_layers(blocks: int, dropout: bool) -> dict[str, str]:
    layers = {"stem.1": 1, "stem.2": 2, "down.0": 4, "down.1": 5, "down.3": 7, "down.4": 8}
    after = 10 + blocks
    layers |= {"up.0": after, "up.1": after + 1, "up.3": after + 3, "up.4": after + 4, "head.1": after + 7}
    names = {ours: f"model.{theirs}" for ours, theirs in layers.items()}
    second = 6 if dropout else 5
    for block in range(blocks):
        for ours, theirs in ((1, 1), (2, 2), (5, second), (6, second + 1)):
            names[f"blocks.{block}.body.{ours}"] = f"model.{10 + block}.conv_block.{theirs}"
    return names


def _unet_layers(levels: int) -> dict[str, str]:
    place = "model.model"  # of the outermost level; each holds the next one inside
    names = {"down.0.0": f"{place}.0", "up.0.1": f"{place}.3"}
    for level in range(1, levels):
        place += f".{1 if level == 1 else 3}.model"
        if level < levels - 1:
            layers = {f"down.{level}.1": 1, f"down.{level}.2": 2, f"up.{level}.1": 5, f"up.{level}.2": 6}
        else:  # the innermost level has no norm on its way down, and no level inside
            layers = {f"down.{level}.1": 1, f"up.{level}.1": 3, f"up.{level}.2": 4}
        names |= {ours: f"{place}.{theirs}" for ours, theirs in layers.items()}
    return names


def _tell_unet(shapes: dict[str, tuple[int, ...]], path: Path) -> Architecture:
    levels = sum(len(shape) == 4 for shape in shapes.values()) // 2
    if not 2 <= levels <= MOST_LEVELS:
        raise CheckpointError(f"{path} looks like a UNet of {levels} levels; 2 to {MOST_LEVELS} were needed.")
    if len(out := shapes.get("model.model.3.weight", ())) != 4:
        raise CheckpointError(f"{path} looks like a UNet, but lacks its last layer, model.model.3.weight.")
    base_channels, in_channels = shapes["model.model.0.weight"][:2]
    norm = _tell_norm(shapes, "model.model.1.model.1", "model.model.1.model.2", path)
    return Architecture("unet", base_channels, 0, levels, norm, in_channels, out[1])


def _tell_resnet(shapes: dict[str, tuple[int, ...]], path: Path) -> Architecture:
    blocks = len({found[1] for name in shapes if (found := re.match(r"model\.(\d+)\.conv_block\.", name))})
    last = f"model.{17 + blocks}.weight"
    if len(out := shapes.get(last, ())) != 4:
        raise CheckpointError(f"{path} looks like a ResNet of {blocks} blocks, but lacks its last layer, {last}.")
    base_channels, in_channels = shapes["model.1.weight"][:2]
    norm = _tell_norm(shapes, "model.1", "model.2", path)
    if norm == "batch":
        raise CheckpointError(
            f"{path} is a ResNet of {blocks} blocks with batch norm. c2c's ResNet has instance norm, as the paper's, "
            "so this network cannot be used here."
        )
    return Architecture("resnet", base_channels, blocks, 0, norm, in_channels, out[0])


def _tell_norm(shapes: dict[str, tuple[int, ...]], layer: str, norm: str, path: Path) -> Literal["instance", "batch"]:
    """Theirs: only batch norms have weights, and only beside an instance norm has a convolution a bias."""
    if f"{norm}.weight" in shapes:
        return "batch"
    if f"{layer}.bias" in shapes:
        return "instance"
    raise CheckpointError(f"{path} is a generator without norms. One with instance or batch norm was needed.")


def _looks_like(shapes: dict[str, tuple[int, ...]]) -> str:
    if shapes.get("model.0.weight", ())[2:] == (4, 4):
        return "a discriminator (PatchGAN), as in latest_net_D_A.pth"
    if shapes.get("net.0.weight", ())[2:] == (1, 1):
        return "a discriminator (PixelGAN)"
    named = ", ".join(list(shapes)[:3])
    return f"the state dict of another network (its first names: {named})"


def _check_statistics(found: dict[str, Tensor], wanted: Mapping[str, Tensor], path: Path) -> None:
    counts = [key for key in wanted if key.endswith(".num_batches_tracked")]
    means = [key for key in wanted if key.endswith(".running_mean")]
    if any(key not in found for key in means) or any(key in found and not found[key].any() for key in counts):
        raise CheckpointError(
            f"{path} holds no running statistics of a training. Leave them out, then every picture is normalised by "
            "its own:\n    --norm-at-test batch"
        )
    for key in counts:  # torch before 0.4.1 did not count
        found.setdefault(key, torch.tensor(1))
