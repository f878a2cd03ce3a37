"""Features that several processes compute together, each of its share of the batches, joined by torchmetrics."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat

from c2c.errors import C2CError, ScoreError
from c2c.training import processes

ROUND = 64  # batches of a process between two meetings: what bounds the memory, whatever the number of pictures

Looked = tuple[Tensor, list[str]]  # the features (N, D) and the hash of each picture of a batch


class SharedRows(Metric):
    """Features and hashes of pictures, gathered from every process and brought into the pictures' order."""

    full_state_update = False
    places: list[Tensor]
    rows: list[Tensor]
    digests: list[Tensor]

    def __init__(self) -> None:
        super().__init__()
        for name in ("places", "rows", "digests"):
            self.add_state(name, [], dist_reduce_fx="cat")

    def update(self, first: int, rows: Tensor, digests: list[str]) -> None:
        """Add a batch.

        Args:
            first: the place of its first picture among all.
            rows: (N, D); N may be 0, but a process must say D to meet the others.
            digests: SHA-256 of each picture, in hexadecimal digits.
        """
        self.places.append(torch.arange(first, first + len(rows), device=self.device))
        self.rows.append(rows.to(self.device))
        digits = torch.tensor(list(b"".join(map(bytes.fromhex, digests))), dtype=torch.uint8, device=self.device)
        self.digests.append(digits.view(-1, 32))

    def compute(self) -> Looked:
        """What all processes added, in order, on the CPU."""
        order = dim_zero_cat(self.places).argsort()
        digits = dim_zero_cat(self.digests)[order].cpu().numpy()
        return dim_zero_cat(self.rows)[order].cpu(), [bytes(row).hex() for row in digits]


def look_together(
    batches: list[list[Path]], dims: int, look: Callable[[Iterable[list[Path]]], Iterator[Looked]]
) -> Iterator[Looked]:
    """The features of batches that are dealt out to the processes in turn; every process gets all of them, in order.

    The batches are those of one process alone, so that the features are the same to the last bit.

    Args:
        batches: of pictures, the same in every process.
        dims: of a feature vector.
        look: what one process does with its share.

    Raises:
        ScoreError: a process could not use a picture; raised in all of them.
    """
    mine = look(processes.share(batches))
    firsts = iter(processes.share([sum(map(len, batches[:1])) * number for number in range(len(batches))]))
    most = -(-len(batches) // processes.world())  # batches of the process that has most
    for _ in range(0, most, ROUND):
        shared = SharedRows().to(_meeting_place())
        shared.update(0, torch.empty(0, dims), [])
        trouble = ""
        try:
            for rows, digests in islice(mine, ROUND):
                shared.update(next(firsts), rows, digests)
        except C2CError as error:
            trouble = str(error)
        for told in processes.gather(trouble):  # else the others would wait for the one that gave up
            if told:
                raise ScoreError(told)
        yield shared.compute()


def _meeting_place() -> torch.device:
    """Where tensors must lie to be sent to the other processes."""
    return torch.device("cuda" if dist.is_initialized() and dist.get_backend() == "nccl" else "cpu")
