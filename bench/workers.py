"""Asking the processes that hold the versions of a check, see `bench.worker`."""

import json
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

WORKER = Path(__file__).with_name("worker.py")
LONGEST_S = 600.0  # that an answer may take


class WorkerDied(Exception):
    """A worker ended, or did not answer; the text is the last thing that it said."""


class Worker:
    """A process with one version of c2c."""

    def __init__(self, checkout: Path) -> None:
        self._checkout = checkout
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self._process = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def ask(self, **question: Any) -> dict[str, Any]:
        """The worker's answer.

        Raises:
            WorkerDied: there is none.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(json.dumps(question) + "\n")
            stdin.flush()
        except (BrokenPipeError, ValueError) as error:
            raise self._died() from error
        if not select.select([stdout], [], [], LONGEST_S)[0]:
            self._process.kill()
            self._died()
            raise WorkerDied(f"no answer within {LONGEST_S:.0f} s")
        line = stdout.readline()
        if not line:
            raise self._died()
        return json.loads(line)

    def stop(self) -> None:
        """End the process, for good."""
        self._end()
        self._said.close()

    def _start(self) -> subprocess.Popen[str]:
        self._said.seek(0)
        self._said.truncate()
        return subprocess.Popen(
            [sys.executable, str(WORKER), str(self._checkout)],
            cwd=self._checkout,
            env={**os.environ, "PYTHONPATH": str(self._checkout)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                pipe.close() if pipe else None
            except BrokenPipeError:
                continue

    def _died(self) -> WorkerDied:
        """What the process said last; another takes its place, for the next case."""
        code = self._process.wait()
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        said = lines[-1] if lines else "nothing"
        self._end()
        self._process = self._start()
        return WorkerDied(f"its process ended with {code} and said: {said}")
