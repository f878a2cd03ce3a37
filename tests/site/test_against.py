import json
import shutil

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from c2c.cli import main
from c2c.records import Score, read_record, write_record
from c2c.site import build_site
from c2c.site.against import moved_between
from c2c.site.placing import Placer
from c2c.site.reading import read_run


@pytest.fixture
def other(own_run, tmp_path):
    """A second run, the same as the first."""
    shutil.copytree(own_run, tmp_path / "other")
    return tmp_path / "other"


@pytest.fixture
def moved(own_run, other, tmp_path):
    """Says what moved since the other run."""
    return lambda: moved_between(read_run(other), read_run(own_run), Placer(own_run, tmp_path / "site"))


def change_score(run, make, **changed):
    """Give one KID of a run another value and draws."""
    path = run / "records" / "score-cyclegan-paris-to-burano-128.json"
    data = json.loads(path.read_text())
    data["scores"][0] |= changed
    path.write_text(json.dumps(data))
    return read_record(path)


def paint(run, number, colour):
    """Draw one translation of a run in one colour."""
    path = run / "pictures" / "cyclegan" / "paris-to-burano" / "128" / "fake" / f"street-{number:03d}.png"
    path.unlink()
    Image.new("RGB", (128, 128), colour).save(path)


def test_of_two_equal_runs_nothing_moved(moved):
    found = moved()

    assert "0 became better and 0 worse" in found.sentence
    assert "0 of 42 pictures are not the same" in found.sentence
    assert found.unchanged > 20
    assert (found.numbers, found.ties, found.times, found.settings, found.pictures) == ((), (), (), (), ())
    assert (found.only_before, found.only_after) == ((), ())


def test_a_change_beyond_the_interval_of_its_draws_is_told_and_one_within_is_not(own_run, other, moved, make):
    wobble = [0.001 * float(np.sin(n)) for n in range(200)]
    change_score(other, make, value=0.061, draws=[0.061 + w for w in wobble])
    change_score(own_run, make, value=0.041, draws=[0.041 - w for w in wobble])
    (number,) = moved().numbers

    assert (number.before, number.after, number.outcome) == ("0.0610", "0.0410", "better")
    assert number.change.startswith("−0.02")
    assert number.before_href == "against/records/score-cyclegan-paris-to-burano-128.json"

    change_score(own_run, make, value=0.0605, draws=[0.0605 - w for w in wobble])
    found = moved()
    assert found.numbers == ()
    assert [tie.outcome for tie in found.ties] == ["tie"]


def test_scores_that_were_measured_otherwise_are_not_compared(own_run, moved, make):
    change_score(own_run, make, value=0.01, fingerprint="another", protocol={"extractor": "another"})
    found = moved()

    assert found.numbers == ()
    assert found.unlike == ("KID of CycleGAN, Paris → Burano, 128 px: measured another way (extractor, resize).",)


def test_scores_on_other_pictures_of_a_city_are_not_compared(own_run, moved, make):
    change_score(own_run, make, value=0.01)
    path = own_run / "records" / "city-burano.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"manifest_sha256": "ff" * 32}))
    found = moved()

    assert found.numbers == ()
    assert any("measured on other pictures of burano" in line for line in found.unlike)


def test_pictures_that_changed_most_come_first_with_how_far_they_differ(own_run, other, moved):
    for number, (before, after) in enumerate([("#000000", "#0a0a0a"), ("#000000", "#ffffff"), ("#808080", "#808080")]):
        paint(other, number, before)
        paint(own_run, number, after)
    (group,) = moved().pictures

    assert (group.name, group.total, group.changed) == ("CycleGAN", 6, 2)
    assert [(strip.stem, strip.change) for strip in group.strips] == [
        ("street-001", "255.0 of 255"),
        ("street-000", "10.0 of 255"),
    ]
    assert [key for key, _ in group.strips[0].cells] == ["before", "output", "difference", "input"]


def test_the_picture_of_a_difference_is_three_times_as_bright(own_run, other, moved, tmp_path):
    paint(other, 0, "#000000")
    paint(own_run, 0, "#0a0a0a")
    (group,) = moved().pictures
    cells = dict(group.strips[0].cells)

    with Image.open(tmp_path / "site" / cells["difference"].picture.original) as drawn:
        assert drawn.convert("RGB").getpixel((64, 64)) == (30, 30, 30)
    with Image.open(tmp_path / "site" / cells["before"].picture.original) as copied:
        assert copied.convert("RGB").getpixel((64, 64)) == (0, 0, 0)


