import tomllib

from click.testing import CliRunner

from c2c.cli import main
from c2c.recipe import load_recipe, packaged_recipes


def invoke(*words):
    return CliRunner().invoke(main, ["recipes", *words])


def test_every_packaged_recipe_is_listed_with_its_title():
    lines = invoke().stdout.splitlines()

    assert [line.split()[0] for line in lines] == list(packaged_recipes())
    assert all(line.endswith(load_recipe(line.split()[0]).title) for line in lines)


def test_a_recipe_is_printed_as_it_is_to_be_changed(tmp_path):
    text = invoke("toytown").stdout

    assert text == packaged_recipes()["toytown"].read_text(encoding="utf-8")
    (tmp_path / "my-own.toml").write_text(text)
    assert load_recipe(str(tmp_path / "my-own.toml")).approaches == load_recipe("toytown").approaches


def test_a_recipe_of_ones_own_is_printed_too(tmp_path):
    path = tmp_path / "my-own.toml"
    path.write_text(packaged_recipes()["paris-burano"].read_text())

    result = invoke(str(path))

    assert result.exit_code == 0
    assert "cyclegan" in tomllib.loads(result.stdout)["approaches"]
