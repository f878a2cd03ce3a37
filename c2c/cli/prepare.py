"""`c2c prepare`: the cities of a recipe."""

from pathlib import Path

import click

from c2c.cli.common import TerminalReporter, set_option


@click.command()
@click.argument("recipe")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="The run's folder. [default: runs/RECIPE]"
)
@set_option
def prepare(recipe: str, out: Path | None, overrides: tuple[str, ...]) -> None:
    """Draw or scan the cities of RECIPE, and begin a run's folder.

    \b
    Example:
        c2c prepare toytown --out runs/toytown
    """
    from c2c.pipeline import stages, start_run
    from c2c.recipe import load_recipe

    loaded = load_recipe(recipe, overrides)
    job = start_run(loaded, out or Path("runs") / loaded.name, "cpu", TerminalReporter())
    for city in loaded.cities:
        stages.prepare(job, city)
    for stage in job.stages:
        click.echo(f"{stage.name}: {stage.message or stage.status}")
