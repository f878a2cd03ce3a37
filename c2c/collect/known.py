"""The sources that c2c knows: where they are, what they need, their limits and their terms."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownSource:
    """One source, as its own documentation describes it (read in November 2026)."""

    name: str
    title: str
    gives: str
    base_url: str
    requests_per_second: float  # at most, by default
    limits: str
    licences: str
    tiles_url: str = ""
    path: str = ""  # of the Toytown service's answers for it; its name where this is empty
    key_in: str = ""  # where the key goes: "query:NAME", or "header:SCHEME" of Authorization; "" without a key
    key_needed: bool = False
    key_url: str = ""  # where to get one
    terms_name: str = ""  # what --accept-terms must name; "" where nothing must be accepted
    terms_url: str = ""
    terms_about: str = ""
    contact_needed: bool = False
    scattered: bool = False  # its pictures lie with many others, one of which may refuse us without harm

    @property
    def key_variable(self) -> str:
        """The variable of the environment that the key is read from."""
        return f"C2C_{self.name.upper()}_KEY"


_ALL = (
    KnownSource(
        "panoramax",
        "Panoramax",
        "panoramas, photos",
        "https://api.panoramax.xyz",
        1.0,
        "no key; be gentle",
        "open, each picture's own: CC BY-SA 4.0, etalab-2.0, …",
    ),
    KnownSource(
        "mapillary",
        "Mapillary",
        "panoramas, photos",
        "https://graph.mapillary.com",
        1.0,
        "2000 pictures a question, areas below 0.01 square degrees",
        "CC BY-SA 4.0",
        key_in="header:OAuth",
        key_needed=True,
        key_url="https://www.mapillary.com/dashboard/developers",
    ),
    KnownSource(
        "streetview",
        "Google Street View",
        "panoramas with depth",
        "https://www.google.com",
        1.0,
        "1 request a second; stops at the first block page",
        "none: may not be passed on",
        tiles_url="https://streetviewpixels-pa.googleapis.com",
        terms_name="google-streetview",
        terms_url="https://www.google.com/help/terms_maps/ and https://developers.google.com/maps/terms",
        terms_about=(
            "What c2c asks is no public service of Google's, whose policy forbids to keep and analyse pictures.\n"
            "What is collected stays marked as not to be passed on, and `c2c collect export --public` leaves it out."
        ),
    ),
    KnownSource(
        "commons",
        "Wikimedia Commons",
        "photos",
        "https://commons.wikimedia.org",
        1.0,
        "500 files a question; a contact in the User-Agent",
        "open, each file's own",
        contact_needed=True,
    ),
    KnownSource(
        "flickr",
        "Flickr",
        "photos",
        "https://api.flickr.com",
        0.9,
        "3600 requests an hour, 4000 photos a question (split by date)",
        "open ones only: CC, public domain",
        key_in="query:api_key",
        key_needed=True,
        key_url="https://www.flickr.com/services/apps/create/",
    ),
    KnownSource(
        "openverse",
        "Openverse",
        "photos",
        "https://api.openverse.org",
        0.3,
        "20 requests a minute, 200 a day, 240 works a question",
        "open, each work's own",
        scattered=True,
    ),
    KnownSource(
        "browser",
        "a search page in a browser",
        "photos",
        "",
        1.0,
        "a recipe that describes the page; needs c2c[browser] and chromium",
        "unknown: may not be passed on",
        path="photos",
        scattered=True,
        terms_name="search-page",
        terms_url="those of the page that your recipe names",
        terms_about="What a search page finds belongs to others, and most pages forbid that programs use them.",
    ),
)

KNOWN = {source.name: source for source in _ALL}
