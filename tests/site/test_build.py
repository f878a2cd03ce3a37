import json
import os
import re
import shutil
import subprocess
import sys

from PIL import Image

from c2c.records import RunRecord, read_records
from c2c.site import build_site
from c2c.site.placing import IN_COLOUR

NASTY = '<script>alert("x")</script> \'né&co 東京 ../..'


def contents(site):
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_every_link_and_picture_of_every_page_is_a_file_of_the_site(whole_run, read_page, broken_references):
    assert broken_references(whole_run / "site", read_page) == []


def test_every_picture_opens_and_has_the_size_that_the_page_says(whole_run, pages):
    for page in pages.values():
        for image in page.all("img"):
            with Image.open(whole_run / "site" / image["src"]) as picture:
                picture.load()
                assert picture.size == (int(image["width"]), int(image["height"]))
                assert picture.mode == "RGB"  # depth too is shown in colour
            assert image["alt"]


def test_all_pages_are_reached_from_the_first(pages):
    reached, waiting = set(), ["index.html"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += [a["href"] for a in pages[name].all("a") if a.get("href", "") in pages]

    assert reached == set(pages)


def test_the_site_can_be_moved_and_needs_nothing_of_the_run(whole_run, tmp_path, read_page, broken_references):
    shutil.copytree(whole_run / "site", tmp_path / "elsewhere")

    assert broken_references(tmp_path / "elsewhere", read_page) == []
    assert not any(path.is_symlink() for path in (whole_run / "site").rglob("*"))
    for name, content in contents(tmp_path / "elsewhere").items():
        assert str(whole_run).encode() not in content, name


def test_two_builds_of_the_same_records_give_the_same_bytes(whole_run, own_run, tmp_path):
    build_site(own_run, out=tmp_path / "other-place")

    assert contents(tmp_path / "other-place") == contents(whole_run / "site")


def test_a_second_build_writes_no_file_again(own_run):
    site = build_site(own_run).page.parent
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    build_site(own_run)

    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before


def test_a_changed_picture_is_shown_as_it_is_now(own_run):
    site = build_site(own_run).page.parent
    folder = "depth_chain/paris-to-burano/128/depth"
    shown = (site / IN_COLOUR / folder / "street-000.png").read_bytes()
    changed = own_run / "pictures" / folder / "street-000.png"
    newer = changed.stat().st_mtime_ns + 10**9
    changed.unlink()
    shutil.copyfile(changed.with_name("street-001.png"), changed)
    os.utime(changed, ns=(newer, newer))
    build_site(own_run)

    assert (site / "pictures" / folder / "street-000.png").read_bytes() == changed.read_bytes()
    assert (site / IN_COLOUR / folder / "street-000.png").read_bytes() != shown


def test_what_a_run_no_longer_has_leaves_the_site_and_other_files_stay(own_run, read_page, broken_references):
    site = build_site(own_run).page.parent
    (site / "CNAME").write_text("example.org")
    for path in (own_run / "records").glob("*neural-style*"):
        path.unlink()
    build_site(own_run)

    assert not list(site.glob("*neural_style*.html"))
    assert not list((site / "pictures" / "neural_style").rglob("*.png"))
    assert (site / "CNAME").exists()
    assert broken_references(site, read_page) == []


def test_names_are_text_only_whatever_they_hold(own_run, make, read_page, broken_references):
    (own_run / "records" / "run.json").unlink()
    make.write_record(own_run / "records", RunRecord(NASTY, {"name": NASTY}, (), 1.0, make.WHERE))
    columns = [("input", "image", "real", "paris"), ("output", "image", "fake", "burano")]
    stem = NASTY.replace("/", "")
    make.translation(own_run, 'a "b" <i>', "cyclegan", "paris", "<b>x</b>", 128, columns, stems=(stem,))
    make.scored(own_run, 'a "b" <i>', "cyclegan", "paris", "<b>x</b>", 128, (make.score("kid", 0.5),), note=NASTY)
    site = build_site(own_run).page.parent

    assert broken_references(site, read_page) == []
    for path in site.glob("*.html"):
        page = read_page(path)
        assert all(script.get("src", "").startswith("assets/") for script in page.all("script"))
        assert not page.all("i")
        assert not page.all("b")
    assert NASTY in read_page(site / "index.html").text
    assert any(stem in read_page(path).text for path in site.glob("gallery-*.html"))


def test_no_script_or_style_stands_in_a_page_and_the_policy_forbids_it(pages):
    for page in pages.values():
        assert "script-src 'self' file:" in page.markup
        assert "unsafe-inline" not in page.markup
        assert all("style" not in attributes for _, attributes in page.tags)
        assert not page.all("style")
        assert not re.search("https?://", page.markup)


def test_an_empty_run_says_that_nothing_is_there(tmp_path, read_page, broken_references):
    index = build_site(tmp_path / "run").page

    assert "This run has no records yet" in read_page(index).words
    assert broken_references(index.parent, read_page) == []


def test_a_run_half_way_has_its_pictures_and_says_that_scores_are_missing(make, tmp_path, read_page, broken_references):
    run = make.write_run(tmp_path / "run", scores=False)
    (run / "records" / "run.json").unlink()
    index = build_site(run).page

    page = read_page(index)
    assert page.all("img")
    assert "There are no scores yet." in page.words
    assert "the run has not ended yet" in page.words
    assert "not scored yet" in page.words
    assert "Nothing is timed yet." in read_page(index.with_name("speed.html")).words
    assert broken_references(index.parent, read_page) == []


def test_a_record_of_a_newer_schema_is_named_and_the_rest_is_shown(own_run, read_page):
    path = own_run / "records" / "score-cyclegan-paris-to-burano-128.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": 99}))
    (own_run / "records" / "torn.json").write_text('{"kind": "sco')
    page = read_page(build_site(own_run).page)

    assert "records/score-cyclegan-paris-to-burano-128.json has schema 99" in page.words
    assert "records/torn.json cannot be read" in page.words
    assert page.all("img")


def test_the_records_of_the_site_are_the_run_s_own(whole_run):
    assert read_records(whole_run / "site" / "records") == read_records(whole_run / "records")


def test_a_folder_of_one_s_own_replaces_templates_and_assets(own_run, tmp_path, read_page):
    (tmp_path / "mine" / "assets").mkdir(parents=True)
    (tmp_path / "mine" / "speed.html").write_text(
        '{% extends "base.html" %}{% block content %}<h1>As fast as {{ sources | length }}</h1>{% endblock %}'
    )
    (tmp_path / "mine" / "assets" / "style.css").write_text("body { color: green }")
    site = build_site(own_run, templates=tmp_path / "mine").page.parent

    assert "As fast as 1" in read_page(site / "speed.html").words
    assert (site / "assets" / "style.css").read_text() == "body { color: green }"
    assert (site / "assets" / "theme.js").is_file()


def test_a_site_is_built_without_torch(own_run):
    code = (
        "import sys; from pathlib import Path; from c2c.site import build_site; "
        "build_site(Path(sys.argv[1])); sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, own_run], check=True, timeout=60)

    assert (own_run / "site" / "index.html").is_file()
