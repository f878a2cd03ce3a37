"""`c2c import-checkpoint`: a generator of the authors' code as a checkpoint."""

from pathlib import Path
from typing import Literal

import click


@click.command("import-checkpoint")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder of the checkpoint."
)
@click.option("--source", required=True, help="City whose pictures it takes.")
@click.option("--target", required=True, help="City whose pictures it gives.")
@click.option(
    "--norm-at-test",
    type=click.Choice(["batch", "running"]),
    default="batch",
    show_default=True,
    help="What batch norms go by: each picture's own statistics, or those of the training (theirs with --eval).",
)
@click.option("--near-m", default=1.0, show_default=True, help="Nearest depth, where it takes or gives depth.")
@click.option("--far-m", default=200.0, show_default=True, help="Farthest depth.")
def import_checkpoint(
    file: Path,
    out: Path,
    source: str,
    target: str,
    norm_at_test: Literal["batch", "running"],
    near_m: float,
    far_m: float,
) -> None:
    """Make a checkpoint out of FILE, a generator of the CycleGAN and pix2pix authors' code.

    \b
    Example:
        c2c import-checkpoint latest_net_G_A.pth --out theirs --source paris --target burano
    """
    from c2c.exchange.importing import import_checkpoint

    done = import_checkpoint(file, out, source, target, norm_at_test, (near_m, far_m))
    click.echo(f"{file}: {done.architecture}")
    if done.architecture.norm == "batch" and norm_at_test == "batch":
        click.echo("Each picture is normalised by its own statistics, those of the training are left out.")
    if 2 in (done.architecture.in_channels, done.architecture.out_channels):
        click.echo(f"Two channels are taken as c2c's depth code, from {near_m:g} to {far_m:g} m.")
    click.echo(f"{done.direction}: {out}")
