import dataclasses

import pytest

from c2c.records import CheckedQuality
from c2c.site import build_site
from c2c.site.checks import FILE, checks_of, percent
from c2c.site.reading import read_run


@pytest.fixture
def check(tmp_path, make):
    """What the page shows of some cases."""

    def made(*cases):
        make.write_check(tmp_path, *cases)
        (found,) = checks_of(read_run(tmp_path))
        return found

    return made


def test_what_asks_for_action_comes_first(check, make):
    found = check(make.checked("a", "tie", 0.0), make.checked("b", "failed"), make.checked("c", "worse", 0.2))

    assert [row.name for row in found.rows] == ["c", "b", "a"]
    assert found.title == "1 worse and 1 failed"
    assert [(verdict, count) for verdict, count, _ in found.counts] == [("worse", "1"), ("failed", "1"), ("tie", "1")]


def test_the_title_never_says_that_nothing_is_worse_where_nothing_was_measured(check, make):
    assert check().title == "Nothing was measured"
    assert check(make.checked("a", "skipped", reason="no CUDA device")).title == "Nothing was measured"
    assert check(make.checked("a", "tie", 0.0)).title == "Nothing is worse"
    assert check(make.checked("a", "inconclusive", 0.04)).title == "Nothing is worse, 1 undecided"


def test_pictures_that_got_worse_or_more_memory_are_in_the_title_too(tmp_path, make):
    quality = CheckedQuality("cut", "paris-to-burano", "kid", "worse", "", 0.5, 0.7, (0.1, 0.3), 0.05)
    greedy = make.checked("a", "tie", 0.0, memory="worse")
    make.write_check(tmp_path, greedy, quality=(quality,))
    (found,) = checks_of(read_run(tmp_path))

    assert found.title == "1 worse and 1 with more memory"
    assert [(row.name, row.verdict, row.interval, row.chance) for row in found.quality] == [
        ("cut, paris-to-burano, KID", "worse", "0.100 to 0.300", "0.0500")
    ]


def test_a_change_of_cost_is_written_with_its_sign_and_its_interval(check, make):
    (row,) = check(make.checked("a", "worse", 0.102)).rows

    assert (row.effect, row.interval, row.threshold) == ("+10.2%", "+7.2% to +13.2%", "5.0%")
    assert (percent(-0.031), percent(0.0), percent(None)) == ("−3.1%", "0.0%", "–")


def test_both_distributions_and_the_noise_are_drawn(check, make):
    (case,) = check(make.checked("a", "worse", 0.1)).told
    blocks, rounds = case.plots

    assert [row.name for row in blocks.numbers.rows] == ["Before", "After"]
    assert [row.name for row in rounds.numbers.rows] == ["Before against itself", "After against before"]
    assert [row.values[-1][0] for row in rounds.numbers.rows] == ["9", "9"]


def test_a_case_without_samples_is_named_and_has_no_plots(check, make):
    found = check(make.checked("gone", "missing", reason="only the version before has it"))

    assert [(row.name, row.anchor, row.effect) for row in found.rows] == [("gone", "", "–")]
    assert (found.told, found.ties, found.effects) == ((), (), None)


def test_skipped_cases_stand_together_by_reason_and_not_among_the_verdicts(check, make):
    found = check(*(make.checked(name, "skipped", reason="no CUDA device") for name in "ab"))

    assert found.rows == ()
    assert [(one.reason, one.cases) for one in found.skipped] == [("no CUDA device", ("a", "b"))]


def test_a_changed_output_is_marked_whatever_the_speed(check, make):
    gates = check(
        make.checked("changed", "better", -0.2, output_difference=0.004),
        make.checked("same", "tie", 0.0, output_difference=0.0),
        make.checked("unknown", "tie", 0.0, memory=""),
    ).gates

    assert [(gate.name, gate.change, gate.changed) for gate in gates] == [
        ("changed", "0.004", True),
        ("same", "none", False),
    ]


def test_the_page_of_the_whole_run_links_every_number_to_the_record(pages):
    page = pages[FILE]

    assert "1 worse and 1 missing" in page.words
    assert "Skipped" not in page.words
    assert "No CUDA device: resnet 128 batch 1 cuda" in page.words
    assert "The working tree has changes that are not committed." in page.words
    assert "records/check.json" in {link.get("href") for link in page.all("a")}
    assert "Check" in pages["index.html"].words


def test_a_folder_with_nothing_but_a_check_has_a_site(tmp_path, make, read_page, broken_references):
    make.write_check(tmp_path, make.checked("<b>a</b>", "worse", 0.2), make.checked("b", "tie", -0.01))
    site = build_site(tmp_path).page.parent

    assert "<b>a</b>" in read_page(site / FILE).words
    assert "Two versions of c2c They were timed in turns: see Check." in read_page(site / "index.html").words
    assert broken_references(site, read_page) == []


def test_a_run_without_a_check_has_no_such_page(small_run):
    assert not build_site(small_run).page.with_name(FILE).exists()


def test_a_commit_is_shortened_and_words_are_not(check, make, tmp_path):
    found = check(make.checked("a", "tie", 0.0))

    assert (found.before, found.after) == ("0123456789", "working tree")
    record = dataclasses.replace(make.write_check(tmp_path), after="fedcba9876543210")
    make.write_record(tmp_path / "records", record)
    assert checks_of(read_run(tmp_path))[0].after == "fedcba9876"
