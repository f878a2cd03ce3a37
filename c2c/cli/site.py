"""`c2c site`: the pages of a run; works without torch."""

from pathlib import Path

import click

from c2c.cli.common import run_folder


@click.command()
@run_folder
@click.option("--templates", type=click.Path(path_type=Path, file_okay=False), help="A folder of your own templates.")
def site(folder: Path, templates: Path | None) -> None:
    """Build the site of a RUN from its records and pictures, and print where it is.

    \b
    Example:
        c2c site runs/toytown
    """
    from c2c.errors import RunError
    from c2c.site import build_site

    if not (folder / "records").is_dir():
        raise RunError(f"{folder} holds no run: there is no folder {folder / 'records'}.\nMake one with c2c run.")
    click.echo(build_site(folder, templates=templates))
