"""Checkpoints: a folder with the networks (safetensors), a readable description, and what a resume needs.

    checkpoints/<approach>/step-00000500/checkpoint.json      recipe, step, seed, versions, data, losses so far
                                         weights.safetensors  the networks
                                         resume.pt            optimizers and image pools

A checkpoint is written under another name, flushed and renamed, and the one before is removed only then, so a kill at
any moment leaves a whole one.
"""

import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from c2c.approaches import Approach, build
from c2c.errors import CheckpointError, RecipeError
from c2c.recipe import Recipe, recipe_from
from c2c.records import Provenance

FORMAT = 1


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says of itself."""

    approach: str
    recipe: dict  # resolved
    key: str  # of the training's inputs: a run with other inputs does not go on from here
    step: int
    steps: int
    seconds: float
    losses: dict[str, list[tuple[int, float]]]
    data: dict[str, str]  # city -> manifest SHA-256
    provenance: Provenance
    format: int = FORMAT
    kind: str = field(default="c2c checkpoint")


def save_checkpoint(folder: Path, approach: Approach, description: Checkpoint) -> Path:
    """Write a checkpoint under `folder` and remove the ones before it; returns its own folder."""
    final = folder / f"step-{description.step:08d}"
    part = folder / f".{final.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in approach.networks.state_dict().items()}
    save_file(weights, part / "weights.safetensors")
    optimizers = {name: optimizer.state_dict() for name, optimizer in approach.optimizers.items()}
    torch.save({"optimizers": optimizers, "memory": approach.memory()}, part / "resume.pt")
    (part / "checkpoint.json").write_text(json.dumps(asdict(description), indent=1), encoding="utf-8")
    for path in part.iterdir():
        _flush(path)
    shutil.rmtree(final, ignore_errors=True)
    part.rename(final)
    _flush(folder)
    for other in folder.glob("step-*"):
        if other != final:
            shutil.rmtree(other)
    return final


def newest(folder: Path) -> Path | None:
    """The newest whole checkpoint of a training, or the folder itself where it is one."""
    if (folder / "checkpoint.json").is_file():
        return folder
    found = max(folder.glob("step-*/checkpoint.json"), default=None)
    return found.parent if found else None


def read_description(folder: Path) -> Checkpoint:
    """What the newest checkpoint in `folder` says of itself.

    Raises:
        CheckpointError: there is none, it is torn, or it is of a newer format.
    """
    found = newest(folder)
    if found is None:
        if (folder / "recipe.json").is_file():
            raise CheckpointError(
                f"{folder} is a run. Name one of its approaches:\n    {folder}/checkpoints/<approach>"
            )
        raise CheckpointError(
            f"{folder} holds no checkpoint: checkpoint.json, or step-*/checkpoint.json, was needed.\n"
            "Train one first, with c2c run or c2c train."
        )
    try:
        data = json.loads((found / "checkpoint.json").read_text(encoding="utf-8"))
        if data["format"] > FORMAT:
            raise CheckpointError(f"{found} has format {data['format']}, newer than {FORMAT}; update c2c.")
        return msgspec.convert(data, Checkpoint)
    except (OSError, ValueError, KeyError, TypeError, msgspec.ValidationError) as error:
        raise CheckpointError(f"{found}/checkpoint.json cannot be read: {error}") from error


def recipe_of(description: Checkpoint) -> Recipe:
    """The recipe that a checkpoint was trained with.

    Raises:
        CheckpointError: this c2c cannot read it.
    """
    try:
        return recipe_from(description.recipe)
    except RecipeError as error:
        raise CheckpointError(f"The recipe in the checkpoint is not one of this c2c: {error}") from error


def load_approach(folder: Path, device: torch.device) -> tuple[Approach, Checkpoint]:
    """A trained approach, ready to translate, from the newest checkpoint in `folder`.

    Raises:
        CheckpointError: there is none, or it does not fit its own recipe.
    """
    description = read_description(folder)
    approach = build(recipe_of(description), description.approach)
    load_networks(folder, approach, device)
    return approach, description


def load_networks(folder: Path, approach: Approach, device: torch.device) -> None:
    """Fill an approach's networks from the newest checkpoint in `folder` and move them to the device.

    Raises:
        CheckpointError: the weights are missing, torn or of another network.
    """
    path = (newest(folder) or folder) / "weights.safetensors"
    try:
        approach.networks.load_state_dict(load_file(path))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise CheckpointError(f"{path} does not hold the networks of this recipe: {error}") from error
    approach.networks.to(device)


def load_resume(folder: Path, approach: Approach, device: torch.device) -> None:
    """Fill optimizers and memory from the newest checkpoint in `folder`; the networks are filled already.

    Raises:
        CheckpointError: the file is missing, torn or of another network.
    """
    path = (newest(folder) or folder) / "resume.pt"
    try:
        state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
        for name, optimizer in approach.optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])
        approach.remember(state["memory"])
    except Exception as error:  # a torn file makes torch raise nearly anything
        raise CheckpointError(f"{path} cannot be resumed from: {error}") from error


def _flush(path: Path) -> None:
    """Ask the disk to keep a file or a folder; folders cannot be asked everywhere."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
