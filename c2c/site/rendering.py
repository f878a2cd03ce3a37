"""Templates: where they are, the one environment that lays pages out, and what is told of one that does not work."""

import traceback
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)

from c2c.errors import TemplatesError
from c2c.site import depth_colours
from c2c.site.charts import Tick
from c2c.site.words import title_case


def shipped_templates() -> Path:
    """The folder of c2c's own templates: inside the wheel, or at the top of a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "site_templates"
    return inside if inside.is_dir() else package.parent / "site_templates"


def environment(templates: Path | None = None) -> Environment:
    """The environment of all pages; a file of the user's own folder replaces c2c's of that name.

    A file may also extend the one that it replaces: "c2c:index.html" is always c2c's own.

    Raises:
        TemplatesError: the user's folder is missing, or replaces nothing.
    """
    shipped = FileSystemLoader(shipped_templates())
    own = [FileSystemLoader(_checked(templates))] if templates else []
    made = Environment(
        loader=ChoiceLoader([*own, shipped, PrefixLoader({"c2c": shipped}, delimiter=":")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(sentence=title_case)
    return made


def _checked(templates: Path) -> Path:
    if not templates.is_dir():
        raise TemplatesError(f"{templates} {'is no folder' if templates.exists() else 'does not exist'}.")
    known = shipped_templates()
    if not any((known / path.relative_to(templates)).is_file() for path in templates.rglob("*.*")):
        raise TemplatesError(
            f"{templates} replaces nothing: none of its files has the name of one of c2c's, such as index.html or "
            f"assets/theme.css.\nThose lie in {known}"
        )
    return templates


def lay_out(made: Environment, template: str, values: Mapping[str, object], templates: Path | None = None) -> str:
    """The text of a page.

    Raises:
        TemplatesError: a template of the user's own folder does not work.
    """
    try:
        return made.get_template(template).render(values)
    except (TemplateError, TypeError, ValueError) as error:
        place = _place_of(error, templates)
        if not place:
            raise
        raise TemplatesError(f"{place}: {error}") from error


def _place_of(error: Exception, templates: Path | None) -> str:
    """File and line of the user's own template where an error was raised; "" where it was not in one."""
    if isinstance(error, TemplateSyntaxError):
        places = [(error.filename or "", error.lineno)]
    else:
        places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    own = [(file, line) for file, line in places if templates and Path(file).is_relative_to(templates)]
    return f"{own[-1][0]}, line {own[-1][1]}" if own else ""


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
