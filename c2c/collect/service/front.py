"""The door of the Toytown service: it notes every request, and spoils those that are due to be spoilt."""

import asyncio
import io
import struct
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
from PIL import Image
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from c2c.collect.service.misbehaviour import Misbehaviours, Order
from c2c.errors import CollectError

BLOCK_PAGE = """<!doctype html><html><head><title>Sorry...</title></head><body>
<p>Our systems have detected unusual traffic from your computer network. This page checks to see if it's really you.
<div id="recaptcha"></div></body></html>"""
CONSENT = "https://consent.google.com/ml?continue=https://www.google.com/maps&gl=FR&m=0&pc=m&hl=en&src=1"
INWARD = "http://169.254.169.254/latest/meta-data/"
ENDLESS_BYTES = 1 << 30
OWN_PATHS = ("/misbehave", "/requests")


@dataclass(frozen=True)
class Noted:
    """One request that was answered."""

    at_s: float  # seconds since the service began
    path: str
    query: str
    status: int


class Front:
    """An ASGI application around the service's own."""

    def __init__(self, app: ASGIApp, misbehaviours: Misbehaviours) -> None:
        self.app, self.misbehaviours = app, misbehaviours
        self.began, self.lock = time.monotonic(), threading.Lock()
        self.noted: list[Noted] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] != "http":
            return
        if path in OWN_PATHS:
            await (await self._own(scope, receive))(scope, receive, send)
            return

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                query = scope["query_string"].decode("latin-1")
                with self.lock:
                    self.noted.append(Noted(time.monotonic() - self.began, path, query, message["status"]))
            await send(message)

        if path.startswith("/sorry/"):
            await HTMLResponse(BLOCK_PAGE)(scope, receive, noting)
            return
        picture = path.endswith(("/tile", ".jpg", ".png", ".webp"))
        order = self.misbehaviours.due(path, picture)
        await (spoilt(order, self.app) if order else self.app)(scope, receive, noting)

    async def _own(self, scope: Scope, receive: Receive) -> Response:
        """`/requests` tells what was asked, POST `/misbehave` orders, DELETE `/misbehave` takes every order back."""
        if scope["path"] == "/requests":
            with self.lock:
                return JSONResponse([asdict(noted) for noted in self.noted])
        if scope["method"] == "DELETE":
            self.misbehaviours.behave()
        elif scope["method"] == "POST":
            try:
                asked = msgspec.json.decode(await _body(receive), type=Order | list[Order])
            except (CollectError, msgspec.MsgspecError, UnicodeError) as error:
                return JSONResponse({"error": str(error)}, 400)
            self.misbehaviours.order(*(asked if isinstance(asked, list) else [asked]))
        return JSONResponse(msgspec.to_builtins([one.order for one in self.misbehaviours.in_force]))


async def _body(receive: Receive) -> bytes:
    content = b""
    while True:
        message = await receive()
        content += message.get("body", b"")
        if not message.get("more_body"):
            return content


def spoilt(order: Order, app: ASGIApp) -> ASGIApp:
    """What answers a request as ordered, instead of the application."""
    if order.name in ANSWERS:
        return ANSWERS[order.name](order)
    return _stalled(order, app) if order.name == "stall" else _truncated(app)


def _stalled(order: Order, app: ASGIApp) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(order.wait_s):
                while (await receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            await app(scope, receive, send)

    return answer


def _truncated(app: ASGIApp) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        whole: list[Message] = []

        async def keep(message: Message) -> None:
            whole.append(message)

        await app(scope, receive, keep)
        content = b"".join(message.get("body", b"") for message in whole[1:])
        kind = dict(whole[0]["headers"]).get(b"content-type", b"").decode()
        await Response(content[: len(content) * 3 // 5], whole[0]["status"], media_type=kind)(scope, receive, send)

    return answer


def _endless() -> Any:
    yield _jpeg()
    for _ in range(ENDLESS_BYTES >> 16):
        yield bytes(1 << 16)


def _jpeg(side: int = 8) -> bytes:
    """A black picture."""
    file = io.BytesIO()
    Image.new("RGB", (side, side)).save(file, "JPEG")
    return file.getvalue()


def _huge() -> bytes:
    """A black picture whose header speaks of 65,000 x 65,000 pixels."""
    content = _jpeg()
    frame = content.index(b"\xff\xc0")
    return content[: frame + 5] + struct.pack(">HH", 65000, 65000) + content[frame + 9 :]


def _retry_after(order: Order) -> dict[str, str]:
    return {"Retry-After": f"{order.wait_s:g}"}


def _picture(content: bytes) -> Response:
    return Response(content, media_type="image/jpeg")


ANSWERS: dict[str, Callable[[Order], Callable[[Scope, Receive, Send], Awaitable[None]]]] = {
    "throttle": lambda order: Response("", 429, _retry_after(order)),
    "unavailable": lambda order: Response("", 503, _retry_after(order) if order.seconds is not None else None),
    "block": lambda order: HTMLResponse(BLOCK_PAGE),
    "sorry": lambda order: RedirectResponse("/sorry/index?continue=/", 302),
    "consent": lambda order: RedirectResponse(CONSENT, 302),
    "inward": lambda order: RedirectResponse(INWARD, 302),
    "black": lambda order: _picture(_jpeg(512)),
    "wrong-magic": lambda order: _picture(b"\x7fELF" + bytes(2000)),
    "too-large": lambda order: StreamingResponse(_endless(), media_type="image/jpeg"),
    "huge-pixels": lambda order: _picture(_huge()),
}
