"""A search page for a browser: hits that load as the reader scrolls, each with a landing page of its own."""

import html

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from c2c.collect.service.catalogue import Catalogue
from c2c.collect.service.gallery import Gallery
from c2c.collect.service.misbehaviour import Misbehaviours
from c2c.collect.service.offers import photo_route, title, with_words

BATCH = 6  # hits that come at once
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Toytown photos</title>
<style>
body {{ font: 16px sans-serif; margin: 1rem }}
#hits {{ display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem }}
.hit img {{ width: 100%; height: 220px; object-fit: cover; background: #ddd }}
</style></head><body>
<h1>Photos of {query}</h1>
<div id="hits"></div>
<button id="more" hidden>Show more</button>
<script>
const query = {query_json}, hits = document.getElementById("hits"), more = document.getElementById("more");
const blank = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
let start = 0, loading = false, ended = false;
const seen = new IntersectionObserver(entries => {{
  for (const entry of entries) if (entry.isIntersecting) {{
    entry.target.src = entry.target.dataset.src;
    seen.unobserve(entry.target);
  }}
}});
async function load() {{
  if (loading || ended) return;
  loading = true;
  const answer = await (await fetch("hits?start=" + start + "&q=" + encodeURIComponent(query))).json();
  for (const hit of answer.hits) {{
    const link = document.createElement("a"), picture = document.createElement("img");
    link.className = "hit"; link.href = hit.landing; link.dataset.full = hit.full;
    picture.src = blank; picture.dataset.src = hit.thumb; picture.alt = hit.title;
    link.append(picture); hits.append(link); seen.observe(picture);
  }}
  start += answer.hits.length;
  ended = start >= answer.total;
  more.hidden = ended || start % 18 !== 0;
  loading = false;
}}
const low = () => innerHeight + scrollY > document.body.scrollHeight - 100;
addEventListener("scroll", () => {{ if (more.hidden && low()) load(); }});
more.addEventListener("click", load);
load();
</script></body></html>
"""
LANDING = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>{title}</h1>
<img class="full" src="files/{number}.jpg" alt="{title}">
<p>By <span class="author">{author}</span>, <span class="licence">{licence}</span></p>
</body></html>
"""


def search_page_routes(catalogue: Catalogue, gallery: Gallery, misbehaviours: Misbehaviours) -> list[Route]:
    """The search page, below `/photos`: `/photos/search?q=WORDS`."""
    by_number = {str(photo.number): photo for photo in catalogue.photos}

    def page(request: Request) -> Response:
        query = request.query_params.get("q", "")
        return HTMLResponse(PAGE.format(query=html.escape(query), query_json=_script_text(query)))

    def hits(request: Request) -> Response:
        found = with_words(catalogue, catalogue.photos, request.query_params.get("q", ""))
        start = request.query_params.get("start", "0")
        first = int(start) if start.isdigit() else 0
        listed = [
            {
                "title": title(catalogue, photo),
                "landing": f"{photo.number}",
                "thumb": f"files/{photo.number}.jpg",
                "full": f"files/{photo.number}.jpg",
            }
            for photo in found[first : first + BATCH]
        ]
        return JSONResponse({"total": len(found), "hits": listed})

    def landing(request: Request) -> Response:
        photo = by_number.get(request.path_params["number"])
        if photo is None:
            return HTMLResponse("<!doctype html><title>Not found</title><p>There is no such photo.", 404)
        told = {"title": title(catalogue, photo), "author": photo.author, "licence": photo.licence}
        shown = {name: html.escape(text) for name, text in told.items()}
        return HTMLResponse(LANDING.format(number=photo.number, **shown))

    return [
        Route("/search", page),
        Route("/hits", hits),
        photo_route("/files/{id}.jpg", gallery, misbehaviours, by_number.get),
        Route("/{number}", landing),
    ]


def _script_text(text: str) -> str:
    """A text as a literal of a script that stands in a page."""
    quoted = text.translate({ord(c): f"\\u{ord(c):04x}" for c in "\\\"'<>&\n\r\u2028\u2029"})
    return f'"{quoted}"'
