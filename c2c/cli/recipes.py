"""`c2c recipes`: what comes with c2c."""

from pathlib import Path

import click


@click.command()
@click.argument("name", required=False)
def recipes(name: str | None) -> None:
    """List the packaged recipes, or print the one called NAME, to change in a file of your own.

    \b
    Examples:
        c2c recipes
        c2c recipes toytown > my-recipe.toml
    """
    from c2c.recipe import load_recipe, packaged_recipes

    packaged = packaged_recipes()
    if name is None:
        for known in packaged:
            click.echo(f"{known:<24} {load_recipe(known).title}")
        return
    load_recipe(name)
    click.echo(packaged.get(name, Path(name)).read_text(encoding="utf-8"), nl=False)
