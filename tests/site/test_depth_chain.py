"""The page of depth chains, from records alone."""

import dataclasses

import pytest

from c2c.records import Finding, Panel, ProbeRecord, Trial, write_record
from c2c.site import build_site
from c2c.site.depth_chain import chains_of
from c2c.site.galleries import galleries_of
from c2c.site.placing import Placer
from c2c.site.reading import read_run

FOLDER = "pictures/depth_chain/paris-to-burano/128"
SAID = {
    "true": "true depth",
    "predicted": "predicted depth",
    "shuffled": "another picture's depth",
    "blank": "no depth anywhere",
}
ERRORS = {"true": 0.8, "predicted": 1.0, "shuffled": 1.2, "blank": 1.5}


@pytest.fixture
def score(make):
    """A function that makes a score with its interval."""

    def of(metric, value, against="dressed truth"):
        found = make.score(metric, value)
        return dataclasses.replace(found, against=against, interval=(value * 0.9, value * 1.1))

    return of


@pytest.fixture
def probe(make, score):
    """A chain that keeps half of what the right depth is worth."""
    outputs = {"true": "truth", "predicted": "fake", "shuffled": "fake", "blank": "probes/blank"}
    return ProbeRecord(
        probe="chain",
        approach="depth_chain",
        approach_kind="depth_chain",
        direction="paris-to-burano",
        source="paris",
        target="burano",
        size=128,
        metric="perceptual",
        trials=tuple(Trial(f, SAID[f], (score("l1", v / 8), score("perceptual", v))) for f, v in ERRORS.items()),
        findings=(
            Finding("lost to the predicted depth", 0.2, (0.15, 0.25), "one error less another"),
            Finding("left to the renderer", 0.8, (0.7, 0.9), "the error with true depth"),
            Finding("share of the predicted depth", 0.2, (0.15, 0.25), "a share"),
            Finding("worth of depth that is kept", 0.5, (0.4, 0.6), "another share"),
        ),
        depth_scores=(score("abs_rel", 0.22, "truth"), score("rmse_m", 8.8, "truth")),
        panels=(
            Panel("input", "image", f"{FOLDER}/real", "real"),
            Panel("truth", "depth", f"{FOLDER}/depth", "true depth"),
            Panel("middle", "depth", f"{FOLDER}/depth", "predicted depth"),
            *(Panel("output", "image", f"{FOLDER}/{outputs[f]}", f"generated from {SAID[f]}") for f in SAID),
            Panel("truth", "image", f"{FOLDER}/truth", "the true picture"),
        ),
        pictures=make.STEMS[:3],
        provenance=make.WHERE,
    )


@pytest.fixture
def chain(own_run):
    """A function that gives the one chain of a run with this probe, or with none."""

    def of(record=None):
        if record:
            write_record(own_run / "records", record)
        run, placer = read_run(own_run), Placer(own_run, own_run / "site")
        (found,) = chains_of(run, galleries_of(run, placer), placer)
        return found

    return of


def test_each_street_shows_every_depth_above_what_was_drawn_from_it(chain, probe):
    streets = chain(probe).streets
    first, *steps = streets[0].steps

    assert [street.stem for street in streets] == list(probe.pictures)
    assert (first.fed.badge, first.drawn.badge) == ("Real", "Ground truth")
    assert [step.title for step in steps] == [
        "True depth", "Predicted depth: the chain", "Another picture's depth", "No depth",
    ]  # fmt: skip
    assert [step.fed.badge if step.fed else step.fed_is for step in steps] == [
        "True depth", "Predicted depth", "the depth of another test picture", "an empty depth map",
    ]  # fmt: skip
    assert [step.drawn.badge for step in steps] == ["Generated"] * 4
    assert [step.drawn.picture.shown for step in steps] == [True, True, True, False]  # pictures/…/blank is not there
    assert [step.chain for step in steps] == [False, True, False, False]
    assert (steps[0].value_is, steps[0].value) == ("Perceptual", "0.640")  # of this picture alone


def test_what_the_right_depth_is_worth_is_told_once(chain, probe):
    found = chain(probe)

    assert found.kept == "50%"
    assert found.kept_is == "of what the right depth is worth survives its prediction (40% to 60%)"
    assert not any("50%" in sentence for sentence in found.found)


def test_no_share_is_told_where_the_interval_leaves_it_open(chain, probe):
    wide = tuple(
        dataclasses.replace(finding, interval=(-1.0, 0.9)) if "worth" in finding.name else finding
        for finding in probe.findings
    )
    found = chain(dataclasses.replace(probe, findings=wide))

    assert found.kept == ""
    assert found.found[-1].endswith("but too little to share out.")


def test_on_the_ruler_the_chain_stands_between_true_and_wrong_depth(chain, probe):
    found = chain(probe)
    places = {rung.fed: rung.mark.at for rung in found.rungs}

    assert places["true depth"] < places["predicted depth"] < places["another picture's depth"]
    assert found.guides == (places["true depth"], places["another picture's depth"])
    assert [rung.fed for rung in found.rungs if rung.chain] == ["predicted depth"]


def test_errors_of_depth_are_the_chain_s_own_and_those_of_the_run_s_depth_networks(chain, probe, own_run, make, score):
    depth = score("abs_rel", 0.2, "truth"), score("delta_1.25", 0.7, "truth")
    make.scored(own_run, "paris-depth", "pix2pix", "paris", "paris", 128, depth)
    found = chain(probe)

    assert [column.name for column in found.error_columns] == ["AbsRel", "RMSE, metres", "δ < 1.25"]
    rows = {row.name: [value and value.text for value in row.numbers] for row in found.errors}
    assert rows == {"In this chain": ["0.220", "8.80", None], "paris-depth": ["0.200", None, "0.700"]}


def test_a_chain_without_a_probe_shows_its_steps_and_says_what_is_not_known(chain):
    found = chain()

    assert [step.title for step in found.streets[0].steps] == [
        "Test picture, true picture",
        "Predicted depth: the chain",
    ]
    assert found.streets[0].steps[1].fed.badge == "Predicted depth"
    assert "what its depth is worth is not known" in found.found[0]
    assert found.rungs == found.errors == ()


def test_the_page_has_its_pictures_numbers_and_one_legend_of_depth(own_run, probe, read_page):
    write_record(own_run / "records", probe)
    build_site(own_run)
    page = read_page(own_run / "site" / "depth-chain.html")

    assert "50% of what the right depth is worth survives its prediction (40% to 60%)" in page.words
    assert {"href": "records/probe-depth-chain-paris-to-burano-128.json"} in page.all("a")
    assert page.markup.count('id="depth-colours-') == 1
    assert "chain-depth_chain-paris-to-burano-street-000" in page.ids


def test_a_run_without_a_depth_chain_has_no_such_page(own_run):
    for path in (own_run / "records").glob("*depth?chain*"):
        path.unlink()
    site = build_site(own_run).page.parent

    assert not (site / "depth-chain.html").exists()
