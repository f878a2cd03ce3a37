"""Whether a checkpoint can be gone on from: what a training depends on, and how two of them differ."""

from typing import Any

from c2c.recipe import Recipe, resolved

IDLE = ("apply_sizes", "training.checkpoint_every", "training.keep", "training.tensorboard")  # change nothing learnt


def basis(recipe: Recipe, name: str, data: dict[str, str]) -> dict[str, Any]:
    """All that the weights of a training depend on, by dotted names as a recipe writes them."""
    whole = resolved(recipe)
    own = {key: value for key, value in _flat(whole["approaches"][name]).items() if key not in IDLE}
    own["size"] = recipe.size_of(name)
    return {
        **{f"approaches.{name}.{key}": value for key, value in own.items()},
        "seed": recipe.seed,
        "data.jitter": recipe.data.jitter,
        "data.flip": recipe.data.flip,
        **{f"pictures of {city}": sha256[:12] for city, sha256 in data.items()},
    }


def differences(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What is not the same in two bases, each in words."""
    return [
        f"{key}: {then.get(key, 'not said')} then, {now.get(key, 'not said')} now"
        for key in dict.fromkeys([*then, *now])
        if then.get(key) != now.get(key)
    ]


def _flat(table: dict[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{key}.")
        else:
            flat[before + key] = value
    return flat
