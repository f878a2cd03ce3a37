"""`c2c views`: perspective views of panoramas, with depth where they have it."""

import re
from pathlib import Path

import click

from c2c.cli.common import TerminalReporter


class YawPitch(click.ParamType):
    """A direction, as YAW or YAW,PITCH in degrees."""

    name = "YAW,PITCH"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """Yaw in [0, 360) and pitch in degrees."""
        number = r"[+-]?\d+(?:\.\d+)?"
        found = re.fullmatch(rf"({number})(?:,({number}))?", str(value))
        if not found or abs(pitch := float(found[2] or 0)) > 90:
            self.fail(
                f"{value!r} is no direction; a yaw, or a yaw and a pitch up to 90, such as 45 or 45,-10", param, ctx
            )
        return float(found[1]) % 360, pitch


@click.command()
@click.argument("source", type=click.Path(path_type=Path, file_okay=False))
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--size", default=264, show_default=True, type=click.IntRange(8, 4096), help="Side of a view in pixels.")
@click.option("--fov", default=90.0, show_default=True, type=click.FloatRange(10, 150), help="Field of view, degrees.")
@click.option(
    "--view",
    "directions",
    multiple=True,
    type=YawPitch(),
    help="A direction instead of the six. Yaw turns clockwise from the panorama's middle, pitch up. Repeatable.",
)
@click.option("--cubes", is_flag=True, help="Also unfold each panorama into a cross of six square faces.")
@click.option("--no-depth", is_flag=True, help="Colour alone; depth payloads are not read, nor checked.")
@click.option(
    "--keep-edges",
    is_flag=True,
    help="Keep depth also at edges, where it is a guess. [default: it is left out there, about 2% of the pixels]",
)
@click.option(
    "--distance-scale",
    default=256.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="Value of one metre in distance maps of your own (depth/ beside rgb/).",
)
@click.option("--workers", default=0, type=click.IntRange(0), help="Processes. [default: one for each core]")
def views(
    source: Path,
    out: Path,
    size: int,
    fov: float,
    directions: tuple[tuple[float, float], ...],
    cubes: bool,
    no_depth: bool,
    keep_edges: bool,
    distance_scale: float,
    workers: int,
) -> None:
    """Cut the panoramas of SOURCE into perspective views in OUT: rgb/ beside depth/, and views.json.

    SOURCE is a collection, or a folder of equirectangular pictures. Views that are there already are kept.

    \b
    Example:
        c2c views collections/paris views/paris
        c2c views my-panoramas views/mine --size 512 --view 0 --view 120 --view 240,10
    """
    from c2c.collect.views import ViewsAsked, make_views
    from c2c.geometry import PinholeCamera
    from c2c.geometry.views import six_views

    if cubes and (directions or fov != 90):
        raise click.UsageError("--cubes needs the six views of 90 degrees; leave out --view and --fov.")
    cameras = tuple(PinholeCamera(size, size, fov, *direction) for direction in dict.fromkeys(directions))
    asked = ViewsAsked(cameras or six_views(size, fov), not no_depth, keep_edges, distance_scale, cubes)
    with TerminalReporter().stage("views") as progress:
        made = make_views(source, out, asked, workers, progress)
    for skipped in made.skipped:
        click.echo(f"skipped {skipped.path}: {skipped.reason}", err=True)
    with_depth = sum(view.depth is not None for panorama in made.panoramas for view in panorama.views)
    count = sum(len(panorama.views) for panorama in made.panoramas)
    click.echo(f"{len(made.panoramas)} panoramas, {count} views, {with_depth} with depth, in {out}")
