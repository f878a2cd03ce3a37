"""`c2c time`: how fast a run's approaches translate and train."""

from pathlib import Path

import click

from c2c.cli.common import TerminalReporter, device_option, run_folder


@click.command()
@run_folder
@device_option
def time(folder: Path, device: str) -> None:
    """Time the trained approaches of a RUN: images a second, and seconds a training step.

    \b
    Example:
        c2c time runs/toytown --device cpu
    """
    from c2c.cli.summary import exit_if_failed, print_timings
    from c2c.pipeline import open_run, stages

    job = open_run(folder, device, TerminalReporter())
    stages.time_all(job)
    print_timings(folder)
    exit_if_failed(job.stages)
