"""What the approach page tells of a look inside, from records alone."""

import dataclasses

import pytest

from c2c.records import Finding, Panel, ProbeRecord, Trial, write_record
from c2c.site import build_site
from c2c.site.placing import Placer
from c2c.site.probes import probes_of
from c2c.site.reading import read_run

DEFINITION = "one error less another"


@pytest.fixture
def score(make):
    """A function that makes a score with its interval."""

    def of(metric, value, against="input"):
        found = make.score(metric, value)
        return dataclasses.replace(found, against=against, interval=(value * 0.9, value * 1.1))

    return of


@pytest.fixture
def cycle(make, score):
    """The probe of CycleGAN from Paris to Burano: a third is hidden from noise, nothing from JPEG."""
    folder = "pictures/cyclegan/paris-to-burano/128"
    trials = (
        Trial("as trained", "the middle picture as the network made it", (score("l1", 0.08), score("perceptual", 0.9))),
        Trial("jpeg", "the middle picture as JPEG", (score("l1", 0.081),), score("l1", 0.085)),
        Trial("noise", "the middle picture with noise", (score("l1", 0.12),), score("l1", 0.09)),
        Trial("other", "another picture's middle", (score("l1", 0.17),)),
    )
    return ProbeRecord(
        probe="cycle",
        approach="cyclegan",
        approach_kind="cyclegan",
        direction="paris-to-burano",
        source="paris",
        target="burano",
        size=128,
        metric="l1",
        trials=trials,
        findings=(
            Finding("hidden share, jpeg", -0.002, (-0.01, 0.006), DEFINITION),
            Finding("hidden share, noise", 1 / 3, (0.25, 0.42), DEFINITION),
        ),
        depth_scores=(),
        panels=(
            Panel("input", "image", f"{folder}/real", "real"),
            Panel("output", "image", f"{folder}/fake", "generated: the middle picture"),
            Panel("reconstruction", "image", f"{folder}/reconstructed", "reconstructed, as trained"),
            Panel("reconstruction", "image", f"{folder}/probes/noise", "reconstructed, noise in between"),
        ),
        pictures=make.STEMS,
        provenance=make.WHERE,
    )


@pytest.fixture
def chain(make, score, cycle):
    """The probe of the depth chain: it loses a fifth to the predicted depth."""
    errors = {"true": 0.8, "predicted": 1.0, "shuffled": 1.2, "blank": 1.5}
    said = {"true": "true depth", "predicted": "predicted depth", "shuffled": "another's depth", "blank": "no depth"}
    folder = "pictures/depth_chain/paris-to-burano/128"
    return dataclasses.replace(
        cycle,
        probe="chain",
        approach="depth_chain",
        approach_kind="depth_chain",
        metric="perceptual",
        trials=tuple(Trial(f, said[f], (score("perceptual", v, "dressed truth"),)) for f, v in errors.items()),
        findings=(
            Finding("lost to the predicted depth", 0.2, (0.15, 0.25), DEFINITION),
            Finding("left to the renderer", 0.8, (0.7, 0.9), DEFINITION),
            Finding("share of the predicted depth", 0.2, (0.15, 0.25), DEFINITION),
            Finding("worth of depth that is kept", 0.5, (0.4, 0.6), DEFINITION),
        ),
        depth_scores=(score("abs_rel", 0.22, "truth"), score("rmse_m", 8.8, "truth")),
        panels=(
            Panel("input", "image", f"{folder}/real", "real"),
            Panel("middle", "depth", f"{folder}/depth", "predicted depth"),
        ),
    )


@pytest.fixture
def told(own_run):
    """A function that gives what the one probe of a record tells."""

    def tell(record):
        write_record(own_run / "records", record)
        placer = Placer(own_run, own_run / "site")
        (probe,) = probes_of(read_run(own_run), record.approach, placer)
        return probe

    return tell


