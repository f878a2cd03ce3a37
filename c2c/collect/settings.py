"""How a source is asked: where it is, how fast, with which key, and which terms were accepted."""

import difflib
import importlib
import importlib.util
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import httpx
import msgspec

from c2c import __version__
from c2c.collect.addresses import names_private, origin_of
from c2c.collect.checks import MOST_PIXELS
from c2c.collect.known import KNOWN, KnownSource
from c2c.errors import CollectError

LONGEST_CONTACT = 200  # characters
STAND_IN_KEY = "toytown"  # what a service at --at gets, wherever it is: real keys are not for it
SECRET = "…"  # what a key looks like in a text


@dataclass(frozen=True)
class SourceSettings:
    """How one source is asked. The fields that `--set sources.NAME.FIELD=VALUE` can change come first."""

    name: str
    base_url: str
    tiles_url: str = ""  # where the tiles have a host of their own
    requests_per_second: float = 1.0
    zoom: int = 2  # of panoramas that come in tiles
    photo_px: int = 1920  # longest side that is asked for, where a source can scale
    timeout_s: float = 30.0  # without a byte
    most_picture_bytes: int = 64 * 2**20
    most_pixels: int = MOST_PIXELS
    contact: str = ""  # an address for the User-Agent, where a service can complain
    recipe: str = ""  # of `browser`: the TOML file that describes the search page
    accepted_terms: tuple[str, ...] = ()
    stand_in: str = ""  # address of a Toytown service that stands in for the source: --at
    private_origin: str = ""  # host:port that may be a private machine: that of the stand-in
    key: str = field(default="", repr=False)

    @property
    def known(self) -> KnownSource:
        """What c2c knows of this source."""
        return KNOWN[self.name]

    @property
    def is_ours(self) -> bool:
        """Whether only a service on a private machine is asked, that a person named."""
        urls = [httpx.URL(url) for url in (self.base_url, self.tiles_url) if url]
        return bool(urls) and all(origin_of(url) == self.private_origin and names_private(url.host) for url in urls)

    @property
    def user_agent(self) -> str:
        """How we name ourselves to the service."""
        return f"c2c/{__version__} ({self.contact or 'no contact given'})"

    @property
    def about_access(self) -> str:
        """What a person can do who is refused."""
        if self.known.key_in:
            return f"Its key may be wrong or used up; c2c reads it from {self.known.key_variable}."
        return "It may have blocked this machine. Wait, and ask for less a second: requests_per_second."

    def url(self, path: str) -> str:
        """The address of a path at the source."""
        return f"{self.base_url.rstrip('/')}/{path}"

    def with_key(self, url: httpx.URL, headers: httpx.Headers) -> tuple[httpx.URL, httpx.Headers]:
        """An address and headers with the key in its place; other hosts than the source's own never get it."""
        base = httpx.URL(self.base_url)
        if not self.key or (url.scheme, origin_of(url)) != (base.scheme, origin_of(base)):
            return url, headers
        place, _, name = self.known.key_in.partition(":")
        if place == "query":
            return url.copy_merge_params({name: self.key}), headers
        headers["Authorization"] = f"{name} {self.key}"
        return url, headers

    def redacted(self, text: str) -> str:
        """A text without the key."""
        return text.replace(self.key, SECRET) if self.key else text


FIXED = ("name", "accepted_terms", "stand_in", "private_origin", "key")


def settings_for(
    name: str,
    *,
    at: str = "",
    overrides: Sequence[str] = (),
    accepted_terms: Sequence[str] = (),
    contact: str = "",
) -> SourceSettings:
    """The settings of one source.

    Args:
        name: of the source.
        at: address of a Toytown service that stands in for every source; it may be private.
        overrides: such as "sources.streetview.requests_per_second=2".
        accepted_terms: names of terms that a person has accepted.
        contact: an address for the User-Agent; else the environment's C2C_CONTACT.

    Raises:
        CollectError: the source, a setting or a value is unknown, terms were not accepted, or a key is missing.
    """
    known = _known(name)
    own = SourceSettings(
        name,
        base_url=known.base_url,
        tiles_url=known.tiles_url,
        requests_per_second=known.requests_per_second,
        contact=contact or os.environ.get("C2C_CONTACT", ""),
        accepted_terms=tuple(accepted_terms),
    )
    if at:
        own = _stationed(own, at)
    own = _overridden(own, overrides)
    if not own.is_ours:
        refuse_without_terms(own)
    _check_contact(own)
    return replace(own, key=_stand_in_key(known) if at else _key(known))


def _known(name: str) -> KnownSource:
    if name not in KNOWN:
        near = difflib.get_close_matches(name, KNOWN, 1)
        raise CollectError(
            f"There is no source {name!r}{f'; did you mean {near[0]!r}?' if near else '.'}\n"
            f"Sources: {', '.join(KNOWN)}. What each needs: c2c collect sources"
        )
    return KNOWN[name]


