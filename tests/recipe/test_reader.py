import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.errors import RecipeError
from c2c.recipe import (
    CUTRecipe,
    CycleGANRecipe,
    Pix2PixRecipe,
    digest,
    load_recipe,
    packaged_recipes,
    recipe_from,
    resolved,
)
from c2c.recipe.schema import KINDS

PACKAGED = tuple(packaged_recipes())
PROMISED = {
    "depth-manhattan",
    "depth-paris",
    "manhattan-depth-paris",
    "paris-burano",
    "paris-burano-256",
    "paris-burano-cut",
    "toytown",
    "toytown-small",
}


def refused(table, *words):
    with pytest.raises(RecipeError) as found:
        recipe_from(table)
    for word in words:
        assert word in str(found.value)


def at(table, path, value):
    """The table with one value changed."""
    *parents, last = path.split("/")
    inner = table
    for parent in parents:
        inner = inner.setdefault(parent, {})
    inner[last] = value
    return table


def test_the_demo_its_small_trial_and_the_papers_experiments_come_with_c2c():
    assert set(PACKAGED) >= PROMISED


@pytest.mark.parametrize("name", PACKAGED)
def test_every_packaged_recipe_reads_and_comes_back_from_its_resolved_table(name):
    recipe = load_recipe(name)

    assert recipe.name == name
    assert recipe.title
    assert recipe_from(resolved(recipe)) == recipe
    assert recipe_from(json.loads(json.dumps(resolved(recipe)))) == recipe


@pytest.mark.parametrize(("name", "size", "more"), [("paris-burano", 128, (256,)), ("paris-burano-256", 256, ())])
def test_the_papers_cyclegan_has_9_blocks_and_200_epochs(name, size, more):
    recipe = load_recipe(name)
    own = recipe.approaches["cyclegan"]

    assert isinstance(own, CycleGANRecipe)
    assert (own.a, own.b) == ("paris", "burano")
    assert (recipe.size, recipe.apply_sizes) == (size, more)
    assert (own.blocks, own.base_channels, own.lambda_cycle) == (9, 64, 10.0)
    assert (own.training.epochs, own.training.batch_size, own.training.learning_rate) == (200, 1, 2e-4)


@pytest.mark.parametrize("name", ["depth-paris", "depth-manhattan", "manhattan-depth-paris"])
def test_the_papers_pix2pix_is_unet_256_with_lambda_50_towards_depth(name):
    recipe = load_recipe(name)
    halves = [own for own in recipe.approaches.values() if isinstance(own, Pix2PixRecipe)]

    assert recipe.size == 256
    assert {own.direction: own.lambda_l1 for own in halves} == {"image_to_depth": 50.0, "depth_to_image": 100.0}
    assert all((own.levels, own.training.epochs) == (8, 200) for own in halves)


def test_the_papers_chain_goes_from_manhattan_to_paris():
    recipe = load_recipe("manhattan-depth-paris")

    assert recipe.cities_of("depth-chain") == ("manhattan", "paris")


@pytest.mark.parametrize("name", ["toytown", "toytown-small"])
def test_the_demo_shows_all_four_approaches_of_city2city(name):
    kinds = {own.kind for own in load_recipe(name).approaches.values()}

    assert kinds >= {"neural_style", "cyclegan", "pix2pix", "depth_chain"}


def test_the_small_trial_has_every_kind_that_differs_in_code():
    recipe = load_recipe("toytown-small")
    code = {schema.approach for kind, schema in KINDS.items() if kind != "pretrained"}  # needs somebody's file

    assert {own.approach for own in recipe.approaches.values()} == code


def test_cut_comes_with_its_papers_size_and_epochs():
    recipe = load_recipe("paris-burano-cut")
    own = recipe.approaches["cut"]

    assert isinstance(own, CUTRecipe)
    assert (recipe.size, own.training.epochs, own.blocks, own.nce_layers) == (256, 400, 9, (0, 4, 8, 12, 16))
    assert [way.name for way in recipe.directions_of("cut")] == ["paris-to-burano"]


