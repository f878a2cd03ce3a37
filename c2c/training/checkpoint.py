"""Checkpoints: a folder with the networks (safetensors), a readable description, and what a resume needs.

    checkpoints/<approach>/step-00000500/checkpoint.json      recipe, step, seed, versions, data, which step was best
                                         weights.safetensors  the networks
                                         average.safetensors  the averaged ones, where the recipe asks for them
                                         resume.pt            optimizers and image pools
                           log.jsonl, samples/                see `c2c.training.log`

The last checkpoint is kept, and the one that did best on the validation pictures. A checkpoint is written under another
name, flushed and renamed, and older ones are removed only then, so a kill at any moment leaves a whole one.
"""

import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from c2c.approaches import Approach, build
from c2c.errors import CheckpointError, OutputError, RecipeError
from c2c.recipe import Recipe, recipe_from
from c2c.records import Provenance

FORMAT = 2  # 1 held the losses, which the log holds now

Which = Literal["last", "best"]


@dataclass(frozen=True)
class Best:
    """The step that did best on the validation pictures."""

    step: int
    score: float


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says of itself."""

    approach: str
    recipe: dict  # resolved
    key: str  # of the training's inputs: a run with other inputs does not go on from here
    step: int
    steps: int
    seconds: float
    data: dict[str, str]  # city -> manifest SHA-256
    provenance: Provenance
    best: Best | None = None  # so far; None without validation
    score: float | None = None  # of this step, on the validation pictures
    roll_backs: int = 0  # so far
    processes: int = 1  # that train together
    precision: str = "float32"
    joules: dict[str, float] = field(default_factory=dict)  # so far, by part; what the machine does not tell is absent
    format: int = FORMAT
    kind: str = field(default="c2c checkpoint")


def save_checkpoint(
    folder: Path,
    approach: Approach,
    description: Checkpoint,
    memories: list[dict] | None = None,
    average: dict[str, Tensor] | None = None,
) -> Path:
    """Write a checkpoint under `folder`, then remove those that are neither last nor best; returns its own folder.

    Args:
        folder: of the approach's checkpoints.
        approach: what to save.
        description: what it says of itself.
        memories: what the approach remembers in each process; None: as it is in this one.
        average: averaged weights of the networks that translate.

    Raises:
        OutputError: it cannot be written, because the disk is full for one; those before are as they were.
    """
    final = folder / f"step-{description.step:08d}"
    part = folder / f".{final.name}.part"
    try:
        _write(part, approach, description, memories, average)
        shutil.rmtree(final, ignore_errors=True)
        part.rename(final)
    except (OSError, RuntimeError, SafetensorError) as error:  # torch and safetensors pack what the disk says in theirs
        shutil.rmtree(part, ignore_errors=True)
        raise OutputError(_full(final, error)) from error
    _flush(folder)
    keep = {final.name, *([f"step-{description.best.step:08d}"] if description.best else [])}
    for other in folder.glob("step-*"):
        if other.name not in keep:
            shutil.rmtree(other)
        elif other != final:
            (other / "resume.pt").unlink(missing_ok=True)  # the best one translates, and is not resumed from
    return final


def _write(
    part: Path,
    approach: Approach,
    description: Checkpoint,
    memories: list[dict] | None,
    average: dict[str, Tensor] | None,
) -> None:
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    save_file(_plain(approach.networks.state_dict()), part / "weights.safetensors")
    if average:
        save_file(_plain(average), part / "average.safetensors")
    optimizers = {name: optimizer.state_dict() for name, optimizer in approach.optimizers.items()}
    memories = memories if memories is not None else [approach.memory()]
    torch.save({"optimizers": optimizers, "memories": memories}, part / "resume.pt")
    (part / "checkpoint.json").write_text(json.dumps(asdict(description), indent=1), encoding="utf-8")
    for path in part.iterdir():
        _flush(path)


def _plain(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}


def _full(place: Path, error: Exception) -> str:
    free_mib = shutil.disk_usage(place.parent).free / 2**20
    return (
        f"{place} cannot be written: {error}\nThe disk has {free_mib:,.0f} MiB left. The checkpoint before is whole: "
        "make room, and give the same command again to go on from there."
    )


def newest(folder: Path) -> Path | None:
    """The newest whole checkpoint of a training, or the folder itself where it is one."""
    if (folder / "checkpoint.json").is_file():
        return folder
    found = max(folder.glob("step-*/checkpoint.json"), default=None)
    return found.parent if found else None


def kept(folder: Path, which: Which) -> Path | None:
    """The last checkpoint of a training or its best; the last where there was no validation."""
    last = newest(folder)
    if last is None or which == "last" or last == folder:
        return last
    best = read_description(folder).best
    found = folder / f"step-{best.step:08d}" if best else last
    return found if (found / "checkpoint.json").is_file() else last


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
        if data["format"] != FORMAT:
            told = "newer than" if data["format"] > FORMAT else "older than"
            raise CheckpointError(
                f"{found} has format {data['format']}, {told} {FORMAT}, the one of this c2c.\n"
                "Use the version of c2c that wrote it (checkpoint.json names it), or train anew with --start-over."
            )
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


def load_approach(folder: Path, device: torch.device, which: Which | None = None) -> tuple[Approach, Checkpoint]:
    """A trained approach, ready to translate, from a training's last or best checkpoint, or from a checkpoint itself.

    Its networks are the averaged ones where the training made some.

    Args:
        folder: a checkpoint's, or that of an approach's checkpoints.
        device: where the networks go.
        which: of the checkpoints in the folder; None: the one that the recipe inside translates with.

    Raises:
        CheckpointError: there is none, or it does not fit its own recipe.
    """
    if which is None:
        last = read_description(folder)
        which = recipe_of(last).approaches[last.approach].training.keep
    found = kept(folder, which) or folder
    description = read_description(found)
    approach = build(recipe_of(description), description.approach)
    load_networks(found, approach, device)
    if (average := found / "average.safetensors").is_file():
        _fill(average, approach.networks, partly=True)
    approach.networks.eval()
    return approach, description


def load_networks(folder: Path, approach: Approach, device: torch.device) -> None:
    """Fill an approach's networks from the newest checkpoint in `folder` and move them to the device.

    Raises:
        CheckpointError: the weights are missing, torn or of another network.
    """
    _fill((newest(folder) or folder) / "weights.safetensors", approach.networks)
    approach.networks.to(device)


def load_resume(
    folder: Path, approach: Approach, device: torch.device, twin: Approach | None = None, rank: int = 0
) -> None:
    """Fill optimizers, memory and averaged weights from the newest checkpoint in `folder`; the networks are filled.

    Args:
        folder: of the approach's checkpoints.
        approach: to be filled.
        device: of the tensors.
        twin: holds the averaged weights, where there are some.
        rank: the number of this process, which has its own memory.

    Raises:
        CheckpointError: a file is missing, torn or of another network.
    """
    found = newest(folder) or folder
    path = found / "resume.pt"
    try:
        state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
        for name, optimizer in approach.optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])
            _lay_out(optimizer)
        approach.remember(state["memories"][rank])
    except Exception as error:  # a torn file makes torch raise nearly anything
        raise CheckpointError(f"{path} cannot be resumed from: {error}") from error
    if twin is not None:
        _fill(found / "average.safetensors", twin.networks, partly=True)


def _lay_out(optimizer: Optimizer) -> None:
    """Let moments lie in memory as their weights do: in torch 2.14.1 a fused Adam is wrong on the CPU otherwise."""
    for parameter, moments in optimizer.state.items():
        for name, moment in moments.items():
            if moment.shape == parameter.shape and moment.ndim:
                moments[name] = torch.empty_like(parameter).copy_(moment)


def _fill(path: Path, networks: nn.ModuleDict, partly: bool = False) -> None:
    try:
        _, unexpected = networks.load_state_dict(load_file(path), strict=not partly)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise CheckpointError(f"{path} does not hold the networks of this recipe: {error}") from error
    if unexpected:
        raise CheckpointError(f"{path} holds networks that this recipe does not know: {', '.join(unexpected[:3])}.")


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
