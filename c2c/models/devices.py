"""Which device the networks run on."""

import os

import torch

from c2c.errors import DeviceError


def pick_device(name: str) -> torch.device:
    """The device called "cpu" or "cuda"; "auto" is CUDA where there is some. Under torchrun each process has its GPU.

    Raises:
        DeviceError: there is no device of that name, or CUDA was asked for and there is none.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise DeviceError(f"--device {name} is not known; there are cpu, cuda and auto.")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise DeviceError(f"--device {name} was asked for, but torch {torch.__version__} finds no CUDA device here.")
    if name == "cuda" and (local := os.environ.get("LOCAL_RANK")):  # torchrun started one process a GPU
        torch.cuda.set_device(int(local))
        return torch.device(name, int(local))
    return torch.device(name)
