import json
from dataclasses import replace

import pytest

from c2c.records import Event, Sample, read_record, write_record
from c2c.site import build_site
from c2c.site.training import MOST_EVENTS, MOST_STEPS, evenly

CYCLEGAN, PIX2PIX = "approach-cyclegan.html", "approach-pix2pix.html"


@pytest.fixture
def rewritten(own_run, read_page):
    """Builds the site anew with other fields in the record of cyclegan's training, and reads its page."""

    def build(**fields):
        path = own_run / "records" / "training-cyclegan.json"
        write_record(own_run / "records", replace(read_record(path), **fields))
        return read_page(build_site(own_run).page.with_name(CYCLEGAN))

    return build


def charts(page):
    return [tag["aria-label"] for tag in page.all("svg") if " by step, " in tag.get("aria-label", "")]


def pictures(page):
    """The pictures of a page by the file that each opens."""
    around = zip(page.tags, page.tags[1:], strict=False)
    return {a["href"]: image for (outer, a), (inner, image) in around if (outer, inner) == ("a", "img")}


def badges(page):
    start = page.markup.index('id="samples"')
    return [piece.split("<")[0].replace("\xa0", " ") for piece in page.markup[start:].split('badge-output">')[1:]]


def test_the_best_step_is_marked_on_every_curve_of_validation_and_on_no_other(pages):
    marked = [label.split(" by step, ")[0] for label in charts(pages[CYCLEGAN]) if label.endswith("best, step 300")]

    assert marked == ["KID, mean", "KID, Burano → Paris", "KID, Paris → Burano"]
    assert pages[CYCLEGAN].markup.count(">best, step 300</text>") == 3


def test_learning_rate_and_gradient_norms_have_curves(pages):
    drawn = [label.split(" by step, ")[0] for label in charts(pages[CYCLEGAN])]

    assert drawn[-3:] == ["learning rate", "gradient norm, discriminators", "gradient norm, generators"]


def test_the_mean_of_one_direction_is_not_drawn_twice(pages):
    assert [label for label in charts(pages[PIX2PIX]) if "KID" in label] == [
        "KID by step, from 0.155 to 0.061; best, step 300"
    ]


def test_a_table_says_which_step_is_last_which_is_best_and_which_made_the_pictures(pages):
    page = pages[CYCLEGAN]

    assert "Last 400 0.0610 checkpoints/cyclegan/step-00000400" in page.words
    assert "Best made the pictures of this run 300 0.0535 checkpoints/cyclegan/best/step-00000300" in page.words
    assert '<td class="figure"><a href="records/training-cyclegan.json">0.0535</a></td>' in page.markup


def test_the_numbers_of_every_curve_stand_beside_it_and_link_to_the_record(pages):
    page = pages[CYCLEGAN]

    assert page.markup.count("<caption>") == len(charts(page)) == 10
    assert "Step KID, mean 50 0.155" in page.words
    assert page.markup.count('<a href="records/training-cyclegan.json">0.155</a>') >= 1


def test_the_steps_of_the_samples_are_told_to_the_slider(pages):
    (section,) = [tag for tag in pages[CYCLEGAN].all("section") if "data-steps" in tag]

    assert section["data-steps"] == "50 100 200 300 400"


def test_depth_is_judged_by_its_own_score(rewritten):
    page = rewritten(score_name="abs_rel", validation={"abs_rel": [(100, 0.5), (300, 0.25), (400, 0.3)]})

    assert "AbsRel says which step is best; lower is better." in page.words
    assert "AbsRel by step, from 0.5 to 0.3; best, step 300" in charts(page)


def test_where_directions_have_different_scores_their_mean_decides_and_comes_first(rewritten):
    curves = {"abs_rel burano-to-paris": [(100, 0.5)], "kid paris-to-burano": [(100, 0.25)], "score": [(100, 0.375)]}
    page = rewritten(score_name="score", validation=curves)

    assert [label.split(" by step, ")[0] for label in charts(page)[:3]] == [
        "Mean score", "AbsRel, Burano → Paris", "KID, Paris → Burano"
    ]  # fmt: skip
    assert "The mean score says which step is best; lower is better." in page.words


def test_what_was_noticed_is_told_with_its_step(pages):
    assert "Step 120 non-finite generator_ab was not a number" in pages[CYCLEGAN].words
    assert "Nothing out of the ordinary" not in pages[CYCLEGAN].words


def test_that_nothing_was_noticed_is_said_only_where_someone_watched(pages):
    assert "Nothing out of the ordinary was noticed." in pages[PIX2PIX].words
    assert "was noticed" not in pages["approach-depth_chain.html"].words


