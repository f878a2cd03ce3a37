"""The routes of Wikimedia Commons: the `query` action of a MediaWiki, with three ways to find files."""

import html
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from c2c.collect.service.catalogue import Catalogue, Photo
from c2c.collect.service.gallery import Gallery
from c2c.collect.service.misbehaviour import Misbehaviours
from c2c.collect.service.offers import photo_route, title, with_words, within_circle

BATCH = 7  # files whose imageinfo comes at once; the real service gives 50
LICENCES = {
    "CC BY-SA 4.0": ("https://creativecommons.org/licenses/by-sa/4.0", "cc-by-sa-4.0"),
    "CC BY 4.0": ("https://creativecommons.org/licenses/by/4.0", "cc-by-4.0"),
    "CC0 1.0": ("http://creativecommons.org/publicdomain/zero/1.0/deed.en", "cc0"),
}


def commons_routes(catalogue: Catalogue, gallery: Gallery, misbehaviours: Misbehaviours) -> list[Route]:
    """Wikimedia Commons, below `/commons`."""
    files = _Files(catalogue, gallery)

    def api(request: Request) -> Response:
        agent = request.headers.get("user-agent", "")
        if "(" not in agent or agent.startswith("python-"):
            return PlainTextResponse("Please set a user-agent with a contact: https://w.wiki/4wJS\n", 403)
        try:
            return JSONResponse(files.answer(request))
        except (KeyError, ValueError) as error:
            return JSONResponse({"error": {"code": "badvalue", "info": f"Unrecognized value: {error}"}})

    return [
        Route("/w/api.php", api),
        photo_route("/upload/{id}.jpg", gallery, misbehaviours, files.by_id.get),
    ]


class _Files:
    """The photos as files of Commons; only open licences are kept there."""

    def __init__(self, catalogue: Catalogue, gallery: Gallery) -> None:
        self.catalogue, self.gallery = catalogue, gallery
        self.photos = [photo for photo in catalogue.photos if photo.licence in LICENCES]
        self.by_id = {self._id(photo): photo for photo in self.photos}

    def answer(self, request: Request) -> dict[str, Any]:
        """The answer to one query; imageinfo comes for a few files at a time, and `continue` asks for the others.

        Raises:
            KeyError: a needed parameter is missing.
            ValueError: a parameter cannot be read.
        """
        asked = request.query_params
        chosen, onward = self._chosen(dict(asked))
        start = int(asked.get("iicontinue", 0))
        pages = [
            self._page(photo, str(request.base_url), start <= place < start + BATCH)
            for place, photo in enumerate(chosen)
        ]
        if start + BATCH < len(chosen):
            onward = {"iicontinue": str(start + BATCH), "continue": "||"}
        answer: dict[str, Any] = {"continue": onward} if onward else {"batchcomplete": True}
        if pages:
            named = pages if asked.get("formatversion") == "2" else {str(page["pageid"]): page for page in pages}
            answer["query"] = {"pages": named}
        return answer

    def _chosen(self, asked: dict[str, str]) -> tuple[list[Photo], dict[str, str]]:
        """The files that a generator gives, and how to go on where there are more."""
        match asked["generator"]:
            case "geosearch":
                lat, lon = map(float, asked["ggscoord"].split("|"))
                radius = float(asked["ggsradius"])
                if not 10 <= radius <= 10_000:
                    raise ValueError(f"ggsradius {radius:g}")
                return within_circle(self.photos, lat, lon, radius)[: int(asked.get("ggslimit", 10))], {}
            case "categorymembers":
                named = asked["gcmtitle"].removeprefix("Category:")
                return self._some(with_words(self.catalogue, self.photos, named), asked, "gcmlimit", "gcmcontinue")
            case "search":
                found = with_words(self.catalogue, self.photos, asked["gsrsearch"])
                return self._some(found, asked, "gsrlimit", "gsroffset")
            case other:
                raise ValueError(f"generator {other}")

    def _some(
        self, photos: list[Photo], asked: dict[str, str], limit: str, offset: str
    ) -> tuple[list[Photo], dict[str, str]]:
        start, most = int(asked.get(offset, 0)), int(asked.get(limit, 10))
        more = {offset: str(start + most), "continue": f"{offset}||"} if start + most < len(photos) else {}
        return photos[start : start + most], more

    def _id(self, photo: Photo) -> str:
        return self.catalogue.whole_number("commons", photo.number, 8)

    def _page(self, photo: Photo, base: str, informed: bool) -> dict[str, Any]:
        named = f"File:{title(self.catalogue, photo)}.jpg"
        page: dict[str, Any] = {
            "pageid": int(self._id(photo)),
            "ns": 6,
            "title": named,
        }
        if informed:
            page["imagerepository"] = "local"
            page["imageinfo"] = [self._info(photo, base, named)]
            page["coordinates"] = [
                {"lat": photo.lat_deg, "lon": photo.lon_deg, "primary": True, "globe": "earth"},
            ]
        return page

    def _info(self, photo: Photo, base: str, named: str) -> dict[str, Any]:
        """What is told of a file; not its length and its hash, which would need it to be drawn already."""
        width, height = self.gallery.photo_size
        url, kind = LICENCES[photo.licence]
        user = quote(photo.author.replace(" ", "_"))
        told = {
            "DateTimeOriginal": f"{photo.captured} 12:00:00",
            "Artist": f'<a href="//commons.wikimedia.org/wiki/User:{user}">{html.escape(photo.author)}</a>',
            "LicenseShortName": photo.licence.removesuffix(" 1.0"),
            "LicenseUrl": url,
            "License": kind,
            "ObjectName": html.escape(named.removeprefix("File:").removesuffix(".jpg")),
        }
        return {
            "width": width,
            "height": height,
            "url": f"{base}commons/upload/{self._id(photo)}.jpg",
            "descriptionurl": f"https://commons.wikimedia.org/wiki/{quote(named.replace(' ', '_'))}",
            "mime": "image/jpeg",
            "extmetadata": {name: {"value": value, "source": "commons-desc-page"} for name, value in told.items()},
        }
