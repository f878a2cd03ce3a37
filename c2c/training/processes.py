"""Several processes that work together: torch's own, as `torchrun` starts them. Alone, everything here costs nothing.

    torchrun --nproc-per-node 2 -m c2c train RUN

Source: https://docs.pytorch.org/docs/stable/elastic/run.html
"""

import importlib
import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

from c2c.errors import C2CError

T = TypeVar("T")
WAIT = timedelta(hours=2)  # for a process that does alone what the others need, such as drawing a city


def rank() -> int:
    """The number of this process, from 0."""
    return dist.get_rank() if dist.is_initialized() else 0


def world() -> int:
    """How many processes work together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def is_first() -> bool:
    """Whether this process is the one that writes."""
    return rank() == 0


@contextmanager
def joined(device: torch.device) -> Iterator[None]:
    """Work together with the processes that `torchrun` started beside this one, if it did."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or dist.is_initialized():
        yield
        return
    # Defaults in there are the group there is when it is imported, which anything may do later: they would keep the
    # group's threads until Python ends, where one that lets go of its last tensor aborts the process.
    importlib.import_module("torch.distributed.nn.functional")
    store, own_rank, size = next(iter(rendezvous("env://", timeout=WAIT)))
    # Workers that were started again share the store with those that died, and must not find the addresses of those.
    store = dist.PrefixStore(f"attempt {os.environ.get('TORCHELASTIC_RESTART_COUNT', '0')}", store)
    backend = "nccl" if device.type == "cuda" else "gloo"
    dist.init_process_group(backend, store=store, rank=own_rank, world_size=size, timeout=WAIT)
    try:
        yield
    finally:
        dist.destroy_process_group()


def share(items: list[T]) -> list[T]:
    """This process's part of some work: every n-th, so that all have the same number but for one."""
    return items[rank() :: world()]


def gather(value: T) -> list[T]:
    """The value that each process has, in their order, in every process."""
    if world() == 1:
        return [value]
    found: list[Any] = [None] * world()
    dist.all_gather_object(found, value)
    return found


def mean(values: Tensor) -> Tensor:
    """The mean of a tensor over the processes."""
    if world() == 1:
        return values
    total = values.clone()
    dist.all_reduce(total)
    return total / world()


def smallest(value: Tensor) -> Tensor:
    """The smallest of a number over the processes."""
    if world() == 1:
        return value
    least = value.clone()
    dist.all_reduce(least, dist.ReduceOp.MIN)
    return least


def decided_by_first(decide: Callable[[], T]) -> T:
    """What the first process decides, in every process; what goes wrong there is raised everywhere."""
    if world() == 1:
        return decide()
    found: list[Any] = [None, None]
    if is_first():
        try:
            found[0] = decide()
        except Exception as error:
            found[1] = f"{type(error).__name__}: {error}"
            dist.broadcast_object_list(found)
            raise
    dist.broadcast_object_list(found)
    if found[1] is not None:
        raise C2CError(f"The first process failed: {found[1]}")
    return found[0]


def distributed(network: nn.Module) -> nn.Module:
    """The network in a wrapper whose gradients are means over the processes; itself where there is one process.

    Its weights become those of the first process. Buffers are left alone: a broadcast between two passes of one step
    would change what the backward pass needs.
    """
    if world() == 1 or not any(parameter.requires_grad for parameter in network.parameters()):
        return network
    known = inspect.signature(DistributedDataParallel).parameters
    name = "forward_sync_buffers" if "forward_sync_buffers" in known else "broadcast_buffers"  # until torch 2.13
    buffers: dict[str, Any] = {name: False}
    return DistributedDataParallel(network, **buffers)
