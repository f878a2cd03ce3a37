import re
import shutil

import pytest
from PIL import Image

from c2c.recipe.references import COPY, REAL
from c2c.records import VotesRecord, write_record
from c2c.site import build_site
from c2c.site.reading import read_run
from c2c.site.study import MOST_PICTURES, study_of


def whose(study):
    return {(group.subject, group.direction or group.city): len(group.pictures) for group in study.groups}


@pytest.fixture
def bare(make, tmp_path):
    """Makes a run of the translations that a test asks for."""

    def write(*translations, stems=("a", "b", "c")):
        for approach, source, target, size, columns in translations:
            make.translation(tmp_path / "run", approach, "cyclegan", source, target, size, columns, stems=stems)
        return tmp_path / "run"

    return write


IMAGES = [("input", "image", "real", "paris"), ("output", "image", "fake", "burano")]


def test_a_study_holds_every_approach_that_makes_images_and_the_real_pictures_of_every_city(whole_run):
    study = study_of(read_run(whole_run))

    assert study.size == 128
    assert study.cities == ("burano", "paris")
    assert whose(study) == {
        ("cyclegan", "paris-to-burano"): 6,
        ("cyclegan", "burano-to-paris"): 6,
        ("depth_chain", "paris-to-burano"): 6,
        ("neural_style", "paris-to-burano"): 6,
        ("pix2pix", "paris-depth-to-image"): 6,
        (REAL, "burano"): 6,
        (REAL, "paris"): 6,
    }


def test_in_a_contest_stand_the_approaches_the_input_and_real_pictures_of_the_other_city(whole_run):
    study = study_of(read_run(whole_run))
    contests = {contest.direction: [who for who, _ in contest.contestants] for contest in study.contests}

    assert contests["paris-to-burano"] == ["cyclegan", "depth_chain", "neural_style", COPY, REAL]
    assert contests["paris-depth-to-image"] == ["pix2pix", REAL]  # depth handed back is no picture of a city


def test_all_pictures_have_one_size_one_codec_and_a_name_that_tells_nothing(whole_run):
    study = study_of(read_run(whole_run))
    addresses = [picture.address for group in study.groups for picture in group.pictures]

    assert len(set(addresses)) == len(addresses) == 42
    assert sorted(addresses) == sorted(f"study/{path.name}" for path in (whole_run / "site" / "study").iterdir())
    for address in addresses:
        assert re.fullmatch("study/[0-9a-f]{16}.webp", address)
        with Image.open(whole_run / "site" / address) as picture:
            picture.load()
            assert (picture.format, picture.mode, picture.size) == ("WEBP", "RGB", (128, 128))
            assert not {"exif", "xmp", "icc_profile"} & picture.info.keys()


def test_a_study_s_picture_is_the_picture_itself_to_the_bit(whole_run):
    run = read_run(whole_run)
    for group in study_of(run).groups:
        picture = group.pictures[0]
        with Image.open(whole_run / picture.origin) as own, Image.open(whole_run / "site" / picture.address) as shown:
            assert own.convert("RGB").tobytes() == shown.tobytes()


def test_the_page_names_what_is_there_and_nothing_of_it_stands_in_sight(pages):
    page = pages["study.html"]
    listed = [attributes["data-src"] for attributes in page.all("li") if "data-src" in attributes]

    assert len(listed) == 42
    assert not page.all("img")  # pictures come one by one, with scripts
    assert "Nobody’s votes have been counted yet" in page.words


def test_a_study_is_the_same_each_time_and_another_when_a_picture_is_made_anew(own_run, make):
    before = study_of(read_run(own_run))
    write_record(own_run / "records", VotesRecord(before.id, (), 0, before.cities, (), (), make.WHERE))
    assert study_of(read_run(own_run)) == before

    folder = own_run / "pictures" / "cyclegan" / "paris-to-burano" / "128" / "fake"
    changed = folder / "street-000.png"
    changed.unlink()
    shutil.copyfile(folder / "street-001.png", changed)

    after = study_of(read_run(own_run))
    assert after.id != before.id
    assert sum(a.pictures != b.pictures for a, b in zip(after.groups, before.groups, strict=True)) == 1


def test_places_are_known_across_approaches(whole_run):
    study = study_of(read_run(whole_run))
    scenes = {(g.subject, g.direction): {p.scene for p in g.pictures} for g in study.groups if g.source == "paris"}

    assert len({frozenset(found) for found in scenes.values()}) == 1
    assert len(next(iter(scenes.values()))) == 6


def test_what_is_torn_or_missing_is_not_asked_about(own_run):
    folder = own_run / "pictures" / "cyclegan" / "paris-to-burano" / "128" / "fake"
    whole = (folder / "street-000.png").read_bytes()
    (folder / "street-000.png").unlink()
    (folder / "street-000.png").write_bytes(whole[:300])
    (folder / "street-001.png").unlink()

    assert whose(study_of(read_run(own_run)))["cyclegan", "paris-to-burano"] == 4


def test_of_many_pictures_some_are_asked_about_and_of_every_approach_the_same_places(bare):
    stems = tuple(f"place {number}" for number in range(MOST_PICTURES + 20))
    ways = [(approach, "paris", "burano", 8, IMAGES) for approach in ("one", "two")]
    study = study_of(read_run(bare(*ways, stems=stems)))
    one, two = ({picture.scene for picture in group.pictures} for group in study.groups if not group.real)

    assert one == two
    assert len(one) == MOST_PICTURES


def test_a_run_of_one_city_asks_only_whether_it_is_real(bare, read_page):
    columns = [("input", "depth", "d", "paris"), ("output", "image", "fake", "paris"), ("truth", "image", "t", "paris")]
    run = bare(("pix2pix", "paris", "paris", 16, columns))
    page = read_page(build_site(run).page.with_name("study.html"))

    assert "Is it real?" in page.words
    assert "Which city is this?" not in page.words


def test_larger_pictures_are_reduced_to_the_smallest_size_of_a_training(bare):
    run = bare(("neural_style", "paris", "burano", 128, IMAGES), ("small", "paris", "burano", 32, IMAGES))
    site = build_site(run).page.parent

    sizes = set()
    for path in (site / "study").iterdir():
        with Image.open(path) as picture:
            sizes.add(picture.size)
    assert sizes == {(32, 32)}


def test_real_pictures_of_a_city_that_nothing_is_translated_from_are_its_views(bare, make):
    run = bare(("one", "paris", "burano", 16, IMAGES))
    make.write_cities_and_run(run)
    views = run / "data" / "burano" / "views" / "image-16"
    views.mkdir(parents=True)
    Image.new("RGB", (16, 16), "red").save(views / "red.png")

    assert whose(study_of(read_run(run)))[REAL, "burano"] == 1


def test_without_images_or_without_real_ones_there_is_no_study(bare, tmp_path):
    assert study_of(read_run(tmp_path / "nothing")) is None
    depth = [("input", "image", "real", "paris"), ("output", "depth", "fake", "paris")]
    run = bare(("to-depth", "paris", "paris", 16, depth))
    assert study_of(read_run(run)) is None
    assert not build_site(run).page.with_name("study.html").exists()
