"""Kinds are registered by the metadata of an installed package, so each test installs one: a folder on the path."""

import importlib
import re

import pytest

from c2c.errors import RecipeError
from c2c.recipe import known_kinds, recipe_from
from c2c.recipe.kinds import kind_named
from c2c.recipe.schema import KINDS

WHOLE = """
from dataclasses import dataclass
from typing import ClassVar
from c2c.recipe import ApproachRecipe, Direction

@dataclass(frozen=True, kw_only=True)
class Own(ApproachRecipe):
    needs: ClassVar[str] = "unpaired"
    approach: ClassVar[str] = "{module}:Approach"
    a: str
    b: str
    strength: float = 0.5

    def cities(self, recipe):
        return self.a, self.b

    def directions(self, recipe):
        return (Direction(self.a, self.b),)
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """A function that installs a package with one module, which registers a kind; each call needs another module."""

    def installed(kind, module, source, attribute="Own"):
        (tmp_path / f"{module}.py").write_text(source.replace("{module}", module))
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[c2c.approaches]\n{kind} = {module}:{attribute}\n")
        monkeypatch.syspath_prepend(tmp_path)
        importlib.invalidate_caches()

    return installed


def table(kind, **more):
    cities = {"old": {"folder": "old"}, "new": {"folder": "new"}}
    return {"name": "x", "title": "X", "cities": cities, "approaches": {"own": {"kind": kind, **more}}}


def test_a_registered_kind_stands_behind_ours_and_is_read_like_ours(install):
    install("tinted", "kinds_whole", WHOLE)

    recipe = recipe_from(table("tinted", a="old", b="new", strength=2.0))

    assert known_kinds()[: len(KINDS)] == tuple(KINDS)
    assert "tinted" in known_kinds()
    assert recipe.approaches["own"].strength == 2.0
    assert recipe.cities_of("own") == ("old", "new")
    assert [way.name for way in recipe.directions_of("own")] == ["old-to-new"]


def test_wrong_keys_of_a_registered_kind_are_answered_like_ours(install):
    install("tinted", "kinds_keys", WHOLE)

    with pytest.raises(RecipeError, match=r"approaches\.own\.strenth.*did you mean 'strength'"):
        recipe_from(table("tinted", a="old", b="new", strenth=2.0))
    with pytest.raises(RecipeError, match=r"does not say approaches\.own\.b"):
        recipe_from(table("tinted", a="old"))
    with pytest.raises(RecipeError, match="speaks of the city 'nwe'; did you mean 'new'"):
        recipe_from(table("tinted", a="old", b="nwe"))


def test_a_package_cannot_take_the_name_of_one_of_our_kinds(install):
    install("cyclegan", "kinds_taken", WHOLE)

    assert kind_named("cyclegan") is KINDS["cyclegan"]
    assert known_kinds().count("cyclegan") == 1


@pytest.mark.parametrize(
    ("module", "source", "attribute", "said"),
    [
        ("kinds_torn", "import nothing_of_that_name", "Own", "cannot be imported: ModuleNotFoundError"),
        ("kinds_absent", "", "Own", "cannot be imported: AttributeError"),
        ("kinds_syntax", "class Own(", "Own", "cannot be imported: SyntaxError"),
        (
            "kinds_thawed",
            WHOLE.replace("frozen=True, ", ""),
            "Own",
            "cannot be imported: TypeError: cannot inherit non-frozen dataclass from a frozen one",
        ),
        ("kinds_stranger", "class Own: pass", "Own", "is no class derived from c2c.recipe.ApproachRecipe"),
        ("kinds_number", "Own = 3", "Own", "is no class derived from c2c.recipe.ApproachRecipe"),
        (
            "kinds_plain",
            WHOLE.replace("@dataclass(frozen=True, kw_only=True)", ""),
            "Own",
            "needs the line @dataclass(frozen=True, kw_only=True)",
        ),
        ("kinds_needless", WHOLE.replace("needs:", "wants:"), "Own", "does not say `needs`"),
        ("kinds_bodiless", WHOLE.replace("approach:", "body:"), "Own", "does not say `approach`"),
        ("kinds_homeless", WHOLE.replace("def cities", "def towns"), "Own", "does not say `cities`"),
        ("kinds_lost", WHOLE.replace("def directions", "def ways"), "Own", "does not say `directions`"),
        (
            "kinds_greedy",
            WHOLE.replace('"unpaired"', '"money"'),
            "Own",
            "needs 'money'; what can be needed: unpaired, depth_pairs",
        ),
    ],
)
def test_a_kind_that_cannot_be_used_is_answered_with_its_package_and_what_is_missing(
    module, source, attribute, said, install
):
    install("faulty", module, source, attribute)

    with pytest.raises(RecipeError, match=re.escape(f"'faulty' ({module}:{attribute}, from {module}) {said}")):
        recipe_from(table("faulty", a="old", b="new"))


def test_a_kind_is_imported_only_when_a_recipe_names_it(install):
    install("faulty", "kinds_unused", "raise SystemExit")

    assert "faulty" in known_kinds()
    assert recipe_from(table("cyclegan", a="old", b="new")).approaches["own"].kind == "cyclegan"
