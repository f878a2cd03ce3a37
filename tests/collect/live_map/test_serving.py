import httpx
import pytest

from c2c.collect.live_map import serving
from c2c.collect.live_map.serving import Shown, application
from c2c.errors import CollectError
from c2c.loopback import served

TILES = "https://tile.example.org/{z}/{x}/{y}.png"


@pytest.fixture
def ask(crawl, tmp_path):
    """A function that asks the map of the crawl, with a Leaflet of one file."""
    (tmp_path / "leaflet.js").write_text("window.L = 1;")
    shown = Shown("paris", crawl.asked, {"leaflet.js": tmp_path / "leaflet.js"}, TILES, "their authors")
    with served(application(crawl.ledger, shown)) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client.get


def test_the_page_its_style_its_script_and_leaflet_are_served_under_their_types(ask):
    addresses = ("/", "/page.css", "/page.js", "/leaflet/leaflet.js")
    kinds = [ask(address).headers["content-type"].partition(";")[0] for address in addresses]

    assert kinds == ["text/html", "text/css", "text/javascript", "text/javascript"]


def test_what_is_not_of_the_page_is_not_served(ask):
    for address in ("/serving.py", "/page.html/..%2fserving.py", "/leaflet/leaflet.css", "/leaflet/..%2f..%2fx"):
        assert ask(address).status_code == 404


def test_the_crawl_is_described(ask):
    about = ask("/about.json").json()

    assert about["title"] == "paris"
    assert about["said"] == "Panoramax, 500 m around 48.8606, 2.3376"
    assert about["tiles"] == TILES


def test_each_change_is_told_once(ask, crawl):
    crawl.tell("a", 0, 0)
    first = ask("/dots.json").json()
    crawl.collect(("b", 10, 0))
    second = ask("/dots.json", params={"since": first["last"]}).json()

    assert [dot["id"] for dot in first["dots"]] == ["a"]
    assert [(dot["id"], dot["state"], dot["parent"]) for dot in second["dots"]] == [
        ("a", "done", None),
        ("b", "queued", "a"),
    ]
    assert second["counts"] == {"queued": 1, "claimed": 0, "done": 1, "failed": 0, "outside": 0}
    assert ask("/dots.json", params={"since": second["last"]}).json()["dots"] == []


def test_many_changes_are_told_in_parts(ask, crawl, monkeypatch):
    monkeypatch.setattr(serving, "MOST_DOTS", 2)
    crawl.tell("a", 0, 0)
    crawl.collect(*((f"b{index}", index, 0) for index in range(4)))
    seen, last = [], 0
    more = []
    while (answer := ask("/dots.json", params={"since": last}).json())["dots"]:
        seen += [dot["id"] for dot in answer["dots"]]
        more.append(answer["more"])
        last = answer["last"]

    assert seen == ["a", "b0", "b1", "b2", "b3"]
    assert more == [True, True, False]


@pytest.mark.parametrize("since", ["", "-1", "x", "1e9", "²", "9" * 40])
def test_a_moment_that_is_none_is_the_beginning(ask, crawl, since):
    crawl.tell("a", 0, 0)

    assert len(ask("/dots.json", params={"since": since}).json()["dots"]) == 1


def test_without_scripts_there_is_a_picture(ask, crawl):
    crawl.tell("a", 0, 0)
    picture = ask("/map.svg")

    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.count("<circle") == 2
    assert 'src="map.svg"' in ask("/").text


def test_the_page_may_load_nothing_from_elsewhere_but_the_tiles_that_were_asked_for(ask, crawl):
    assert "img-src 'self' data: https://tile.example.org;" in ask("/").headers["content-security-policy"]
    assert "http" not in Shown("paris", crawl.asked).headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("tiles", "origins"),
    [
        ("https://{s}.tile.example.org/{z}/{x}/{y}.png", [f"https://{name}.tile.example.org" for name in "abc"]),
        ("https://tile-{s}.example.org/{z}/{x}/{y}.png", [f"https://tile-{name}.example.org" for name in "abc"]),
        ("http://kärtchen.example.org:8080/{z}/{x}/{y}", ["http://xn--krtchen-5wa.example.org:8080"]),
    ],
)
def test_every_host_that_tiles_may_come_from_is_named_to_the_browser_in_ascii(crawl, tiles, origins):
    shown = Shown("paris", crawl.asked, tiles=tiles)
    with served(application(crawl.ledger, shown)) as address:
        policy = httpx.get(address, trust_env=False).headers["content-security-policy"]

    assert f"img-src 'self' data: {' '.join(origins)};" in policy


def test_what_is_wrong_with_the_ledger_is_told_to_the_page(ask, crawl, monkeypatch):
    def broken(*_):
        raise CollectError("The database went away.")

    monkeypatch.setattr(crawl.ledger, "dots", broken)
    for address in ("/dots.json", "/map.svg"):
        answer = ask(address)
        assert (answer.status_code, answer.text) == (503, "The database went away.")
        assert "img-src" in answer.headers["content-security-policy"]


def test_another_name_for_this_machine_is_refused(ask):
    assert ask("/dots.json", headers={"Host": "example.org"}).status_code == 400


@pytest.mark.parametrize(
    "tiles",
    [
        "tile.example.org/{z}/{x}/{y}",
        "https://tile.example.org/{z}/{x}",
        "file:///{z}{x}{y}",
        "https://a;script-src *;/{z}/{x}/{y}",
        "https://{x}.example.org/{z}/{x}/{y}",
        "https://user:word@tile.example.org/{z}/{x}/{y}",
    ],
)
def test_an_address_that_is_none_of_tiles_is_refused_with_an_example(crawl, tiles):
    with pytest.raises(CollectError, match="is no address of map tiles"):
        Shown("paris", crawl.asked, tiles=tiles)
