"""What a page is, before it is laid out: its address, its template and the plain objects that the template shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Page:
    """One page of the site."""

    file: str
    template: str
    title: str
    values: Mapping[str, object] = field(default_factory=dict)
    link: str = ""  # what the navigation calls it; a page without is reached from others
    menu: str = ""  # the menu of the navigation that its link stands in
    files: Mapping[str, str] = field(default_factory=dict)  # texts to save that it links to, by address


@dataclass(frozen=True)
class Link:
    """One entry of the navigation."""

    title: str
    href: str


@dataclass(frozen=True)
class Menu:
    """Links of the navigation: a single one without a title, or several that unfold from one."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Frame:
    """What all pages share: the title of the run and the navigation."""

    title: str
    menus: tuple[Menu, ...]


def frame_of(title: str, pages: list[Page]) -> Frame:
    """The navigation of some pages, in their order; a menu stands where its first page does."""
    menus: dict[str, list[Link]] = {}
    for page in pages:
        if page.link:
            menus.setdefault(page.menu or page.file, []).append(Link(page.link, page.file))
    named = {page.menu for page in pages}
    return Frame(title, tuple(Menu(key if key in named else "", tuple(links)) for key, links in menus.items()))
