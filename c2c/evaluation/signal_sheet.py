"""A contact sheet of what a probe found typical of two cities, and what it found untypical."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from c2c.data.pictures import read_picture, write_picture
from c2c.data.transforms import test_view
from c2c.evaluation.signal import City, Seen, Signal

CELL_PX, GAP_PX, LINE_PX = 144, 6, 20
PAPER, INK = "#f6f4ee", "#2b2b2b"


def write_signal_sheet(path: Path, signal: Signal, columns: int = 8) -> None:
    """Write a PNG of four rows: of either city, the pictures most like it and those least like it.

    Below each picture stands the chance that the probe gave its own city.

    Args:
        path: the file to write.
        signal: what was found.
        columns: pictures a row, at most.
    """
    rows = []
    for city, other in ((signal.a, signal.b), (signal.b, signal.a)):
        count = min(columns, max(1, len(city.pictures) // 2))
        rows.append((f"{city.name}: most like {city.name}", city, city.pictures[:count]))
        rows.append((f"{city.name}: most like {other.name}", city, city.pictures[: -count - 1 : -1]))
    width = GAP_PX + columns * (CELL_PX + GAP_PX)
    height = GAP_PX + len(rows) * (LINE_PX + CELL_PX + LINE_PX + GAP_PX)
    sheet = Image.new("RGB", (width, height), PAPER)
    for number, (heading, city, shown) in enumerate(rows):
        _paste_row(sheet, GAP_PX + number * (LINE_PX + CELL_PX + LINE_PX + GAP_PX), heading, city, shown)
    write_picture(path, np.asarray(sheet))


def _paste_row(sheet: Image.Image, top: int, heading: str, city: City, shown: Sequence[Seen]) -> None:
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    draw.text((GAP_PX, top), heading, fill=INK, font=font)
    for column, seen in enumerate(shown):
        left = GAP_PX + column * (CELL_PX + GAP_PX)
        view = test_view(read_picture(Path(city.folder) / seen.path, at_least=2 * CELL_PX), CELL_PX)
        sheet.paste(Image.fromarray(view), (left, top + LINE_PX))
        name = Path(seen.path).name
        label = f"{seen.own:.2f}  {name if len(name) <= 14 else name[:13] + '…'}"
        draw.text((left, top + LINE_PX + CELL_PX + 2), label, fill=INK, font=font)
