import tomllib

import pytest

from c2c.recipe import load_recipe, packaged_recipes, recipe_from, resolved
from c2c.site.reproduce import toml_of


def test_reproduce_gives_command_seed_versions_recipe_stages_and_every_record(whole_run, pages):
    page = pages["reproduce.html"]
    links = {link.get("href") for link in page.all("a")}

    assert "c2c run toytown-small --out runs/toytown" in page.words
    assert "torch 2.6.0" in page.words
    assert "Seed 7" in page.words
    assert "lambda_cycle = 10.0" in page.words
    assert "train pix2pix-wild failed 4.0 s Training diverged" in page.words
    assert {f"records/{path.name}" for path in (whole_run / "records").iterdir()} <= links


@pytest.mark.parametrize("name", packaged_recipes())
def test_the_recipe_to_save_reads_back_as_the_recipe_that_was_run(name):
    recipe = load_recipe(name)

    assert recipe_from(tomllib.loads(toml_of(resolved(recipe)))) == recipe


def test_the_recipe_of_the_page_is_the_file_to_save(whole_run, pages):
    saved = (whole_run / "site" / "recipe.toml").read_text()

    assert tomllib.loads(saved)["name"] == "toytown-small"
    assert "recipe.toml" in {link.get("href") for link in pages["reproduce.html"].all("a")}
