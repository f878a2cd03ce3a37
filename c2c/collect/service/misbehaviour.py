"""What the Toytown service can do wrong on order, as services in the world do.

Some orders strike a share of the requests by chance, the same ones in every run, so that who asks again may be served;
others mark a share of the ids, always the same ones.
"""

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from c2c.errors import CollectError

OF_REQUESTS = {
    "throttle": "429 with Retry-After",
    "unavailable": "503",
    "stall": "no answer for a long time",
    "block": "a block page with status 200",
    "sorry": "a redirect to a block page",
    "consent": "a redirect to a consent page",
    "inward": "a redirect to a private address",
}
OF_PICTURES = {
    "black": "a black picture",
    "truncated": "a picture that ends early",
    "wrong-magic": "bytes that are no picture, sent as JPEG",
    "too-large": "a picture that does not end",
    "huge-pixels": "a small file that unpacks to billions of pixels",
}
OF_IDS = {
    "gone": "ids that are no more",
    "null-coordinates": "links without a place",
    "torn-payload": "depth payloads that end early",
    "hostile-payload": "depth payloads made to do harm",
    "mirrored-payload": "depth payloads of a mirrored frame",
    "disconnected": "streets without links between them",
}
KNOWN = OF_REQUESTS | OF_PICTURES | OF_IDS


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to do wrong. What marks ids knows a share alone."""

    name: str
    share: float = 1.0  # of the requests, or of the ids; of "disconnected", of the links between streets
    path: str = ""  # only where a request's path holds this
    after: int = 0  # so many such requests are served first
    times: int | None = None  # and no more than so many fail
    seconds: float | None = None  # Retry-After (of 503 only if it is given), or how long nothing comes

    def __post_init__(self) -> None:
        if self.name not in KNOWN:
            listed = "\n".join(f"    {name:<18}{what}" for name, what in KNOWN.items())
            raise CollectError(f"The Toytown service knows no misbehaviour called {self.name}. It knows:\n{listed}")
        if not 0 <= self.share <= 1:
            raise CollectError(
                f"The share of {self.name} is {self.share}, and it lies between 0 and 1.\n"
                f"Say for example {self.name}:0.1"
            )
        if min(self.after, self.times or 0, self.seconds or 0) < 0:
            raise CollectError(f"after, times and seconds of {self.name} are 0 or more.")
        if self.name in OF_IDS and (self.path, self.after, self.times, self.seconds) != ("", 0, None, None):
            raise CollectError(
                f"{self.name} is for ids, always the same ones: path, after, times and seconds say nothing of it.\n"
                f"Say for example {self.name}:0.1"
            )

    @property
    def wait_s(self) -> float:
        """Retry-After, or how long nothing comes."""
        return (120.0 if self.name == "stall" else 1.0) if self.seconds is None else self.seconds

    @classmethod
    def from_text(cls, text: str) -> "Order":
        """An order written NAME or NAME:SHARE.

        Raises:
            CollectError: there is no such thing to order.
        """
        name, _, share = text.partition(":")
        try:
            return cls(name, float(share or 1))
        except ValueError as error:
            raise CollectError(f"{share} is no share of {name}.\nSay for example {name}:0.1") from error


@dataclass
class _InForce:
    """An order, and what came of it so far."""

    order: Order
    seen: int = 0  # requests that it looked at
    done: int = 0  # and those that it spoilt


class Misbehaviours:
    """The orders in force."""

    def __init__(self, orders: Iterable[Order] = ()) -> None:
        self.lock = threading.Lock()
        self.in_force: list[_InForce] = []
        self.order(*orders)

    def order(self, *orders: Order) -> None:
        """Put more orders in force."""
        with self.lock:
            self.in_force += map(_InForce, orders)

    def behave(self) -> None:
        """Take every order back."""
        with self.lock:
            self.in_force = []

    def due(self, path: str, picture: bool) -> Order | None:
        """The order that strikes this request, if any does."""
        with self.lock:
            for one in self.in_force:
                order = one.order
                strikes = order.name in OF_REQUESTS or (picture and order.name in OF_PICTURES)
                if not strikes or order.path not in path:
                    continue
                one.seen += 1
                past = one.seen > order.after
                left = order.times is None or one.done < order.times
                if past and left and _lot(f"{order.name} {one.seen}") < order.share:
                    one.done += 1
                    return order
        return None

    def marks(self, name: str, id: str) -> bool:
        """Whether an order of this name is in force for this id."""
        with self.lock:
            orders = [one.order for one in self.in_force if one.order.name == name]
        return any(_lot(f"{name} {id}") < order.share for order in orders)


def _lot(text: str) -> float:
    """A number in [0, 1) that stands for a text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "big") / 2**48