def test_a_file_is_named_by_its_stem(tmp_path):
    path = tmp_path / "my-own.toml"
    path.write_text(packaged_recipes()["paris-burano"].read_text())

    assert load_recipe(str(path)).name == "my-own"


def test_a_recipe_that_is_not_there_is_answered_with_the_nearest():
    with pytest.raises(RecipeError, match="did you mean 'toytown'") as found:
        load_recipe("toytwon")

    assert "paris-burano-256" in str(found.value)


@pytest.mark.parametrize("content", [b"title = ", b"\xff\xfe\x00"])
def test_a_file_that_is_no_toml_is_an_error_in_words(content, tmp_path):
    path = tmp_path / "broken.toml"
    path.write_bytes(content)

    with pytest.raises(RecipeError, match=r"broken\.toml is not valid TOML"):
        load_recipe(str(path))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("sede", 1, ("'sede'", "1", "'seed'")),
        ("approaches/cyclegan/blokcs", 6, ("'approaches.cyclegan.blokcs'", "6", "'blocks'")),
        (
            "approaches/cyclegan/training/learning_rat",
            0.1,
            ("approaches.cyclegan.training.learning_rat", "learning_rate"),
        ),
        ("training/step", 3, ("training.step", "'steps'")),
        ("toytown/trian", 3, ("'toytown.trian'", "'train'")),
        ("cities/old/foldr", "x", ("'cities.old.foldr'", "'folder'")),
        ("approaches/cyclegan/kind", "cycelgan", ("'cycelgan'", "'cyclegan'")),
        ("approaches/cyclegan/b", "nwe", ("'nwe'", "'new'", "old, new")),
        ("approaches/chain/image_to_depth", "cyclegan", ("approaches.chain.image_to_depth", "'cyclegan'", "pix2pix")),
        ("approaches/chain/depth_to_image", "old-depth", ("approaches.chain.depth_to_image", "depth_to_image")),
        ("cities/old", {"toytown": "pariss"}, ("'pariss'", "'paris'")),
    ],
)
def test_a_wrong_name_is_answered_with_its_place_its_value_and_the_nearest(path, value, words, tiny_table):
    refused(at(tiny_table, path, value), *words)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("size", "large", ("size", "'large'", "int")),
        ("approaches/cyclegan/size", 34, ("approaches.cyclegan", "34", "multiple of 4")),
        ("approaches/cyclegan/apply_sizes", [28], ("approaches.cyclegan", "28", "at least 32")),
        ("size", 36, ("36", "multiple of 32", "levels")),
        ("seed", 1.5, ("seed", "1.5")),
        ("title", None, ("title",)),
        ("training/steps", -1, ("training.steps", "-1", ">= 0")),
        ("training/learning_rate", 0, ("training.learning_rate", "(found 0)", "> 0")),
        ("training/learning_rate", float("nan"), ("training.learning_rate", "nan")),
        ("training/batch_size", 0, ("training.batch_size", ">= 1")),
        ("training/beta1", 1.0, ("training.beta1", "1.0")),
        ("training", 5, ("[training]", "tables")),
        ("approaches", 5, ("[approaches]", "tables")),
        ("approaches", {}, ("names no approach",)),
        ("cities", {}, ("names no city",)),
        ("approaches/cyclegan", 5, ("approaches.cyclegan", "5", "table")),
        ("approaches/cyclegan/kind", ["cyclegan"], ("approaches.cyclegan.kind", "['cyclegan']")),
        ("approaches/cyclegan/training", 5, ("approaches.cyclegan.training", "5", "table")),
        ("approaches/cyclegan/blocks", "nine", ("approaches.cyclegan.blocks", "'nine'", "int")),
        ("approaches/cyclegan/pool_size", -1, ("approaches.cyclegan.pool_size", "-1")),
        ("approaches/old-depth/far_m", 50.0, ("see depth differently", "(1.0, 50.0)", "(1.0, 200.0)")),
        ("approaches/old-depth/levels", 40, ("approaches.old-depth.levels", "40")),
        ("approaches/old-depth/direction", "sideways", ("approaches.old-depth.direction", "'sideways'")),
        ("approaches/Old Depth", {"kind": "cyclegan", "a": "old", "b": "new"}, ("'Old Depth'", "a-z")),
        ("approaches/a--b", {"kind": "cyclegan", "a": "old", "b": "new"}, ("'a--b'", "single hyphens")),
        ("cities/old", {}, ("cities.old", "folder", "toytown")),
        ("cities/old", {"folder": "x", "toytown": "paris"}, ("cities.old", "either")),
        ("cities/old/group", "(", ("cities.old.group", "no regular expression")),
        ("cities/old/group", "(a)(b)", ("cities.old.group", "one group", "found 2")),
        ("cities/old/depth_scale", 0, ("depth_scale", "> 0")),
        ("data/jitter", 0.5, ("data.jitter", "0.5")),
        ("data/test_fraction", -0.5, ("data.test_fraction", "-0.5")),
        ("data", {"test_fraction": 0.5, "val_fraction": 0.5}, ("less than 1",)),
        ("toytown/train", 0, ("toytown.train", ">= 1")),
        ("scoring/extractor", "lpips", ("scoring.extractor", "'lpips'")),
    ],
)
def test_a_wrong_value_is_answered_with_its_place_and_what_was_needed(path, value, words, tiny_table):
    refused(at(tiny_table, path, value), *words)


