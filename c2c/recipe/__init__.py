"""A recipe (TOML) read once into frozen dataclasses; the packaged recipes lie beside this file."""

from c2c.recipe.reader import digest, load_recipe, packaged_recipes, recipe_from, resolved
from c2c.recipe.schema import (
    ApproachRecipe,
    CityRecipe,
    CycleGANRecipe,
    DataRecipe,
    DepthChainRecipe,
    NeuralStyleRecipe,
    Pix2PixRecipe,
    Recipe,
    ScoringRecipe,
    TimingRecipe,
    ToytownRecipe,
    TrainingRecipe,
)

__all__ = [
    "ApproachRecipe",
    "CityRecipe",
    "CycleGANRecipe",
    "DataRecipe",
    "DepthChainRecipe",
    "NeuralStyleRecipe",
    "Pix2PixRecipe",
    "Recipe",
    "ScoringRecipe",
    "TimingRecipe",
    "ToytownRecipe",
    "TrainingRecipe",
    "digest",
    "load_recipe",
    "packaged_recipes",
    "recipe_from",
    "resolved",
]
