"""Sheets that plots are drawn on by matplotlib, laid out in pixels, and given out as SVG of a page.

matplotlib is loaded with the first plot, and one figure of each size is drawn on again and again: making a figure takes
nearly as long as drawing a plot.
"""

import io
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from c2c.site.charts import short
from c2c.site.inline_svg import COLOURS, inline_svg, printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Transform

MOST_LETTERS = 34  # of a name in a plot; the table beside it has the whole
SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "c2c", "path.simplify": False, "font.size": 11}
TIMES_S = [f * 10.0**p for p in range(-6, 1) for f in (1, 2, 5)]
TIMES_S += [10, 30, 60, 300, 600, 1800, 3600, 7200, 18000, 36000]
TIMES_S += [86400.0 * days for days in (1, 2, 5, 10, 20, 50, 100)]


def drawn(width: int, height: int, label: str, draw: Callable[["Axes"], None]) -> Markup:
    """What `draw` puts on axes, as SVG of a page."""
    with _settings():
        figure, axes = _sheet(width, height)
        try:
            draw(axes)
            return inline_svg(_svg_of(figure), width, height, label)
        finally:
            for artist in (*axes.lines, *axes.collections, *axes.patches, *axes.texts):
                artist.remove()
            axes.set_xscale("linear")
            axes.set_yscale("linear")
            axes.set_xticks([])
            axes.set_yticks([])


def _svg_of(figure: "Figure") -> str:
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    text = io.StringIO()
    FigureCanvasSVG(figure).print_svg(text, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return text.getvalue()


@cache
def _sheet(width: int, height: int) -> "tuple[Figure, Axes]":
    """A figure of a size in px with empty axes of labels only: no frame, no marks."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 72, height / 72), dpi=72)  # a pixel is a point
    figure.patch.set_visible(False)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_frame_on(False)
    axes.set_autoscale_on(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.tick_params(length=0, pad=6, labelcolor=COLOURS["soft"])
    axes.tick_params("x", pad=8)
    return figure, axes


@contextmanager
def _settings() -> Iterator[None]:
    """Settings of matplotlib for the time of a plot; that its own font lacks a letter is no matter to a browser."""
    import matplotlib as mpl

    with mpl.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="matplotlib")
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        yield


def frame(axes: "Axes", left: float, right: float, top: float, bottom: float) -> None:
    """Place the axes within their figure, by margins in px."""
    width, height = axes.figure.bbox.size
    axes.set_position((left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height))


def grid(axes: "Axes", ticks: Sequence[float]) -> None:
    """Lines across at the ticks of the values, and their labels."""
    axes.hlines(ticks, *axes.get_xlim(), color=COLOURS["line"], linewidth=1, clip_on=False)
    axes.set_yticks(ticks, [short(tick) for tick in ticks])


def shifted(axes: "Axes", across: float, up: float) -> "Transform":
    """Places within the axes, from 0 to 1 both ways, moved by px."""
    from matplotlib.transforms import ScaledTranslation

    return axes.transAxes + ScaledTranslation(across / 72, up / 72, axes.figure.dpi_scale_trans)


def fitting(text: str) -> str:
    """A name as a plot has room for, of letters that can be drawn."""
    plain = printable(text)
    return plain if len(plain) <= MOST_LETTERS else f"{plain[: MOST_LETTERS - 1]}…"


def time_in_words(seconds: float) -> str:
    """A round time as an axis has room for."""
    if seconds < 0.001:
        return f"{short(seconds * 1e6)} µs"
    if seconds < 1:
        return f"{short(seconds * 1000)} ms"
    whole = [(86400, "d"), (3600, "h"), (60, "min"), (1, "s")]
    unit, name = next((unit, name) for unit, name in whole if seconds >= unit)
    return f"{short(seconds / unit)} {name}"


def time_axis(axes: "Axes") -> None:
    """Round times below an axis whose scale is one of logarithms and whose limits are set, in s."""
    times = time_ticks(*axes.get_xlim())
    axes.set_xticks(times, [time_in_words(time) for time in times])
    axes.set_xticks([], minor=True)


def time_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round times between two, in s: as many as fit, evenly chosen on a scale of logarithms."""
    inside = [time for time in TIMES_S if low <= time <= high]
    step = math.ceil(len(inside) / most) or 1
    return inside[::step]
