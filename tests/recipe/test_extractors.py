"""Extractors are registered by an installed package's metadata, so each test installs one: a folder on the path."""

import importlib

import pytest

from c2c.errors import RecipeError, WeightsError
from c2c.models.features import load_features
from c2c.recipe import recipe_from
from c2c.recipe.extractors import EXTRACTORS, known_extractors

QUARTERS = """
class Quarters:
    name, weights_sha256, size_px, dims, resize = "quarters", "0" * 64, 2, 12, "means of quarters"

    def __call__(self, images):
        import torch
        return torch.nn.functional.adaptive_avg_pool2d(images.float() / 255, 2).flatten(1)
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """A function that installs a package with one module, which registers an extractor; each call needs its module."""

    def installed(name, module, source, attribute="Quarters"):
        (tmp_path / f"{module}.py").write_text(source)
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[c2c.extractors]\n{name} = {module}:{attribute}\n")
        monkeypatch.syspath_prepend(tmp_path)
        importlib.invalidate_caches()

    return installed


def test_a_registered_extractor_stands_behind_ours_and_is_loaded_like_ours(install):
    install("quarters", "extractors_whole", QUARTERS)

    assert known_extractors()[: len(EXTRACTORS)] == tuple(EXTRACTORS)
    assert "quarters" in known_extractors()
    assert load_features("quarters").dims == 12


def test_a_recipe_may_name_a_registered_extractor_and_no_other(install, tiny_table):
    install("quarters", "extractors_recipe", QUARTERS)
    tiny_table["scoring"] = {"extractor": "quarters"}
    assert recipe_from(tiny_table).scoring.extractor == "quarters"

    tiny_table["scoring"] = {"extractor": "quaters"}
    with pytest.raises(RecipeError, match=r"scoring\.extractor is 'quaters'; did you mean 'quarters'"):
        recipe_from(tiny_table)


def test_a_package_cannot_take_the_name_that_fid_is_measured_by(install, monkeypatch):
    install("inception-fid", "extractors_taken", QUARTERS.replace('"quarters"', '"inception-fid"'))

    assert known_extractors() == tuple(EXTRACTORS)
    with pytest.raises(WeightsError, match="inception-fid"):
        load_features("inception-fid")


@pytest.mark.parametrize(
    ("module", "source", "complaint"),
    [
        ("extractors_broken", "import no_such_thing", "cannot be loaded: ModuleNotFoundError"),
        ("extractors_empty", "", "cannot be loaded: AttributeError"),
        ("extractors_silent", QUARTERS.replace(", resize", ", other"), "must say `resize`, a str"),
        ("extractors_other", QUARTERS.replace('"quarters"', '"halves"'), "calls itself 'halves'"),
    ],
)
def test_what_is_no_extractor_is_refused_with_its_package(install, module, source, complaint):
    install("quarters", module, source)

    with pytest.raises(WeightsError) as error:
        load_features("quarters")

    assert f"The extractor 'quarters' ({module}:Quarters, from {module})" in str(error.value)
    assert complaint in str(error.value)
