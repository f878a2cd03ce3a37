"""The stages of a run: each has a key made of its inputs, and is done again only if that changes."""

from c2c.pipeline.folder import RunFolder
from c2c.pipeline.reporter import Reporter, SilentReporter
from c2c.pipeline.run import Run, open_run, start_run
from c2c.pipeline.stages import run_all

__all__ = ["Reporter", "Run", "RunFolder", "SilentReporter", "open_run", "run_all", "start_run"]
