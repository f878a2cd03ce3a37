"""`c2c export-onnx`: a checkpoint as a graph for other programs."""

from pathlib import Path

import click


@click.command("export-onnx")
@click.argument("checkpoint", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file, such as net.onnx."
)
@click.option("--direction", help="Such as paris-to-burano, for a checkpoint that knows several.")
def export_onnx(checkpoint: Path, out: Path, direction: str | None) -> None:
    """Write one direction of a CHECKPOINT as an ONNX graph of any picture size, checked with ONNX Runtime.

    \b
    Example:
        c2c export-onnx runs/toytown/checkpoints/cyclegan --out there.onnx --direction paris-to-burano
    """
    from c2c.exchange.onnx_graph import export_onnx

    done = export_onnx(checkpoint, out, direction)
    for check in done.checks:
        batch, _, height, width = check.shape
        click.echo(f"{batch} x {height} x {width}: at most {check.difference:.1e} from torch")
    click.echo(
        f"{done.metadata['c2c.direction']}, sides in multiples of {done.metadata['c2c.multiple_px']}: {done.file}"
    )
