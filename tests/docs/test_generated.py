"""The generated pages hold what the code holds."""

import importlib.util
from dataclasses import fields
from pathlib import Path

import click
import pytest

from c2c.cli import main
from c2c.recipe import packaged_recipes, schema
from c2c.records import types
from c2c.weights import KNOWN

PATH = Path(__file__).parents[2] / "docs" / "_ext" / "generated.py"


@pytest.fixture(scope="module")
def generated():
    spec = importlib.util.spec_from_file_location("generated", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_type_is_read_with_its_bounds_its_default_and_its_comment(generated):
    page = generated.recipe_keys()

    assert "| `blocks` | `int` ≥ 0 | `9` | [C2C] 4.1; the CycleGAN paper itself uses 6 at 128 |" in page
    assert '| `split` | `"hash"` or `"time"` or `"place"` | `"hash"` | "time": the last groups are the test; ' in page
    assert "[CG]: https://arxiv.org/abs/1703.10593" in page


@pytest.mark.parametrize("kind", [schema.Recipe, schema.CityRecipe, schema.TrainingRecipe, *schema.KINDS.values()])
def test_every_key_of_a_recipe_is_listed(generated, kind):
    page = generated.recipe_keys()

    assert [field.name for field in fields(kind) if f"| `{field.name}` |" not in page] == []


def test_every_table_of_a_recipe_has_a_place_and_no_key_that_cannot_be_set(generated):
    page = generated.recipe_keys()

    assert "None]" not in page
    assert "ClassVar" not in page
    assert '## `[approaches.NAME.training]` with `kind = "cut"`' in page
    assert "| `nce_layers` | list of `int` ≥ 0 | `[0, 4, 8, 12, 16]` |" in page


@pytest.mark.parametrize("kind", types.TYPES.values())
def test_every_field_of_a_record_is_listed_below_its_type(generated, kind):
    part = generated.records().partition(f"## `{kind.__name__}`")[2].partition("\n## ")[0]

    assert [field.name for field in fields(kind) if f"| `{field.name}` |" not in part] == []


def test_every_command_and_option_is_listed(generated):
    page = generated.commands()

    groups = [main, *(command for command in main.commands.values() if isinstance(command, click.Group))]
    for name, command in [item for group in groups for item in group.commands.items()]:
        if command not in groups:
            assert f" {name}`\n" in page
            assert [opt for param in command.params for opt in param.opts if opt[0] == "-" and opt not in page] == []


def test_every_pretrained_network_and_packaged_recipe_is_listed(generated):
    assert [name for name in KNOWN if f"`{name}`" not in generated.weights()] == []
    assert [name for name in packaged_recipes() if f"`{name}`" not in generated.recipes()] == []


def test_a_mark_is_replaced_and_the_rest_of_a_page_stays(generated):
    page = "Before.\n\n% generated: weights\n\nAfter."

    assert generated.filled(page) == f"Before.\n\n{generated.weights()}\n\nAfter."