def replaced(record, **values):
    """A record with other values of some findings, by the beginning of their names; None takes the interval too."""
    findings = tuple(
        next(
            (Finding(f.name, v[0], v[1], f.definition) for name, v in values.items() if f.name.startswith(name)),
            f,
        )
        for f in record.findings
    )
    return dataclasses.replace(record, findings=findings)


def test_the_share_that_was_hidden_is_told_with_its_interval_and_what_cost_nothing_is_told_too(told, cycle):
    found = told(cycle).found

    assert found[0] == "There and back, a picture comes back 0.0800 away from itself (0.0720 to 0.0880) (L1)."
    assert found[1] == "JPEG takes nothing away that the way back needs."
    assert found[2] == (
        "Noise that the eye hardly sees takes away 33% (25% to 42%) of what the way back knows of its picture."
    )


def test_a_cycle_that_brings_nothing_back_hides_nothing(told, cycle):
    found = told(replaced(cycle, hidden=(None, None))).found

    assert found[-1] == "What comes back is no nearer to its own picture than to another, so nothing can be hidden."


def test_a_trial_without_a_number_has_a_gap_and_no_number_is_minus_nought(told, cycle):
    probe = told(cycle)
    rows = {row.fed: row.numbers for row in probe.rows}

    assert [column.name for column in probe.columns] == ["L1", "Perceptual", "L1, harmed after", "Hidden share"]
    assert [value and value.text for value in rows["another picture's middle"]] == ["0.170", None, None, None]
    assert rows["the middle picture as JPEG"][3].text == "0%"
    assert rows["the middle picture with noise"][2].text == "0.0900"


def test_a_chain_says_what_each_half_loses(told, chain):
    words = " ".join(told(chain).found)

    assert "0.200 (0.150 to 0.250), or 20%, comes from the predicted depth; 0.800 stays with the true depth" in words
    assert "the predicted one keeps 50% (40% to 60%)" in words
    assert "The predicted depth itself: AbsRel 0.220, RMSE 8.80 m." in words


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("lost", (0.01, (-0.02, 0.04)), "with the true depth it draws no better than with the predicted one"),
        ("worth", (None, None), "It draws no better from a picture's own depth than from another's."),
        ("worth", (-2.0, (-5.0, 0.7)), "but too little to share out"),
    ],
)
def test_a_chain_claims_no_more_than_its_intervals_allow(told, chain, name, value, words):
    assert words in " ".join(told(replaced(chain, **{name: value})).found)


def test_without_true_depth_the_halves_are_not_told_apart(told, chain):
    finding = Finding("worth of the predicted depth", 0.1, (0.05, 0.15), DEFINITION)
    record = dataclasses.replace(chain, findings=(finding,), depth_scores=())

    assert told(record).found == (
        "Worth of the predicted depth: 0.100 (0.0500 to 0.150) in perceptual distance. "
        "The true depth is not known, so the halves cannot be told apart.",
    )


def test_the_page_shows_table_and_pictures_and_every_number_links_to_its_record(own_run, cycle, chain, read_page):
    for record in (cycle, chain):
        write_record(own_run / "records", record)
    build_site(own_run)

    page = read_page(own_run / "site" / "approach-cyclegan.html")
    assert "probe-paris-to-burano-128" in page.ids
    assert {"href": "records/probe-cyclegan-paris-to-burano-128.json"} in page.all("a")
    assert "The way back, fed with the middle picture" in page.words
    alts = [image["alt"] for image in page.all("img")]
    assert "Generated: the middle picture, picture street-000" in alts
    assert "Reconstructed, noise in between, picture street-000: no file" in page.markup
    other = read_page(own_run / "site" / "approach-depth_chain.html")
    assert "comes from the predicted depth" in other.words
    assert {"href": "depth-chain.html#chain-depth_chain-paris-to-burano"} in other.all("a")
    assert 'id="probes"' not in (own_run / "site" / "approach-pix2pix.html").read_text(encoding="utf-8")
