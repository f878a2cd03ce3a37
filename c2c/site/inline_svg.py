"""What matplotlib has drawn, as SVG that stands in a page: coloured by classes, without styles, ids or dates.

The pages' policy forbids styles in attributes, and their two themes ask for colours that change. So each colour that
is drawn with stands for a role, and becomes a class; all else of a style becomes an attribute.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from markupsafe import Markup

ROLES = ("ink", "soft", "line", "accent", "accent-wash", "paper")  # as theme.css calls its colours
COLOURS = {role: f"#0000{number:02x}" for number, role in enumerate(ROLES, start=1)}
_ROLE_OF = {colour: role for role, colour in COLOURS.items()}
_ATTRIBUTES = ("stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "text-anchor", "font-weight")
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_SVG = "{http://www.w3.org/2000/svg}"
_LINKED = "{http://www.w3.org/1999/xlink}href"


def inline_svg(drawn: str, width: int, height: int, label: str) -> Markup:
    """A drawing of matplotlib's, ready to stand in a page; `label` says what it shows."""
    root = ElementTree.fromstring(drawn)
    shapes = {shape.get("id", ""): shape for shape in root.iter(f"{_SVG}path")}
    made = ElementTree.Element(
        "svg", {"viewBox": f"0 0 {width} {height}", "role": "img", "aria-label": printable(label)}
    )
    for leaf in _leaves(root):
        made.append(_placed(leaf, shapes) if leaf.tag == f"{_SVG}use" else _plain(leaf))
    return Markup(ElementTree.tostring(made, encoding="unicode"))  # escaped by ElementTree


def printable(text: str) -> str:
    """Text of letters that XML can hold and that can be shown, with spaces for the others."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _leaves(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Everything that is drawn, without the groups around it and the shapes that are only referred to."""
    for child in element:
        if child.tag in (f"{_SVG}path", f"{_SVG}text", f"{_SVG}use"):
            yield child
        elif child.tag == f"{_SVG}g":
            yield from _leaves(child)


def _placed(use: ElementTree.Element, shapes: dict[str, ElementTree.Element]) -> ElementTree.Element:
    """A shape that was drawn once and referred to, at the place where it is used."""
    placed = _plain(use)
    shape = shapes[use.get(_LINKED, "").removeprefix("#")]
    placed.tag = "path"
    placed.set("d", _short(shape.get("d", "")))
    placed.set("transform", f"translate({placed.attrib.pop('x')} {placed.attrib.pop('y')})")
    return placed


def _plain(leaf: ElementTree.Element) -> ElementTree.Element:
    """A leaf with classes for its colours and attributes for the rest of its style."""
    attributes = {name: _short(leaf.attrib[name]) for name in ("d", "x", "y") if name in leaf.attrib}
    plain = ElementTree.Element(leaf.tag.removeprefix(_SVG), attributes)
    plain.text = leaf.text
    classes = []
    for name, value in _style(leaf):
        if name in ("fill", "stroke") and value in _ROLE_OF:
            classes.append(f"{name}-{_ROLE_OF[value]}")
        elif name in _ATTRIBUTES or (name == "fill" and value == "none"):
            plain.set(name, value)
    if classes:
        plain.set("class", " ".join(classes))
    return plain


def _style(leaf: ElementTree.Element) -> list[tuple[str, str]]:
    """The declarations of a style, in order."""
    parts = (part.partition(":") for part in leaf.get("style", "").split(";"))
    return [(name.strip(), value.strip()) for name, _, value in parts if name.strip()]


def _short(numbers: str) -> str:
    """Numbers to a tenth of a pixel, on one line, and no spaces around the letters of a path."""
    rounded = _NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), numbers)
    return re.sub(r" ?([A-Zz]) ?", r"\1", " ".join(rounded.split()))