def test_a_torn_picture_or_one_of_another_size_is_left_out(own_run, other, moved):
    folder = other / "pictures" / "cyclegan" / "paris-to-burano" / "128" / "fake"
    for name, write in (
        ("street-000.png", lambda path: path.write_bytes(b"torn")),
        ("street-001.png", lambda path: Image.new("RGB", (64, 64)).save(path)),
    ):
        (folder / name).unlink()
        write(folder / name)

    assert "0 of 40 pictures" in moved().sentence


def test_depth_is_compared_in_metres_where_both_have_some(own_run, other, moved, make):
    columns = [("input", "image", "real", "paris"), ("output", "depth", "fake", "paris")]
    for run, metres in ((other, 10.0), (own_run, 12.5)):
        make.translation(run, "to-depth", "pix2pix", "paris", "paris", 128, columns)
        for path in (run / "pictures" / "to-depth").rglob("fake/*.png"):
            stored = np.full((128, 128), round(metres * 256), np.uint16)
            stored[:64] = 0
            path.unlink()
            Image.fromarray(stored).save(path)
    (group,) = moved().pictures

    assert (group.mean, group.changed, group.depth) == ("2.5 m", 6, True)


def test_times_of_another_machine_are_marked(own_run, moved):
    for path in (own_run / "records").glob("timing-generator-cyclegan-128-cpu.json"):
        data = json.loads(path.read_text())
        data["median"], data["samples"] = 62.0, [61.0, 62.0, 63.0]
        path.write_text(json.dumps(data))
    (time,) = moved().times
    assert (time.before, time.after, time.factor, time.said) == (
        "31.0 images/s",
        "62.0 images/s",
        "2.00 times as fast",
        "",
    )

    data["provenance"]["machine"]["processor"] = "Another"
    path.write_text(json.dumps(data))
    assert moved().times[0].said == "another machine (processor)"


def test_settings_and_versions_that_differ_are_listed_by_their_names(own_run, moved):
    path = own_run / "records" / "run.json"
    data = json.loads(path.read_text())
    data["recipe"]["approaches"][0]["lambda_cycle"] = 5.0
    data["provenance"]["versions"]["torch"] = "2.7.0"
    path.write_text(json.dumps(data))

    assert [(s.name, s.before, s.after) for s in moved().settings] == [
        ("approaches.cyclegan.lambda_cycle", "10.0", "5.0"),
        ("version of.torch", "2.6.0", "2.7.0"),
    ]


def test_what_only_one_run_has_is_listed(own_run, moved):
    for path in (own_run / "records").glob("*neural-style*"):
        path.unlink()

    assert moved().only_before[-1].startswith("pictures: neural_style")
    assert moved().only_after == ()


def test_the_page_is_there_only_when_asked_for_and_all_it_names_exists(own_run, other, make, read_page):
    paint(own_run, 0, "#ffffff")
    change_score(own_run, make, value=0.3)
    (own_run / "records" / "run.json").unlink()
    name = '<script>alert("x")</script>'
    record = next(f.record for f in read_run(other).filed if f.record.kind == "run")
    write_record(other / "records", type(record)(**{**vars(record), "title": name, "recipe": {name: name}}))
    site = build_site(own_run, against=other).page.parent
    page = read_page(site / "what-moved.html")

    assert name in page.text
    for attributes in (*page.all("a"), *page.all("img")):
        address = (attributes.get("href") or attributes.get("src") or "").split("#")[0]
        assert not address or (site / address).is_file(), address
    assert "Generated, other run" in page.words

    build_site(own_run)
    assert not (site / "what-moved.html").exists()
    assert not list((site / "against").rglob("*.png"))


def test_two_builds_against_the_same_run_give_the_same_bytes(own_run, other, tmp_path):
    paint(own_run, 0, "#ffffff")
    sites = [build_site(own_run, out=tmp_path / name, against=other).page.parent for name in ("one", "two")]
    contents = [{p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()} for site in sites]

    assert contents[0] == contents[1]
    assert str(other).encode() not in contents[0][next(p for p in contents[0] if p.name == "what-moved.html")]


def test_a_folder_that_is_no_run_or_the_run_itself_is_refused(own_run, tmp_path):
    def against(folder):
        return CliRunner().invoke(main, ["site", str(own_run), "--against", str(folder)])

    assert "holds no run to compare with" in against(tmp_path / "nothing").stderr
    assert "is the run itself" in against(own_run).stderr


def test_a_score_without_draws_is_told_only_where_it_differs_at_all(own_run, moved, make):
    record = change_score(own_run, make, value=0.0610001)
    assert isinstance(record.scores[0], Score)
    assert [tie.metric for tie in moved().ties] == ["KID, against real pictures"]