def test_depth_must_reach_from_near_to_far(tiny_table):
    for name in ("old-depth", "depth-new"):
        tiny_table["approaches"][name]["far_m"] = 0.5

    refused(tiny_table, "approaches.old-depth", "near_m = 1.0", "far_m = 0.5")


@pytest.mark.parametrize("name", ["references", "copy-the-input", "real-against-real", "colour-shift"])
def test_an_approach_cannot_have_the_name_of_a_reference_row(name, tiny_table):
    tiny_table["approaches"][name] = tiny_table["approaches"]["cyclegan"]

    refused(tiny_table, repr(name), "another name")


@pytest.mark.parametrize("key", ["title", "cities", "approaches/cyclegan/a", "approaches/old-depth/direction"])
def test_what_has_no_default_must_be_said(key, tiny_table):
    *parents, last = key.split("/")
    inner = tiny_table
    for parent in parents:
        inner = inner[parent]
    del inner[last]

    refused(tiny_table, "does not say " + key.replace("/", "."))


def test_training_is_shared_and_each_approach_can_say_its_own(tiny_table):
    tiny_table["approaches"]["cyclegan"]["training"] = {"steps": 77}
    recipe = recipe_from(tiny_table)

    assert (recipe.approaches["cyclegan"].training.steps, recipe.approaches["old-depth"].training.steps) == (77, 4)
    assert recipe.approaches["cyclegan"].training.checkpoint_every == 2


def test_a_chain_comes_after_its_halves_wherever_it_is_written(tiny_table):
    approaches = tiny_table["approaches"]
    tiny_table["approaches"] = {"chain": approaches.pop("chain"), **approaches}

    assert list(recipe_from(tiny_table).approaches) == ["cyclegan", "old-depth", "depth-new", "chain"]


def test_reading_a_table_leaves_it_as_it_was(tiny_table):
    before = copy.deepcopy(tiny_table)

    recipe_from(tiny_table)

    assert tiny_table == before


def test_set_changes_one_approach_or_every_training():
    changed = load_recipe("toytown", ("approaches.cyclegan.blocks=3", "training.steps=20", "size = 256"))

    assert changed.approaches["cyclegan"].blocks == 3
    assert {own.training.steps for own in changed.approaches.values()} == {20}
    assert changed.size == 256


def test_a_later_set_wins():
    changed = load_recipe("toytown", ("training.steps=20", "approaches.cyclegan.training.steps=30", "seed=1", "seed=2"))

    assert changed.approaches["cyclegan"].training.steps == 30
    assert changed.approaches["manhattan-depth"].training.steps == 20
    assert changed.seed == 2


