"""What a case is, and the one list of them."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import torch

Device = Literal["cpu", "cuda"]
Choice = bool | Callable[..., bool]
Make = Callable[..., "Work"]


@dataclass(frozen=True)
class Work:
    """A case that is ready to be timed.

    Args:
        call: what is inside the clock. It need not wait for a GPU; the clock does.
        items: how many things one call does, such as the pictures of a batch.
        unit: "s/…" for the seconds of an item, "…/s" for the items of a second.
        close: gives back what was made, such as folders.
        split: does one call and gives its seconds by part; None where a call has no parts.
    """

    call: Callable[[], object]
    items: int = 1
    unit: str = "s/call"
    close: Callable[[], object] = lambda: None
    split: Callable[[], dict[str, float]] | None = None

    @property
    def better(self) -> Literal["lower", "higher"]:
        """Which way a better version moves the number."""
        return "higher" if self.unit.endswith("/s") else "lower"

    def in_unit(self, seconds: float) -> float:
        """The seconds of a call in the case's own unit."""
        return self.items / seconds if self.better == "higher" else seconds / self.items


@dataclass(frozen=True)
class Case:
    """One thing to time.

    Args:
        name: unique, and stable: records of different versions meet by it.
        region: what is inside the clock, in words.
        device: on which it runs.
        make: makes what is timed, outside of the clock.
        quick: whether it belongs to the quick choice.
        alone: whether it needs a process of its own, as what takes much memory does.
    """

    name: str
    region: str
    device: Device
    make: Callable[[torch.device], Work]
    quick: bool
    alone: bool


CASES: dict[str, Case] = {}


def case(
    name: str,
    /,
    *,
    region: str,
    devices: Sequence[Device] = ("cpu", "cuda"),
    quick: Choice = False,
    alone: Choice = False,
    **parameters: Sequence[Any],
) -> Callable[[Make], Make]:
    """Register what the decorated function makes, once for each device and each choice of parameters.

    The function takes the device and the parameters. Name and region may name parameters in braces; the device ends
    the name. `quick` and `alone` may be functions of the parameters.

    Raises:
        ValueError: another case has this name.
    """

    def register(make: Make) -> Make:
        for device, *values in itertools.product(devices, *parameters.values()):
            chosen = dict(zip(parameters, values, strict=True))
            full = f"{name.format(**chosen)} {device}"
            if full in CASES:
                raise ValueError(f"Two cases are called {full!r}; a name belongs to one.")
            CASES[full] = Case(
                name=full,
                region=region.format(**chosen),
                device=device,
                make=partial(make, **chosen),
                quick=quick(**chosen) if callable(quick) else quick,
                alone=alone(**chosen) if callable(alone) else alone,
            )
        return make

    return register
