"""`c2c export-checkpoint`: a checkpoint as files of the authors' code."""

from pathlib import Path

import click


@click.command("export-checkpoint")
@click.argument("checkpoint", type=click.Path(path_type=Path, file_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the files.")
def export_checkpoint(checkpoint: Path, out: Path) -> None:
    """Write a CHECKPOINT as files that the CycleGAN and pix2pix authors' code loads, and say with which options.

    \b
    Example:
        c2c export-checkpoint runs/toytown/checkpoints/cyclegan --out theirs
    """
    from c2c.exchange.exporting import export_checkpoint

    done = export_checkpoint(checkpoint, out)
    for file in done.files:
        click.echo(file)
    click.echo(f"Options: {done.options}")
    for note in done.notes:
        click.echo(note)