def test_set_takes_plain_words_lists_and_tables():
    changed = load_recipe(
        "paris-burano",
        (
            "cities.paris.folder=/photos/old paris",
            "apply_sizes=[256, 512]",
            'cities.burano = { folder = "b", gap = 2 }',
        ),
    )

    assert changed.cities["paris"].folder == "/photos/old paris"
    assert changed.apply_sizes == (256, 512)
    assert (changed.cities["burano"].folder, changed.cities["burano"].gap) == ("b", 2)


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("seed", ("'seed'", "key=value")),
        ("=3", ("'=3'", "key=value")),
        ("approaches.cycelgan.blocks=3", ("'cycelgan'", "'cyclegan'")),
        ("approaches.cyclegan.blokcs=3", ("'approaches.cyclegan.blokcs'", "'blocks'")),
        ("approaches.cyclegan.blocks=many", ("approaches.cyclegan.blocks", "'many'")),
        ("seed.x=3", ("'seed'", "not a table")),
        ("training=3", ("[training]",)),
        ("training.stpes=3", ("training.stpes", "'steps'")),
        ("approaches=3", ("[approaches]",)),
    ],
)
def test_a_set_that_cannot_be_is_answered_in_words(override, words):
    with pytest.raises(RecipeError) as found:
        load_recipe("toytown-small", (override,))

    for word in words:
        assert word in str(found.value)


@given(
    st.sampled_from(["cyclegan", "manhattan-depth", "depth-paris"]),
    st.integers(1, 10**6),
    st.floats(1e-8, 10, allow_nan=False),
)
def test_what_is_set_is_what_comes_back(name, steps, rate):
    changed = load_recipe(
        "toytown", (f"approaches.{name}.training.steps={steps}", f"approaches.{name}.training.learning_rate={rate!r}")
    )
    others = {other: own for other, own in load_recipe("toytown").approaches.items() if other != name}

    assert (changed.approaches[name].training.steps, changed.approaches[name].training.learning_rate) == (steps, rate)
    assert {other: own for other, own in changed.approaches.items() if other != name} == others
    assert recipe_from(resolved(changed)) == changed


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(st.data())
def test_no_table_gets_past_the_reader_but_as_a_recipe_or_a_recipe_error(data):
    table = resolved(load_recipe("toytown-small"))
    place, keys = table, []
    while isinstance(place, dict) and place and (not keys or data.draw(st.booleans())):
        keys.append(data.draw(st.sampled_from(sorted(place))))
        parent, place = place, place[keys[-1]]
    parent[keys[-1]] = data.draw(VALUES)

    try:
        recipe = recipe_from(table)
    except RecipeError:
        return
    assert recipe_from(resolved(recipe)) == recipe


def test_a_digest_is_of_every_setting_and_of_nothing_else(tiny_table):
    first = digest(recipe_from(tiny_table))

    assert digest(recipe_from(copy.deepcopy(tiny_table))) == first
    assert digest({"b": 1, "a": [2]}) == digest({"a": [2], "b": 1})
    assert digest(recipe_from(at(tiny_table, "approaches/cyclegan/lambda_cycle", 9.0))) != first


def test_several_seeds_are_approaches_of_their_own_that_differ_by_name_alone():
    table = {
        "name": "t",
        "title": "T",
        "cities": {"a": {"folder": "a"}, "b": {"folder": "b"}},
        "approaches": {"m": {"kind": "cyclegan", "a": "a", "b": "b", "seeds": 3}},
    }

    recipe = recipe_from(table)

    assert list(recipe.approaches) == ["m", "m-seed-2", "m-seed-3"]
    assert recipe.approaches["m"] == recipe.approaches["m-seed-3"]
    assert recipe_from(resolved(recipe)) == recipe


def test_seeds_of_what_is_not_trained_by_chance_are_refused():
    table = {
        "name": "t",
        "title": "T",
        "cities": {"a": {"folder": "a"}, "b": {"folder": "b"}},
        "approaches": {"m": {"kind": "neural_style", "content": "a", "style": "b", "seeds": 2}},
    }

    with pytest.raises(RecipeError, match=r"approaches\.m\.seeds is 2, but .* it is not trained by chance"):
        recipe_from(table)
