"""`c2c train`: the approaches of a run."""

from pathlib import Path

import click

from c2c.cli.common import device_option, run_folder, start_over_option, terminal_reporter, together


@click.command()
@run_folder
@click.argument("approaches", nargs=-1)
@start_over_option
@device_option
@together
def train(folder: Path, approaches: tuple[str, ...], start_over: bool, device: str) -> None:
    """Train the APPROACHES of a prepared RUN, or all; a killed training goes on from its last checkpoint.

    \b
    Examples:
        c2c train runs/toytown
        c2c train runs/toytown cyclegan
        torchrun --nproc-per-node 2 -m c2c train runs/toytown cyclegan
    """
    from c2c.cli.summary import chosen_approaches
    from c2c.pipeline import open_run, stages

    job = open_run(folder, device, terminal_reporter(), start_over)
    for name in chosen_approaches(job.recipe, approaches):
        stages.train(job, name)
        click.echo(f"{name}: {folder / 'checkpoints' / name}")
