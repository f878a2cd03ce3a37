"""Many pieces of work for a process on each core; in numpy's short steps, threads would wait for one another."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from multiprocessing.connection import wait
from typing import TypeVar

from c2c.errors import C2CError
from c2c.process import tune_process
from c2c.records.provenance import cores

J = TypeVar("J")
R = TypeVar("R")

FEW = 8  # pieces that are done sooner than other processes start
_turn: AbstractContextManager[object] = nullcontext()  # alone, it is always this process's


def done_in_order(work: Callable[[J], R], pieces: Sequence[J], workers: int = 0, together: int = 1) -> Generator[R]:
    """What `work` makes of each piece, in their order; by other processes where there are more than a few.

    Where this is closed early, by an error or a person, pieces that wait are dropped, and those in work are finished.

    Args:
        work: can be pickled, and so can what it takes, gives and raises.
        pieces: of about the same size.
        workers: processes; 0: one for each core.
        together: pieces that go to a process at once.

    Raises:
        C2CError: one of the processes ended in the middle, for instance by the system's hand.
    """
    count = min(workers or cores(), len(pieces))
    if count < 2 or len(pieces) <= FEW:
        yield from map(work, pieces)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(context.Lock(),)) as pool:
        try:
            yield from pool.map(work, pieces, chunksize=together)
        except BrokenProcessPool as error:
            raise C2CError(
                "One of the processes that share the work ended in the middle of it.\n"
                "The system kills one where memory runs out; the same command goes on from here."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def one_at_a_time() -> AbstractContextManager[object]:
    """While this is held, no other process of the same work holds it: for what takes much memory."""
    return _turn


def _begin(turn: AbstractContextManager[object]) -> None:
    """Set up a worker: Ctrl+C is for the parent to answer, and a worker whose parent was killed ends too."""
    global _turn
    _turn = turn
    tune_process()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
