"""One version of c2c, waiting to be asked: `python bench/worker.py CHECKOUT`, then a line of JSON a question.

    {"list": true}                                            the cases of that checkout
    {"measure": NAME, "seconds": 0.1, "output": "first.npy"}  one turn; made, warmed up and its result kept at the first
    {"close": true}                                           gives back what was made

The same file serves both sides of a check, so that two versions are never timed by two clocks. It imports nothing of
c2c but what the checkout's own cases import, and torch only where they do.
"""

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

BLOCK_S = 0.1
WARM_UP_S = 0.5
MOST_NUMBERS = 2**24  # of a result that is kept
HERE = Path(__file__).resolve().parent


def instrument(name: str) -> Any:
    """A module of c2c.timing as it is beside this file, not as the checkout has it."""
    spec = importlib.util.spec_from_file_location(f"_check_{name}", HERE.parent / "c2c" / "timing" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MemoryWatch = instrument("memory").MemoryWatch


class Turns:
    """One case that is made and warm, and its turns at the clock."""

    def __init__(self, case: Any, warm_up_s: float, output: str) -> None:
        self.case = case
        self._torch = _loaded_torch()
        self._memory = MemoryWatch()
        if self._torch:
            self._torch.manual_seed(0)
        self.work = case.make(self._torch.device(case.device) if self._torch else case.device)
        self._memory.restart()
        if self._on_cuda:
            self._torch.cuda.reset_peak_memory_stats()
        _keep(self.work.call(), output)
        self._last_s = self._warm_up(warm_up_s)

    def measure(self, seconds: float) -> dict[str, Any]:
        """The seconds an item of each block in a turn of about so many seconds."""
        calls = max(1, round(min(BLOCK_S, seconds) / max(self._last_s, 1e-6)))
        if self._last_s < BLOCK_S:
            self._block(1)  # what another process left in the caches is no part of the turn
        samples: list[float] = []
        began, own = time.perf_counter(), _own_seconds()
        while not samples or time.perf_counter() - began < seconds:
            samples.append(self._block(calls) / calls / self.work.items)
        return {
            "status": "measured",
            "seconds": samples,
            "unit": self.work.unit,
            "peak_memory_bytes": self._peak(),
            "threads": self._torch.get_num_threads() if self._torch else 0,
            "own_s": _own_seconds() - own,
            "turn_s": time.perf_counter() - began,
        }

    @property
    def _on_cuda(self) -> bool:
        return self.case.device == "cuda" and self._torch is not None

    def _warm_up(self, seconds: float) -> float:
        began = time.perf_counter()
        last = self._block(1)
        while time.perf_counter() - began < seconds:
            last = self._block(1)
        return last

    def _block(self, calls: int) -> float:
        self._settle()
        began = time.perf_counter()
        for _ in range(calls):
            self.work.call()
        self._settle()
        return time.perf_counter() - began

    def _settle(self) -> None:
        if self._on_cuda:
            self._torch.cuda.synchronize()

    def _peak(self) -> int | None:
        return self._torch.cuda.max_memory_allocated() if self._on_cuda else self._memory.rise()


class Answers:
    """What this process answers to each question."""

    def __init__(self, cases: dict[str, Any]) -> None:
        self._cases = cases
        self._turns: Turns | None = None

    def list(self, _: dict[str, Any]) -> dict[str, Any]:
        """The cases, and which of them are quick or need a process of their own."""
        told = ("region", "device", "quick", "alone")
        return {"cases": {name: {key: getattr(case, key) for key in told} for name, case in self._cases.items()}}

    def measure(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One turn of a case; whatever goes wrong is an answer with its reason."""
        try:
            if self._turns is None or self._turns.case.name != asked["measure"]:
                self.close({})
                case = self._cases[asked["measure"]]
                if case.device == "cuda" and not _cuda_is_there():
                    return {"status": "skipped", "reason": "no CUDA device"}
                self._turns = Turns(case, asked.get("warm_up_s", WARM_UP_S), asked.get("output", ""))
            return self._turns.measure(asked["seconds"])
        except Exception as error:
            return {"status": "failed", "reason": f"{type(error).__name__}: {error}"}

    def close(self, _: dict[str, Any]) -> dict[str, Any]:
        """Give back what the last case made."""
        turns, self._turns = self._turns, None
        try:
            if turns is not None:
                turns.work.close()
        except Exception as error:
            return {"status": "failed", "reason": f"on closing, {type(error).__name__}: {error}"}
        return {"status": "closed"}


def numbers_of(result: object) -> np.ndarray | None:
    """All numbers of a call's result in a row, or None where it has none, or too many."""
    if hasattr(result, "detach"):
        result = result.detach().float().cpu().numpy()  # type: ignore[union-attr]
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, list | tuple):
        parts = [numbers_of(one) for one in result]
        found = [part for part in parts if part is not None]
        return np.concatenate(found) if found and len(found) == len(parts) else None
    if not isinstance(result, np.ndarray | np.number | int | float):
        return None
    flat = np.asarray(result).ravel()
    return flat.astype(np.float64) if flat.size <= MOST_NUMBERS and flat.dtype.kind in "fiub" else None


def _keep(result: object, output: str) -> None:
    numbers = numbers_of(result) if output else None
    if numbers is not None:
        np.save(output, numbers)


def _own_seconds() -> float:
    own = os.times()
    return own.user + own.system + own.children_user + own.children_system


def _loaded_torch() -> Any:
    """The torch that the cases imported, or None."""
    return sys.modules.get("torch")


def _cuda_is_there() -> bool:
    torch = _loaded_torch()
    return torch is not None and torch.cuda.is_available()


def cases_of(checkout: Path) -> dict[str, Any]:
    """The cases as the checkout has them; its packages come before any that are installed."""
    sys.path[:] = [str(checkout), *(place for place in sys.path if Path(place or ".").resolve() != HERE)]
    from bench.cases import CASES

    for name in ("bench", "c2c"):
        module = sys.modules.get(name)
        found = [Path(place).resolve() for place in getattr(module, "__path__", ())]
        if module is not None and (checkout / name) not in found:
            raise ImportError(f"{name} came from {found}, not from {checkout}")
    return dict(CASES)


def serve(answers: Answers, say: Callable[[dict[str, Any]], None]) -> None:
    """Answer each line of standard input, until there are no more."""
    for line in sys.stdin:
        asked = json.loads(line)
        for what in ("list", "measure", "close"):
            if what in asked:
                say(getattr(answers, what)(asked))


def main() -> None:
    """Serve a checkout; what its cases print goes to the standard error."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(Answers(cases_of(Path(sys.argv[1]).resolve())), lambda said: print(json.dumps(said), file=answer, flush=True))


if __name__ == "__main__":
    main()
