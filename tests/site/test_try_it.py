import pytest

from c2c.records.graphs import Graph, graph_file, write_graph_facts
from c2c.site import build_site
from c2c.site.placing import Placer
from c2c.site.reading import read_run
from c2c.site.runtime import LICENCE, SCRIPT, VERSION
from c2c.site.try_it import TryIt, trial_of

NASTY = 'a "b" <i>|,’é'


def graph(approach="cyclegan", source="paris", target="burano", **changes):
    known = {
        "approach_kind": "cyclegan",
        "direction": f"{source}-to-{target}",
        "trained_size": 128,
        "multiple_px": 4,
        "shortest_px": 16,
        "size_bytes": 7,
        "sha256": "ab" * 32,
        "made_from": "a checkpoint",
    }
    return Graph(approach=approach, source=source, target=target, **{**known, **changes})


@pytest.fixture
def build(own_run, tmp_path):
    """Builds the whole run's site with a page for some graphs; what runs them is no more than a name here."""
    runtime = {name: tmp_path / name for name in (SCRIPT, "run.wasm", LICENCE)}
    for path in runtime.values():
        path.write_text("it runs")

    def build(*graphs):
        for each in graphs:
            file = graph_file(own_run, each.approach, each.direction)
            file.parent.mkdir(exist_ok=True)
            file.write_text("a graph")
            write_graph_facts(file, each)
        return build_site(own_run, try_it=TryIt(graphs, runtime)).page.parent

    return build


@pytest.fixture
def try_out(own_run, tmp_path):
    """What the page of one graph holds, without building the site."""

    def try_out(graph):
        file = graph_file(own_run, graph.approach, graph.direction)
        file.parent.mkdir(exist_ok=True)
        file.write_text("a graph")
        return trial_of(TryIt((graph,), {}), read_run(own_run), Placer(own_run, tmp_path / "site"))

    return try_out


def options(page):
    return [option for option in page.all("option") if "data-sizes" in option]


def test_without_being_asked_for_there_is_no_such_page(whole_run):
    site = whole_run / "site"

    assert not [name for name in ("try.html", "networks", "runtime") if (site / name).exists()]
    assert "try.html" not in (site / "index.html").read_text()


def test_the_page_has_every_network_and_all_that_it_needs_lies_in_the_site(build, read_page, broken_references):
    site = build(graph(), graph(source="burano", target="paris"))
    page = read_page(site / "try.html")

    assert "CycleGAN: Paris → Burano" in page.words
    assert [option["value"] for option in options(page)] == [
        "networks/cyclegan-paris-to-burano.onnx",
        "networks/cyclegan-burano-to-paris.onnx",
    ]
    assert (site / "networks" / "cyclegan-paris-to-burano.onnx").read_text() == "a graph"
    assert sorted(path.name for path in (site / "runtime").iterdir()) == sorted([SCRIPT, "run.wasm", LICENCE])
    assert f"onnxruntime-web {VERSION}" in page.words
    assert broken_references(site, read_page) == []


def test_a_build_without_it_takes_all_of_it_away_again(build, own_run):
    site = build(graph())
    build_site(own_run)

    assert not [path for name in ("try.html", "networks", "runtime") for path in site.glob(f"{name}/*")]
    assert graph_file(own_run, "cyclegan", "paris-to-burano").is_file()


def test_the_policy_lets_the_page_speak_to_its_own_site_only(build, read_page):
    page = read_page(build(graph()) / "try.html")
    (policy,) = [meta["content"] for meta in page.all("meta") if "http-equiv" in meta]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'self'"
    assert rules["form-action"] == "'none'"
    assert "'unsafe" not in policy
    assert "http" not in policy
    assert not any("style" in attributes for _, attributes in page.tags)


@pytest.mark.parametrize(
    ("facts", "sizes", "first"),
    [
        ({}, [128, 256, 512], "128 px, as trained"),
        ({"trained_size": 512, "multiple_px": 256}, [512, 1024], "512 px, as trained"),
        ({"trained_size": 130, "multiple_px": 4}, [132, 260, 520], "132 px"),
        ({"trained_size": 8, "multiple_px": 4}, [16, 32], "16 px"),
        ({"trained_size": 2048}, [2048], "2048 px, as trained"),
    ],
)
def test_sizes_are_the_trained_one_and_larger_ones_that_the_network_takes(facts, sizes, first, try_out):
    (network,) = try_out(graph(**facts)).networks

    assert [size.px for size in network.sizes] == sizes
    assert network.sizes[0].label == first


def test_test_pictures_of_the_source_can_be_tried_and_are_marked_real(try_out):
    examples = try_out(graph()).examples

    assert [example.city for example in examples] == ["paris"] * 4
    for example, number in zip(examples, range(4), strict=True):
        assert example.picture.alt == f"Real: a test picture of Paris, street-00{number}"
        assert "/input" in example.picture.original or "/real" in example.picture.original


def test_a_network_whose_pictures_are_not_there_has_no_examples(try_out):
    assert try_out(graph(approach="other", source="rome")).examples == ()


def test_names_are_text_only(build, read_page, broken_references):
    site = build(graph(approach=NASTY, source="<b>x</b>", target="y", direction="x-to-y"))
    page = read_page(site / "try.html")

    assert not page.all("b")
    assert not page.all("i")
    assert NASTY in page.text
    assert "|" not in options(page)[0]["data-save-as"]
    assert [href for _, href in broken_references(site, read_page) if not href.startswith("approach-")] == []


def test_from_a_file_it_says_why_not_and_what_to_do(build, browser):
    site = build(graph())
    browser.get((site / "try.html").as_uri())
    said = browser.find_element("id", "from-file")

    assert said.is_displayed()
    assert "browsers let no page load a network from there" in said.text
    assert f'c2c serve "{site}"' in said.text
    assert not browser.find_element("id", "tool").is_displayed()
    assert browser.get_log("browser") == []


def test_without_scripts_it_says_so_and_the_test_pictures_are_there(build, browser):
    site = build(graph())
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get((site / "try.html").as_uri())
        assert "Translating needs scripts" in browser.find_element("css selector", "main").text
        assert len([i for i in browser.find_elements("css selector", ".try-examples img") if i.is_displayed()]) == 4
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
