import hashlib
import json

import pytest

from c2c.errors import VotesError
from c2c.recipe.references import COPY, REAL
from c2c.records import Duel, read_record, write_record
from c2c.site import build_site
from c2c.site.reading import Filed, read_run
from c2c.site.study import study_of
from c2c.site.study_results import results_in, share_of
from c2c.site.votes import add_up, read_votes


@pytest.fixture(scope="module")
def study(whole_run):
    return study_of(read_run(whole_run))


@pytest.fixture
def hand_in(study, tmp_path):
    """Writes a votes file; what is not said is as it should be."""

    def write(**said):
        usual = {"format": "c2c votes", "version": 1, "study": study.id, "seed": 7, "session": "one"}
        text = json.dumps({**usual, "voter": "", "pictures": [], "pairs": [], **said})
        path = tmp_path / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
        path.write_text(text)
        return path

    return write


def group_of(study, subject, direction="", city=""):
    return next(
        group
        for group in study.groups
        if group.subject == subject and direction in ("", group.direction) and city in ("", group.city)
    )


def said(group, count, real, city):
    return [{"picture": p.id, "real": real, "city": city, "seconds": 2.0} for p in group.pictures[:count]]


def chosen(winner, loser, count):
    pairs = zip(winner.pictures[:count], loser.pictures[:count], strict=True)
    return [{"direction": "paris-to-burano", "chosen": a.id, "other": b.id, "seconds": 1.0} for a, b in pairs]


def tallied(study, make, *paths):
    return add_up(study, [read_votes(path, study) for path in paths], make.WHERE)


def tally(record, subject, direction="", city="burano"):
    return next(t for t in record.tallies if (t.subject, t.direction, t.city) == (subject, direction, city))


def test_answers_are_counted_by_what_made_the_pictures(study, make, hand_in):
    ours, real = group_of(study, "cyclegan", "paris-to-burano"), group_of(study, REAL, city="burano")
    answers = [*said(ours, 2, True, "burano"), *said(ours, 3, False, "paris")[2:], *said(real, 4, True, "burano")]
    record = tallied(study, make, hand_in(pictures=answers))

    generated, true = tally(record, "cyclegan", "paris-to-burano"), tally(record, REAL)
    assert (generated.answers, generated.taken_for_real, generated.cities) == (3, 2, {"burano": 2, "paris": 1})
    assert (true.answers, true.taken_for_real, true.seconds) == (4, 4, 2.0)
    assert tally(record, "neural_style", "paris-to-burano").answers == 0
    assert (record.voters, record.files[0].answers, record.files[0].repeated) == (1, 7, 0)


def test_pairs_are_counted_by_who_won(study, make, hand_in):
    ours, copy, real = (
        group_of(study, "cyclegan", "paris-to-burano"),
        group_of(study, REAL, city="paris"),
        group_of(study, REAL, city="burano"),
    )
    record = tallied(
        study, make, hand_in(pairs=[*chosen(real, ours, 3), *chosen(copy, ours, 1), *chosen(ours, copy, 4)])
    )

    where = ("paris-to-burano", "paris", "burano")
    assert record.duels == (Duel(*where, "cyclegan", COPY, 3, 1), Duel(*where, "cyclegan", REAL, 0, 3))
    assert record.files[0].repeated == 1  # the same two pictures, asked again


def test_an_answer_counts_once_for_a_sitting_and_for_a_name(study, make, hand_in):
    ours = group_of(study, "cyclegan", "paris-to-burano")
    first, longer = hand_in(pictures=said(ours, 2, True, "burano")), hand_in(pictures=said(ours, 4, False, "paris"))
    ann = hand_in(session="two", voter="Ann", pictures=said(ours, 3, True, "burano"))
    ann_again = hand_in(session="three", voter=" ann ", pictures=said(ours, 3, True, "burano"))
    record = tallied(study, make, first, longer, ann, ann_again)

    found = tally(record, "cyclegan", "paris-to-burano")
    assert record.voters == 2
    assert (found.answers, found.taken_for_real) == (7, 3)  # the longer file of the sitting is the later one
    assert sum(file.repeated for file in record.files) == 5