def _stationed(own: SourceSettings, at: str) -> SourceSettings:
    url = _web_address(at, "--at")
    base = f"{str(url).rstrip('/')}/{own.known.path or own.name}"
    tiles = base if own.tiles_url else ""
    return replace(own, base_url=base, tiles_url=tiles, stand_in=at, private_origin=origin_of(url))


def _overridden(own: SourceSettings, overrides: Sequence[str]) -> SourceSettings:
    for override in overrides:
        key, equals, text = override.partition("=")
        parts = key.strip().split(".")
        if not equals or len(parts) != 3 or parts[0] != "sources":
            raise CollectError(
                f"--set {override!r} was not understood; write sources.NAME.FIELD=VALUE, such as\n"
                "    --set sources.panoramax.requests_per_second=2"
            )
        _known(parts[1])
        if parts[1] == own.name:
            own = _with(own, parts[2], text, key)
    return own


def _with(own: SourceSettings, name: str, text: str, where: str) -> SourceSettings:
    known = [each.name for each in fields(SourceSettings) if each.name not in FIXED]
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise CollectError(f"There is no setting {where!r}{hint}\nSettings of a source: {', '.join(known)}.")
    changed = {each.name: getattr(own, each.name) for each in fields(SourceSettings)} | {name: _value(text)}
    try:
        own = msgspec.convert(changed, SourceSettings)
    except msgspec.ValidationError as error:
        raise CollectError(f"{where} = {text} cannot be used: {error}") from error
    _check(own, name, where)
    return own


def _check(own: SourceSettings, name: str, where: str) -> None:
    value = getattr(own, name)
    if name in ("base_url", "tiles_url"):
        _web_address(value, where)
    elif name == "zoom" and not 0 <= value <= 5:
        raise CollectError(f"{where} is {value}; 0 to 5 was needed, from 512 to 16384 px wide.")
    elif name == "most_pixels" and value > MOST_PIXELS:
        raise CollectError(f"{where} is {value}; at most {MOST_PIXELS} was needed: larger pictures cannot be opened.")
    elif isinstance(value, (int, float)) and name != "zoom" and not 0 < value < float("inf"):
        raise CollectError(f"{where} is {value}; a number above 0 was needed.")


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _web_address(text: str, where: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise CollectError(f"{where} {text!r} is no address of the web: {error}") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise CollectError(f"{where} {text!r} is no address of the web; write it whole, such as http://127.0.0.1:8123")
    if url.userinfo:
        raise CollectError(
            f"{where} names a user or a password, which c2c would write down with the address. Leave them out:\n"
            f"    {url.scheme}://{origin_of(url)}{url.path}"
        )
    return url


def refuse_without_terms(own: SourceSettings) -> None:
    """Refuse a source whose terms a person has not accepted.

    Raises:
        CollectError: they are not accepted; says where they stand.
    """
    known = own.known
    if known.terms_name and known.terms_name not in own.accepted_terms:
        raise CollectError(
            f"{known.title} has terms that c2c cannot accept for you: {known.terms_url}\n{known.terms_about}\n"
            "Open sources need no such thing: --source panoramax. If you have read the terms, and may do this:\n"
            f"    --accept-terms {known.terms_name}"
        )


def _check_contact(own: SourceSettings) -> None:
    if not (own.contact.isascii() and own.contact.isprintable()) or len(own.contact) > LONGEST_CONTACT:
        raise CollectError(f"The contact {own.contact!r:.100} cannot be sent: a short line of ASCII was needed.")
    if own.known.contact_needed and not own.contact and not own.is_ours:
        raise CollectError(
            f"{own.known.title} wants to know whom to write to if your requests are a burden. Give an address:\n"
            "    export C2C_CONTACT=you@example.org"
        )


def _stand_in_key(known: KnownSource) -> str:
    return STAND_IN_KEY if known.key_in else ""


def _key(known: KnownSource) -> str:
    if not known.key_in:
        return ""
    key = os.environ.get(known.key_variable, "").strip() or _from_keyring(known.name)
    if not (key.isascii() and key.isprintable()):
        raise CollectError(f"What {known.key_variable} holds is no key: it has characters that cannot be sent.")
    if not key and known.key_needed:
        raise CollectError(
            f"{known.title} wants a key: {known.key_url}\nPut it into the environment, or into your keyring:\n"
            f"    export {known.key_variable}=…\n    keyring set c2c {known.name}"
        )
    return key


def _from_keyring(name: str) -> str:
    if importlib.util.find_spec("keyring") is None:
        return ""
    return importlib.import_module("keyring").get_password("c2c", name) or ""
