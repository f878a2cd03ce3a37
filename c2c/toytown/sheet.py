"""The contact sheet of Toytown that the docs show: python -m c2c.toytown.sheet SHEET.webp"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from c2c.toytown.layout import StreetLayout
from c2c.toytown.materials import CLASS_COLOURS
from c2c.toytown.render import View, render
from c2c.toytown.scene import build_scene

SEEDS = (1, 3, 25, 2, 28, 7)
CELL = 192  # pixels a side
LABEL = 118
GAP = 4
PAPER, INK = "#f6f4ee", "#2b2b2b"
RAMP = ("#fff3b8", "#fdbf5c", "#ee7a4b", "#c13f6a", "#6d2c84", "#1f1b4d")  # near to far

Picture = NDArray[np.uint8]


def class_picture(classes: Picture) -> Picture:
    """A class map (H, W) in the classes' colours (H, W, 3)."""
    return np.array([_bytes(colour) for colour in CLASS_COLOURS.values()], np.uint8)[classes]


def depth_picture(depth_m: NDArray[np.float32], middle_m: float = 12.0) -> Picture:
    """Depth (H, W) from light (near) to dark (far), (H, W, 3); white where there is none."""
    place = (len(RAMP) - 1) * depth_m / (depth_m + middle_m)
    low = np.clip(np.floor(place).astype(int), 0, len(RAMP) - 2)
    part = (place - low)[..., None]
    colours = np.array([_bytes(colour) for colour in RAMP], float)
    shown = colours[low] * (1 - part) + colours[low + 1] * part
    return np.where(depth_m[..., None] > 0, shown, 255).astype(np.uint8)


def contact_sheet(seeds: Sequence[int] = SEEDS, cell: int = CELL) -> Image.Image:
    """Every city on the same layouts, with depth and classes, borrowed dress, and a panorama."""
    layouts = [StreetLayout.from_seed(seed) for seed in seeds]

    def views(massing: str, dress: str) -> list[View]:
        return [render(build_scene(layout, massing, dress), layout.view(cell)) for layout in layouts]

    own = {city: views(city, city) for city in ("manhattan", "paris", "burano")}
    rows = [(city.capitalize(), [view.colour for view in shown]) for city, shown in own.items()]
    rows.append(("Paris:\nplanar depth", [depth_picture(view.depth_m) for view in own["paris"]]))
    rows.append(("Paris:\nclasses", [class_picture(view.classes) for view in own["paris"]]))
    rows.append(("Burano:\nclasses", [class_picture(view.classes) for view in own["burano"]]))
    rows.append(("Paris built,\nBurano dressed", [view.colour for view in views("paris", "burano")]))
    rows.append(("Burano built,\nParis dressed", [view.colour for view in views("burano", "paris")]))
    rows.append(("Manhattan built,\nParis dressed", [view.colour for view in views("manhattan", "paris")]))
    wide = cell * len(seeds) + GAP * (len(seeds) - 1)
    junction = next((layout for layout in layouts if layout.kind == "crossroads"), layouts[0])
    for city in ("paris", "burano"):
        rows.append((f"{city.capitalize()}:\npanorama", [_panorama(junction, city, wide)]))
    return _pasted(rows, LABEL + wide + GAP)


def _panorama(layout: StreetLayout, city: str, wide: int) -> Picture:
    """The middle of a panorama's height, where the town is."""
    view = render(build_scene(layout, city), layout.panorama(wide // 2))
    return view.colour[wide // 8 : wide // 2 - wide // 8]


def _pasted(rows: list[tuple[str, list[Picture]]], wide: int) -> Image.Image:
    sheet = Image.new("RGB", (wide, sum(pictures[0].shape[0] + GAP for _, pictures in rows) + GAP), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    top = GAP
    for label, pictures in rows:
        draw.multiline_text((8, top + 8), label, fill=INK, font=font, spacing=5)
        left = LABEL
        for picture in pictures:
            sheet.paste(Image.fromarray(picture), (left, top))
            left += picture.shape[1] + GAP
        top += pictures[0].shape[0] + GAP
    return sheet


def _bytes(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    contact_sheet().save(target, quality=84, method=6)
