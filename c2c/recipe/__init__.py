"""A recipe (TOML) read once into frozen dataclasses; the packaged recipes lie beside this file."""

from c2c.recipe.directions import Direction, Modality
from c2c.recipe.kinds import known_kinds
from c2c.recipe.reader import digest, load_recipe, packaged_recipes, recipe_from, resolved
from c2c.recipe.schema import (
    ApproachRecipe,
    CityRecipe,
    CUTRecipe,
    CycleGANRecipe,
    DataRecipe,
    DepthChainRecipe,
    FastCUTRecipe,
    HealthRecipe,
    Needs,
    NeuralStyleRecipe,
    Pix2PixRecipe,
    PretrainedRecipe,
    Recipe,
    ScoringRecipe,
    TimingRecipe,
    ToytownRecipe,
    TrainingRecipe,
    VideoRecipe,
)

__all__ = [
    "ApproachRecipe",
    "CUTRecipe",
    "CityRecipe",
    "CycleGANRecipe",
    "DataRecipe",
    "DepthChainRecipe",
    "Direction",
    "FastCUTRecipe",
    "HealthRecipe",
    "Modality",
    "Needs",
    "NeuralStyleRecipe",
    "Pix2PixRecipe",
    "PretrainedRecipe",
    "Recipe",
    "ScoringRecipe",
    "TimingRecipe",
    "ToytownRecipe",
    "TrainingRecipe",
    "VideoRecipe",
    "digest",
    "known_kinds",
    "load_recipe",
    "packaged_recipes",
    "recipe_from",
    "resolved",
]