def test_of_many_events_the_first_are_told_and_the_rest_are_counted(rewritten):
    page = rewritten(events=tuple(Event(step, "non-finite", f"loss {step}.") for step in range(1, MOST_EVENTS + 8)))

    assert f"loss {MOST_EVENTS}." in page.words
    assert f"loss {MOST_EVENTS + 1}." not in page.words
    assert "and 7 more in the record" in page.words


def test_every_sample_is_in_the_site_and_says_that_it_is_generated_and_when(whole_run, pages):
    page, record = pages[CYCLEGAN], read_record(whole_run / "records" / "training-cyclegan.json")
    shown = pictures(page)

    for sample in record.samples:
        assert shown[f"pictures/{sample.output}"]["alt"].startswith(f"Generated at step {sample.step}: picture ")
        assert shown[f"pictures/{sample.input}"]["alt"].startswith("Real: picture ")
    assert badges(page) == [f"Generated, step {step}" for step in (50, 100, 200, 300, 400)] * 6


def test_a_row_begins_with_the_real_picture_and_loads_when_it_comes_into_view(pages):
    samples = {file: image for file, image in pictures(pages[CYCLEGAN]).items() if "/samples/" in file}

    assert ["/input/" in file for file in samples] == [True, False, False, False, False, False] * 6
    assert all(image["loading"] == "lazy" for image in samples.values())


def test_a_depth_map_of_16_bits_is_shown_in_colour_and_named_as_depth(pages):
    page = pages[PIX2PIX]
    coloured = [a["href"] for a in page.all("a") if "/samples/" in a.get("href", "") and "data-view" in a]

    assert coloured == [
        f"pictures/checkpoints/pix2pix/samples/input/paris-depth-to-image/{i:04d}.png" for i in range(3)
    ]
    assert page.words.count("Real depth") == 3 + 1  # and the input of the gallery
    assert "Depth, in metres" in page.words
    assert "Depth, in metres" not in pages[CYCLEGAN].words


def test_a_sample_that_is_missing_torn_outside_or_not_made_is_replaced_by_words(own_run, rewritten):
    folder, where = "checkpoints/cyclegan/samples", "paris-to-burano"
    (own_run / folder / "step-00000100" / where / "0001.png").unlink()
    (own_run / folder / "step-00000200" / where / "0001.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    record = read_record(own_run / "records" / "training-cyclegan.json")
    samples = [s for s in record.samples if (s.step, s.direction, s.picture) != (300, where, "0001")]
    page = rewritten(samples=(*samples, Sample(400, where, "secret", "../secret.png", "/etc/secret.png")))

    for words in ("no file", "not a whole picture", "none at this step", "lies outside the run's folder"):
        assert f"No picture: {words}" in page.words


def test_of_many_steps_an_even_choice_is_shown_with_the_first_and_the_last(rewritten, own_run):
    one = read_record(own_run / "records" / "training-cyclegan.json").samples[0]
    page = rewritten(samples=tuple(replace(one, step=step) for step in range(100, 10_001, 100)))

    assert len(badges(page)) == MOST_STEPS
    assert (badges(page)[0], badges(page)[-1]) == ("Generated, step 100", "Generated, step 10,000")
    assert f"{100 - MOST_STEPS} more steps are in the run's folder" in page.words


@pytest.mark.parametrize("count", [0, 1, 2, 23, 24, 25, 1000])
def test_an_even_choice_keeps_order_and_both_ends(count):
    chosen = evenly(list(range(count)), 24)

    assert len(chosen) == min(count, 24)
    assert chosen == sorted(set(chosen))
    assert chosen[:1] == list(range(count))[:1]
    assert chosen[-1:] == list(range(count))[-1:]


def test_the_log_and_the_number_of_processes_stand_among_the_facts(pages):
    assert "Processes 2" in pages[CYCLEGAN].words
    assert "Log checkpoints/cyclegan/log.jsonl" in pages[CYCLEGAN].words


def test_a_record_of_before_trainings_were_watched_still_has_its_page(own_run, read_page):
    path = own_run / "records" / "training-cyclegan.json"
    new = ("rates", "gradient_norms", "validation", "score_name", "last", "best", "translates", "events", "samples")
    old = {key: value for key, value in json.loads(path.read_text()).items() if key not in (*new, "log", "processes")}
    path.write_text(json.dumps(old))
    page = read_page(build_site(own_run).page.with_name(CYCLEGAN))

    assert [label.split(" by step, ")[0] for label in charts(page)] == [
        "cycle", "discriminator_a", "generator", "identity"
    ]  # fmt: skip
    assert not page.ids & {"validation", "noticed", "samples"}


def test_what_a_record_says_is_text_only(rewritten):
    nasty = "<b>x</b>"
    page = rewritten(
        events=(Event(1, nasty, nasty),),
        validation={nasty: [(1, 0.5)]},
        score_name=nasty,
        gradient_norms={nasty: [(1, 2.0)]},
    )

    assert not page.all("b")
    assert page.text.count(nasty) >= 5
