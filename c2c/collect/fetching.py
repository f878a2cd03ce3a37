"""One request at a time, carefully: paced, bounded, never to a private address, and every failure of a known kind."""

import email.utils
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from c2c.collect.addresses import Resolver, origin_of, resolve, safe_addresses
from c2c.collect.bodies import GzipBody, PlainBody
from c2c.collect.checks import check_picture, read_json
from c2c.collect.failures import BadAnswer, Blocked, Gone, Throttled, Transient
from c2c.collect.pace import Pace
from c2c.collect.settings import SourceSettings

T = TypeVar("T")
Judge = Callable[[Any], None]
Params = Mapping[str, str | int | float]
REDIRECTS = 5
MOST_JSON_BYTES = 32 * 2**20
PAUSE_S = 60.0  # for a service that asks for a pause without saying how long
LONGEST_PAUSE_S = 24 * 3600.0
WHOLE_TIMES = 10  # time-outs that an answer may take as a whole
BODIES = {"": PlainBody, "identity": PlainBody, "gzip": GzipBody}
LIMITS = httpx.Limits(max_connections=4, max_keepalive_connections=1)


class Fetcher:
    """Fetches for one source, with its settings and its key."""

    def __init__(self, settings: SourceSettings, pace: Pace, resolver: Resolver = resolve) -> None:
        """Open no connection yet.

        Args:
            settings: of the source.
            pace: holds back each request.
            resolver: gives the addresses of a host.
        """
        self.settings, self.pace = settings, pace
        self._client = httpx.Client(
            transport=_Careful(settings, resolver),
            timeout=settings.timeout_s,
            headers={"User-Agent": settings.user_agent, "Accept-Encoding": "gzip"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def json(self, url: str, params: Params | None = None, judge: Judge = lambda answer: None) -> Any:
        """The JSON behind an address.

        Args:
            url: as of `get`.
            params: of the query.
            judge: raises what an answer means that tells of a failure, as some services do with status 200.

        Raises:
            CollectError: as `get`, or as `judge` does.
        """

        def ask() -> Any:
            answer = read_json(self._follow(_asked(url, params), MOST_JSON_BYTES), _where(url))
            judge(answer)
            return answer

        return self.trying(ask)

    def trying(self, ask: Callable[[], T]) -> T:
        """What one request brings; a fetcher with more patience asks again."""
        return ask()

    def get(self, url: str, most_bytes: int | None = None) -> bytes:
        """The bytes of the picture behind an address; it can be decoded.

        Args:
            url: without a key; the source's own is added on the way, to its own host only.
            most_bytes: that are taken; the setting where it is left out.

        Raises:
            Gone: 404, 410 or 451.
            Blocked: 401, 403, a redirect to a consent or block page, or a web page where something else was due.
            Throttled: 429 or 503; the pace has been slowed down already.
            Transient: a time-out, a broken connection, or another 5xx.
            BadAnswer: too large, a private address, or not what was due.
        """
        return self.trying(lambda: self._get(url, most_bytes))

    def _get(self, url: str, most_bytes: int | None) -> bytes:
        picture = self._follow(_asked(url), most_bytes or self.settings.most_picture_bytes)
        check_picture(picture, _where(url), self.settings.most_pixels)
        return picture

    def _follow(self, url: httpx.URL, most_bytes: int) -> bytes:
        for _ in range(REDIRECTS + 1):
            answer = self._one(url, most_bytes)
            if isinstance(answer, bytes):
                return answer
            url = answer
        raise BadAnswer(f"{_where(str(url))} sends us on more than {REDIRECTS} times.")

    def _one(self, url: httpx.URL, most_bytes: int) -> bytes | httpx.URL:
        """The body of one answer, or where it sends us."""
        refuse_block_page(url)
        self.pace.wait(url.host)
        try:
            with self._client.stream("GET", url) as answer:
                if answer.has_redirect_location:
                    return url.join(answer.headers["location"])
                self._judge(url, answer)
                return self._body(url, answer, most_bytes)
        except httpx.HTTPError as error:
            what = self.settings.redacted(f"{type(error).__name__} {error}".strip())
            raise Transient(f"{_where(str(url))} cannot be reached: {what}") from None
        except httpx.InvalidURL as error:
            raise BadAnswer(f"{_where(str(url))} sends us to an address that is none: {error}") from None

    def _judge(self, url: httpx.URL, answer: httpx.Response) -> None:
        status, where = answer.status_code, f"{_where(str(url))} answered {answer.status_code}"
        if status in (429, 503):
            wanted_s = _retry_after_s(answer.headers.get("retry-after", ""))
            self.pace.slow_down(url.host, PAUSE_S if wanted_s is None else wanted_s)
            said = "" if wanted_s is None else f" and asks for a pause of {wanted_s:.0f} s"
            raise Throttled(f"{where}{said}.", wanted_s)
        if status in (404, 410, 451):
            raise Gone(f"{where}: it is not there.")
        if status in (401, 403):
            raise Blocked(f"{where}: the service refuses us.\n{self.settings.about_access}")
        if status >= 500 or status in (408, 425):
            raise Transient(f"{where}.")
        if status != 200:
            raise BadAnswer(f"{where}, but 200 was needed.")

    def _body(self, url: httpx.URL, answer: httpx.Response, most_bytes: int) -> bytes:
        packing = answer.headers.get("content-encoding", "").strip().lower()
        if packing not in BODIES:
            raise BadAnswer(f"{_where(str(url))} is packed in a way that was not asked for.")
        body = BODIES[packing](_where(str(url)), most_bytes)
        until = time.monotonic() + WHOLE_TIMES * self.settings.timeout_s
        for chunk in answer.iter_raw():
            body.add(chunk)
            if time.monotonic() > until:
                raise Transient(f"{_where(str(url))} came too slowly.")
        return body.whole()


class _Careful(httpx.BaseTransport):
    """Connects to the very addresses that were checked, and adds the key at the last moment, so that no log has it."""

    def __init__(self, settings: SourceSettings, resolver: Resolver) -> None:
        self._settings, self._resolver = settings, resolver
        self._tls = httpx.create_ssl_context()
        self._hosts: dict[str, httpx.HTTPTransport] = {}  # apart: two hosts of one address each show a certificate

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Try the addresses of a host in turn, until one can be connected to."""
        addresses = safe_addresses(request.url, self._settings.private_origin, self._resolver)
        for number, address in enumerate(addresses, 1):
            try:
                return self._transport(request.url.host).handle_request(self._to(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise AssertionError("there is an address")

    def close(self) -> None:
        """Close the connections."""
        for transport in self._hosts.values():
            transport.close()

    def _transport(self, host: str) -> httpx.HTTPTransport:
        if host not in self._hosts:
            self._hosts[host] = httpx.HTTPTransport(verify=self._tls, limits=LIMITS)
        return self._hosts[host]

    def _to(self, request: httpx.Request, address: str) -> httpx.Request:
        url, headers = self._settings.with_key(request.url, httpx.Headers(request.headers))
        extensions = {**request.extensions, "sni_hostname": request.url.host}
        return httpx.Request("GET", url.copy_with(host=address), headers=headers, extensions=extensions)


def _asked(url: str, params: Params | None = None) -> httpx.URL:
    try:
        return httpx.URL(url, params=params) if params else httpx.URL(url)
    except httpx.InvalidURL as error:
        raise BadAnswer(f"{url[:200]!r} is no address: {error}") from error


def _where(url: str) -> str:
    """An address without its query, where keys may be."""
    return url.partition("?")[0][:200]


def refuse_block_page(url: httpx.URL) -> None:
    """Stop where an address is of a page that asks for consent, or says that we are blocked.

    Raises:
        Blocked: it is.
    """
    first = url.path.strip("/").partition("/")[0]
    if url.host.startswith("consent.") or first in ("sorry", "consent"):
        raise Blocked(
            f"We were sent to {origin_of(url)}{url.path}, a page that asks for consent or says that we are blocked.\n"
            "Nothing more is asked of this service. Wait an hour at least, and ask for less a second then."
        )


def _retry_after_s(text: str) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or as a date; None where it cannot be read."""
    if text.strip().isdecimal():
        return min(float(text), LONGEST_PAUSE_S)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    ahead = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(ahead, 0.0), LONGEST_PAUSE_S)
