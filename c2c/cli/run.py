"""`c2c run`: everything, from cities to a site."""

from pathlib import Path

import click

from c2c.cli.common import device_option, set_option, start_over_option, terminal_reporter, together


@click.command()
@click.argument("recipe")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="The run's folder. [default: runs/RECIPE]"
)
@set_option
@start_over_option
@device_option
@together
def run(recipe: str, out: Path | None, overrides: tuple[str, ...], start_over: bool, device: str) -> None:
    """Prepare, train, translate, score, time and show, as RECIPE says.

    RECIPE is the name of a packaged recipe (see `c2c recipes`) or a TOML file. Call it again after a kill, or after
    changing a setting: what is done is not done again.

    \b
    Examples:
        c2c run toytown
        c2c run toytown-small --out runs/small --set training.steps=20
    """
    from c2c.recipe import load_recipe

    loaded = load_recipe(recipe, overrides)  # before torch, so that a mistake is told at once
    from c2c.cli.summary import exit_if_failed, print_summary
    from c2c.pipeline import run_all, start_run
    from c2c.site import build_site
    from c2c.training.processes import decided_by_first

    folder = out or Path("runs") / loaded.name
    job = start_run(loaded, folder, device, terminal_reporter(), start_over)
    record = run_all(job)
    built = decided_by_first(lambda: build_site(folder))
    print_summary(folder, record, built.page)
    exit_if_failed(record.stages)
