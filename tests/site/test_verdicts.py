"""What works, said from scores."""

import dataclasses

import pytest

from c2c.site.reading import read_run
from c2c.site.ruler import Ruler
from c2c.site.verdicts import works_of

REAL, COPY, COLOUR = "real-against-real", "copy-the-input", "colour-shift"


@pytest.fixture
def kid(make):
    """A function that makes KID of a value, sure to a hundredth unless said otherwise."""

    def of(value, sure=0.01, metric="kid"):
        drawn = tuple(value + sure * by for by in (-1, 1, -0.5, 0.5))
        found = dataclasses.replace(make.score(metric, value), interval=(value - 2 * sure, value + 2 * sure))
        return dataclasses.replace(found, draws=drawn)

    return of


@pytest.fixture
def works(make, tmp_path):
    """A function that tells what works among subjects with a score each."""

    def of(source="paris", target="burano", **scores):
        for name, score in scores.items():
            subject = name.replace("_", "-")
            kind = "" if subject in (REAL, COPY, COLOUR) else "cyclegan"
            make.scored(tmp_path / "run", subject, kind, source, target, 128, (score,))
        return works_of(read_run(tmp_path / "run"), {("one", "paris-to-burano"): "gallery-one.html"})

    return of


def test_what_is_nearer_than_the_untouched_input_what_may_be_chance_and_what_is_further_is_told_apart(works, kid):
    found = works(one=kid(0.1), two=kid(0.31, sure=0.2), three=kid(0.5), copy_the_input=kid(0.3))
    (verdict,) = found.verdicts

    assert found.headline == "What was tried does come nearer to the other city than the untouched input."
    assert verdict.said == (
        "one comes nearer to Burano than the untouched input.",
        "two cannot be told apart from it: the difference may be chance.",
        "three ends up further from Burano than it.",
    )
    said = {standing.name: standing.said for standing in verdict.standings}
    assert said["one"] == "nearer than untouched"
    assert said["two"] == "may be chance"
    assert said["three"] == "further than untouched"


def test_where_nothing_beats_the_untouched_input_that_is_said_first(works, kid):
    found = works(one=kid(0.5), two=kid(0.6), copy_the_input=kid(0.3), colour_shift=kid(0.2))

    assert found.headline == "Nothing that was tried comes nearer to the other city than the untouched input."
    assert found.verdicts[0].said == (
        "one and two end up further from Burano than the untouched input.",
        "Shifting the colours, which learns nothing, comes nearer than all of them.",
    )


def test_what_beats_shifted_colours_too_is_named(works, kid):
    found = works(one=kid(0.1), two=kid(0.25), copy_the_input=kid(0.3), colour_shift=kid(0.2))

    assert found.verdicts[0].said[-1] == "one also beats shifting the colours, which learns nothing."


def test_scores_by_another_protocol_do_not_stand_on_the_same_line(works, kid):
    other = dataclasses.replace(kid(0.01), protocol={"extractor": "other"}, fingerprint="other")
    found = works(one=kid(0.1), two=other, copy_the_input=kid(0.3))

    assert [standing.name for standing in found.verdicts[0].standings] == ["one", "Copy the input"]


def test_directions_are_counted(works, kid):
    works(one=kid(0.1), copy_the_input=kid(0.3))
    found = works("burano", "paris", one=kid(0.5), copy_the_input=kid(0.3))

    assert found.headline == (
        "In 1 of 2 directions, something comes nearer to the other city than the untouched input."
    )
    assert [verdict.direction for verdict in found.verdicts] == ["Burano → Paris", "Paris → Burano"]


def test_without_the_untouched_input_no_gain_is_claimed(works, kid):
    found = works(one=kid(0.1), real_against_real=kid(0.0))

    assert found.headline == ""
    assert found.verdicts[0].said == (
        "one reaches KID 0.100 (0.080 to 0.120).",
        "The untouched input was not scored beside it, so nobody knows whether anything was gained.",
    )


def test_depth_is_told_in_percent_of_the_distance(works, kid):
    depth = dataclasses.replace(kid(0.21, metric="abs_rel"), against="truth")
    found = works("paris", "paris", one=depth)

    assert found.headline == ""
    assert found.verdicts[0].said == ("The depth of one is off by 21% (19% to 23%) of the true distance, on average.",)
    assert found.verdicts[0].towards == "← nearer to the true depth"


def test_each_standing_links_to_its_gallery_and_its_record_and_references_frame_the_approaches(works, kid):
    found = works(one=kid(0.1), copy_the_input=kid(0.3), real_against_real=kid(0.0), colour_shift=kid(0.2))
    standings = found.verdicts[0].standings

    assert [standing.name for standing in standings] == [
        "Real against real", "one", "Shift the colours", "Copy the input",
    ]  # fmt: skip
    assert (standings[1].href, standings[1].record) == (
        "gallery-one.html",
        "records/score-one-paris-to-burano-128.json",
    )
    assert found.verdicts[0].guides == (standings[0].mark.at, standings[3].mark.at)


def test_trainings_that_were_not_repeated_are_called_so(make, works, kid, tmp_path):
    make.training(tmp_path / "run", "one", "cyclegan", names=("generator",))
    once = works(one=kid(0.1), copy_the_input=kid(0.3)).trust
    make.training(tmp_path / "run", "one-seed-2", "cyclegan", names=("generator",))
    twice = works(one=kid(0.1)).trust

    assert "another seed may end up elsewhere" in once[-1]
    assert not any("another seed" in sentence for sentence in twice)


def test_an_approach_whose_score_is_not_a_number_is_not_placed(works, kid):
    found = works(one=kid(float("nan")), two=kid(0.1), copy_the_input=kid(0.3))

    assert [standing.name for standing in found.verdicts[0].standings] == ["two", "Copy the input"]


def test_nothing_works_where_nothing_is_scored(works):
    assert works() is None


def test_a_ruler_places_values_and_their_intervals_from_left_to_right(make):
    low = dataclasses.replace(make.score("kid", 0.0), interval=(-1.0, 1.0))
    high = dataclasses.replace(make.score("kid", 9.0), interval=(8.0, 9.0))
    ruler = Ruler.over([low, high])

    assert ruler.mark(low).low == pytest.approx(100 * 0.04 / 1.08, abs=0.01)
    assert ruler.mark(low).low < ruler.mark(low).at < ruler.mark(low).high < ruler.mark(high).low
    assert ruler.mark(high).at == ruler.mark(high).high
    assert ruler.mark(dataclasses.replace(low, value=float("nan"))) is None


def test_a_ruler_of_one_value_or_none_has_room(make):
    one = dataclasses.replace(make.score("kid", 0.5), interval=None)

    assert Ruler.over([one]).mark(one).at == 50
    assert Ruler.over([]) == Ruler(0.0, 1.0)
