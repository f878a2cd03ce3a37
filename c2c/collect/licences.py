"""Licences of pictures: what each is called, where it stands, and whether a picture may travel on."""

import re
from dataclasses import dataclass

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Licence:
    """A licence, as far as passing a picture on is concerned."""

    name: str
    url: str
    redistributable: bool  # pictures, and what is made of them, may be passed on under its terms
    non_commercial: bool = False
    share_alike: bool = False


_CC = "https://creativecommons.org"
_OTHERS = (  # the first that fits; what a service may call it, the licence
    (r"cc[ -]?0|zero|creative commons zero", Licence("CC0 1.0", f"{_CC}/publicdomain/zero/1.0/", True)),
    (
        r"pdm|public domain.*|pd(-.*)?|no (known )?copyright( restrictions)?|united states government work|us-?gov.*",
        Licence("public domain", f"{_CC}/publicdomain/mark/1.0/", True),
    ),
    (
        r"(etalab|licence ouverte).*",
        Licence("Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/", True),
    ),
    (
        r"odbl.*|open database.*",
        Licence("ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/", True, False, True),
    ),
    (r"gfdl.*|gnu free doc.*", Licence("GFDL", "https://www.gnu.org/licenses/fdl-1.3.html", True, False, True)),
    (
        r"fal|free art.*|art libre.*",
        Licence("Free Art License 1.3", "https://artlibre.org/licence/lal/en/", True, False, True),
    ),
)
_PARTS = re.compile(
    r"(?:cc|creative commons)?[ -]*((?:by|attribution)(?:[ -](?:nc|nd|sa|noncommercial|noderiv\w*|sharealike))*)"
    r"(?:[ -]licen[cs]e)?(?:[ -]*(\d\.\d))?(?:[ -]([a-z]{2,3}|igo|int\w*|unported|generic))?"
)
_URL = re.compile(r"https?://(?:www\.)?creativecommons\.org/(licenses|publicdomain|licences)/([a-z+-]+)(?:/(\d\.\d))?")
_SHORT = {"attribution": "by", "noncommercial": "nc", "sharealike": "sa"}


def licence_of(name: str, url: str = "", version: str = "") -> Licence:
    """The licence that a service names; what is not known may not travel.

    Args:
        name: such as "CC BY-SA 4.0", "by-nc", "etalab-2.0".
        url: of its text, which decides where it is Creative Commons'.
        version: where the service gives it apart.
    """
    if found := _URL.match(url.strip().lower()):
        where, parts, number = found.groups()
        if where == "publicdomain":
            return _other("cc0" if parts == "zero" else "pdm") or Licence(name, url, False)
        return _creative_commons(parts, number or version, url.strip())
    said = re.sub(r"[\s_]+", " ", name.strip().lower())
    if found := _PARTS.fullmatch(said):
        return _creative_commons(found.group(1), found.group(2) or version, "")
    return _other(said) or Licence(name.strip() or UNKNOWN, url, False)


def _other(said: str) -> Licence | None:
    return next((licence for pattern, licence in _OTHERS if re.fullmatch(f"(?:{pattern})(?:[ -]*1\\.0)?", said)), None)


def _creative_commons(parts: str, version: str, url: str) -> Licence:
    """A licence of Creative Commons; with ND what is made of a picture, a view of a panorama say, may not travel."""
    short = [_SHORT.get(part, "nd" if part.startswith("noderiv") else part) for part in re.split(r"[ +-]+", parts)]
    if short[0] != "by" or not set(short) <= {"by", "nc", "nd", "sa"}:
        return Licence(parts, url, False)
    code = "-".join(short)
    return Licence(
        f"CC {code.upper()} {version}".strip(),
        url or f"{_CC}/licenses/{code}/{version or '4.0'}/" if version or url else "",
        redistributable="nd" not in short,
        non_commercial="nc" in short,
        share_alike="sa" in short,
    )


def credit(title: str, author: str, licence: Licence, source: str) -> str:
    """One line that credits a picture, as Creative Commons advise: title, author, source, licence."""
    named = f"“{title}”" if title else "Picture"
    return f"{named} by {author or 'an unnamed author'}, {source}, {licence.name}"
