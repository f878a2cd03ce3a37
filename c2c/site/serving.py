"""The web server of this machine for a folder of pages: what a browser asks of one, and nothing beside.

It listens on 127.0.0.1 alone. It gives files below its folder, and no lists of files. Its pages are isolated from other
origins, so that a network that runs in one of them may use every core.
"""

import os
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from c2c import loopback
from c2c.errors import RunError

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",  # a site that was built again is shown as it is now
}
TYPES = {  # whatever the tables of this machine say; some know none of these, some know them wrongly
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
    ".onnx": "application/octet-stream",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".tex": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".mp4": "video/mp4",
}


class Pages(StaticFiles):
    """The files of a folder, each under its right type."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """One file, or that it has not changed."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        kind = TYPES.get(Path(full_path).suffix.lower())
        if kind and isinstance(response, FileResponse):
            response.headers["Content-Type"] = kind
        response.headers.update(HEADERS)
        return response


def site_in(folder: Path) -> Path:
    """The folder of the pages: the one named, or the site of the run that lies in it.

    Raises:
        RunError: it holds neither.
    """
    for place in (folder, folder / "site"):
        if (place / "index.html").is_file():
            return place
    if (folder / "records").is_dir():
        raise RunError(f"{folder} holds a run without a site. Build it:\n    c2c site {folder}")
    found = "holds no site" if folder.is_dir() else "does not exist"
    raise RunError(f"{folder} {found}: a folder with index.html was needed, or a run's.\nMake one with c2c run.")


def application(folder: Path) -> Starlette:
    """What answers a browser; it asks for this machine by name, so that no other site can make it ask."""
    return Starlette(routes=[Mount("/", Pages(directory=folder, html=True))], middleware=[loopback.ONLY_THIS_MACHINE])


def server_of(folder: Path) -> uvicorn.Server:
    """A server that shows a folder of pages; it runs with the socket that it is given, until it is interrupted."""
    return loopback.server_of(application(folder))
