"""Reading a state dict that somebody else wrote, without running anything that is in the file."""

import re
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from c2c.errors import CheckpointError

SIGNATURES = {
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x89PNG": "a PNG picture",
    b"\x89HDF": "an HDF5 file, as Keras writes them",
    b"\x1f\x8b": "packed with gzip; unpack it first",
    b"version https://git-lfs": "only the pointer of Git LFS; fetch the file itself with git lfs pull",
    b"<": "a web page; the download did not give the file itself",
}
NEEDED = "A state dict was needed, as torch.save(network.state_dict(), …) writes it."


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """The tensors of a state dict by name, on the CPU.

    The prefix "module.", which DataParallel and DistributedDataParallel add, is taken off.

    Raises:
        CheckpointError: the file is missing, torn, or something else; the message says what it looks like.
    """
    _sniff(path)
    found = _load(path)
    if not isinstance(found, dict):
        raise CheckpointError(f"{path} holds a {type(found).__name__}. {NEEDED}")
    if {"state", "param_groups"} <= found.keys():
        raise CheckpointError(f"{path} is the state of an optimizer. {NEEDED}")
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, Tensor) or value.layout != torch.strided:
            raise CheckpointError(
                f"{path} holds {name!r}, a {type(value).__name__}, where a weight was needed. {NEEDED}"
            )
    if not found:
        raise CheckpointError(f"{path} holds no weights at all. {NEEDED}")
    prefix = "module." if all(name.startswith("module.") for name in found) else ""
    return {name.removeprefix(prefix): value for name, value in found.items()}


def _sniff(path: Path) -> None:
    """Refuse what is no file of torch by its first bytes, where those tell more than torch would."""
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}. {NEEDED}") from error
    if not head:
        raise CheckpointError(f"{path} is empty. {NEEDED}")
    told = next((what for start, what in SIGNATURES.items() if head.startswith(start)), "")
    if head[8:9] == b"{" and head[:8] != b"\0" * 8 and int.from_bytes(head[:8], "little") < path.stat().st_size:
        told = "a safetensors file"
    if told:
        raise CheckpointError(f"{path} is {told}. {NEEDED}")


def _load(path: Path) -> Any:
    try:
        with warnings.catch_warnings(action="ignore"):  # about formats that are refused below
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a torn or foreign file makes torch raise nearly anything, and advise to run it
        if named := re.search(r"GLOBAL ([\w.]+)", str(error)):
            raise CheckpointError(
                f"{path} holds more than weights: opening it would run {named[1]}, so c2c does not open it. It may be "
                "a whole network. Save its weights alone where it was trained, and import that file:\n"
                "    torch.save(network.state_dict(), 'latest_net_G.pth')"
            ) from error
        what = "a TorchScript program" if "TorchScript" in str(error) else "no file of torch, or only a part of one"
        raise CheckpointError(f"{path} is {what}. {NEEDED}") from error
