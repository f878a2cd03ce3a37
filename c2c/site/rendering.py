"""Templates: where they are and the one environment that lays pages out."""

from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from c2c.site import depth_colours
from c2c.site.charts import Tick
from c2c.site.words import title_case


def shipped_templates() -> Path:
    """The folder of c2c's own templates: inside the wheel, or at the top of a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "site_templates"
    return inside if inside.is_dir() else package.parent / "site_templates"


def environment(templates: Path | None = None) -> Environment:
    """The environment of all pages; a file of the user's own folder replaces c2c's of that name."""
    folders = [*([templates] if templates else []), shipped_templates()]
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(sentence=title_case)
    return made


def assets(templates: Path | None = None) -> dict[str, Path]:
    """Styles, scripts and icons by file name; the user's own come before c2c's."""
    folders = [shipped_templates(), *([templates] if templates else [])]
    return {path.name: path for folder in folders for path in sorted((folder / "assets").glob("*.*"))}


def depth_scale() -> dict[str, list[Tick]]:
    """Colours and ticks of the depth legend, placed in percent from near to far."""
    colours = list(reversed(depth_colours.VIRIDIS))
    places = 100 * (1 - depth_colours.place_on_scale(np.array(depth_colours.TICKS_M, dtype=np.float64)))
    return {
        "colours": [Tick(100 * i / (len(colours) - 1), f"#{colour}") for i, colour in enumerate(colours)],
        "ticks": [Tick(round(float(at), 2), f"{m}") for m, at in zip(depth_colours.TICKS_M, places, strict=True)],
    }