def test_the_order_of_the_files_changes_nothing(study, make, hand_in):
    ours = group_of(study, "cyclegan", "paris-to-burano")
    paths = [hand_in(session=f"s{n}", voter="Ann", pictures=said(ours, 3, bool(n), "paris")) for n in range(2)]

    assert tallied(study, make, *paths) == tallied(study, make, *reversed(paths))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"format": "something else"}, "no votes file of c2c"),
        ({"version": 2}, "newer than 1"),
        ({"study": "0123456789abcdef"}, "other pictures"),
        ({"pictures": [{"picture": "0" * 16, "real": True, "city": "paris", "seconds": 1}]}, "does not ask about"),
        ({"pictures": [{"picture": 4}]}, "no whole votes file"),
        ({"pictures": "many"}, "no whole votes file"),
        ({"seed": -1}, "no whole votes file"),
        ({"session": ""}, "no whole votes file"),
        ({"voter": "x" * 200}, "no whole votes file"),
    ],
)
def test_a_file_that_cannot_be_counted_is_refused_with_its_reason(hand_in, study, changed, why):
    with pytest.raises(VotesError, match=why):
        read_votes(hand_in(**changed), study)


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '{"format": "c2c votes"'])
def test_what_is_no_whole_json_object_is_refused(tmp_path, study, text):
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(VotesError, match="no votes file"):
        read_votes(tmp_path / "bad.json", study)


def test_a_huge_or_missing_file_is_refused(tmp_path, study):
    (tmp_path / "huge.json").write_bytes(b" " * 5_000_000)
    with pytest.raises(VotesError, match="larger than 4 MB"):
        read_votes(tmp_path / "huge.json", study)
    with pytest.raises(VotesError, match="cannot be read"):
        read_votes(tmp_path / "none.json", study)


def test_cities_and_pairs_that_the_study_does_not_ask_about_are_refused(hand_in, study):
    ours, other = group_of(study, "cyclegan", "paris-to-burano"), group_of(study, "cyclegan", "burano-to-paris")
    with pytest.raises(VotesError, match="names cities"):
        read_votes(hand_in(pictures=said(ours, 1, True, "atlantis")), study)
    with pytest.raises(VotesError, match="does not ask about"):
        read_votes(hand_in(pairs=chosen(ours, other, 1)), study)  # of another direction
    with pytest.raises(VotesError, match="of the same kind"):
        read_votes(hand_in(pairs=chosen(ours, ours, 1)), study)


def test_a_share_has_wilson_s_interval_and_none_of_nothing():
    assert (share_of(5, 10).text, share_of(5, 10).interval) == ("50%", "24 to 76%")
    assert share_of(0, 0) is None


def shown(record, study, subject):
    results = results_in(Filed(record, "votes.json"), study)
    return next(row for row in results.rows if row.name == subject and "→ Burano" in row.about)


def test_a_verdict_waits_for_enough_answers(study, make, hand_in):
    ours, real = group_of(study, "cyclegan", "paris-to-burano"), group_of(study, REAL, city="burano")

    def verdict(voters, taken):
        answers = [*said(ours, 6, taken, "burano"), *said(real, 6, True, "burano")]
        paths = [hand_in(session=f"{taken} {n}", pictures=answers) for n in range(voters)]
        return shown(tallied(study, make, *paths), study, "CycleGAN").verdict

    assert verdict(1, True) == "too few answers to tell"
    assert verdict(10, True) == "as often as real ones"
    assert verdict(1, False) == "less often than real ones"
    assert shown(tallied(study, make), study, "CycleGAN").verdict == "no answers yet"


def test_the_page_shows_the_results_after_a_click_and_each_links_to_the_record(own_run, make, hand_in, read_page):
    study = study_of(read_run(own_run))
    ours, real = group_of(study, "cyclegan", "paris-to-burano"), group_of(study, REAL, city="burano")
    path = hand_in(
        study=study.id, voter="<b>Ann</b>", pictures=said(ours, 3, True, "burano"), pairs=chosen(real, ours, 3)
    )
    write_record(own_run / "records", tallied(study, make, path))
    page = read_page(build_site(own_run).page.with_name("study.html"))

    assert "6 answers of 1 person" in page.words
    assert "100%44 to 100%" in page.words.replace(" 44", "44")
    assert "Real Burano over CycleGAN: 3 of 3 not told apart" in page.words
    assert {"href": "records/votes.json"} in page.all("a")
    assert "Ann" not in page.text
    assert "about other pictures" not in page.words


def test_votes_on_pictures_that_were_made_anew_are_shown_as_such(own_run, make, hand_in, read_page):
    study = study_of(read_run(own_run))
    write_record(own_run / "records", tallied(study, make, hand_in(study=study.id)))
    changed = own_run / "pictures" / "cyclegan" / "paris-to-burano" / "128" / "fake" / "street-000.png"
    changed.unlink()
    page = read_page(build_site(own_run).page.with_name("study.html"))

    assert "about other pictures than those of this site" in page.words


def test_a_record_of_votes_is_read_as_it_was_written(tmp_path, study, make, hand_in):
    ours = group_of(study, "cyclegan", "paris-to-burano")
    record = tallied(study, make, hand_in(voter="東京", pictures=said(ours, 2, True, "burano")))
    path = write_record(tmp_path, record)

    assert path.name == "votes.json"
    assert read_record(path) == record
