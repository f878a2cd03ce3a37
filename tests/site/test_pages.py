"""What the pages beside galleries and tables say."""

import dataclasses

from c2c.records import TimingRecord
from c2c.site.reading import read_run
from c2c.site.speed import timed_groups


def test_the_first_page_says_in_one_sentence_what_was_translated(pages):
    sentence = (
        "CycleGAN, Depth chain, Neural style and pix2pix turn Burano into Paris and back "
        "and depth of Paris into images, at 128 and 256 pixels."
    )

    assert sentence in pages["index.html"].words


def test_the_first_page_shows_cities_with_counts_licence_and_what_was_skipped(pages):
    words = pages["index.html"].words

    assert "Drawn by c2c; no rights reserved." in words
    assert "1 skipped torn.jpg image file is truncated" in words
    assert "records/city-burano.json" in [link.get("href") for link in pages["index.html"].all("a")]


def test_the_first_page_says_which_approach_diverged_and_why(pages):
    assert "Diverged Training diverged at step 31: generator = nan." in pages["index.html"].words


def test_an_approach_page_draws_each_loss_and_lists_its_settings(pages):
    page = pages["approach-cyclegan.html"]

    assert len(page.all("polyline")) == 4
    assert "learning_rate 0.0002" in page.words
    assert "generator.channels 16" in page.words
    assert "Steps 400 of 400" in page.words


def test_a_curve_that_broke_off_says_so(pages):
    assert "then not finite" in pages["approach-pix2pix-wild.html"].words


def test_scale_transfer_shows_both_sizes_of_a_picture_beside_tables_of_their_own(pages):
    page = pages["scale-transfer.html"]
    sources = [image["src"] for image in page.all("img")]

    assert sources[:4] == [
        f"pictures/cyclegan/burano-to-paris/{size}/{panel}/street-000.png"
        for size in (128, 256)
        for panel in ("real", "fake")
    ]
    assert "trained at 128 px, applied at 256 px" in page.words
    assert {"scores-paris-to-burano-128", "scores-paris-to-burano-256"} <= page.ids
    assert "depth_chain" not in page.markup.split("<main")[1]  # one size only


def test_speed_shows_medians_spread_and_why_a_case_was_skipped(pages):
    words = pages["speed.html"].words

    assert words.count("skipped: no CUDA device") == 2
    assert "Translating on the CPU images/s, ↑ higher is better" in words
    assert "31.0" in words
    assert "1.55" in words


def test_every_time_links_to_its_record(pages):
    links = {link.get("href") for link in pages["speed.html"].all("a")}

    assert {f"records/timing-generator-{a}-{s}-cpu.json" for a in ("cyclegan", "pix2pix") for s in (128, 256)} <= links
    assert "records/timing-generator-cyclegan-128-cuda.json" in links


def test_bars_share_a_scale_only_within_their_unit_and_device(own_run, make):
    (case,) = [f.record for f in read_run(own_run).of(TimingRecord) if f.record.case == "generator pix2pix 128 cpu"]
    fast = dataclasses.replace(case, case="gpu", device="cuda", samples=(8000.0, 9000.0, 9500.0), median=9000.0)
    make.write_record(own_run / "records", fast)
    groups = {group.title: group for group in timed_groups(read_run(own_run), {})}

    longest = {title: max(item.bar_high for item in group.cases) for title, group in groups.items()}
    assert longest == {"Translating on the CPU": 100.0, "Translating on CUDA": 100.0, "Training on the CPU": 100.0}


def test_a_whisker_spans_the_middle_half_of_the_blocks(own_run, make):
    (case,) = [f.record for f in read_run(own_run).of(TimingRecord) if f.record.case == "generator pix2pix 128 cpu"]
    spread = dataclasses.replace(case, case="x", device="cuda", samples=(10.0, 20.0, 30.0, 40.0, 50.0), median=30.0)
    make.write_record(own_run / "records", spread)
    groups = {group.title: group for group in timed_groups(read_run(own_run), {})}
    (shown,) = [item for item in groups["Translating on CUDA"].cases if item.measured]

    assert (shown.bar_low, shown.bar, shown.bar_high) == (50.0, 75.0, 100.0)  # quartiles 20 and 40 around 30


def test_reproduce_gives_command_seed_versions_recipe_stages_and_every_record(whole_run, pages):
    page = pages["reproduce.html"]
    links = {link.get("href") for link in page.all("a")}

    assert "c2c run toytown-small --out runs/toytown" in page.words
    assert "torch 2.6.0" in page.words
    assert "Seed 7" in page.words
    assert '"lambda_cycle": 10.0' in page.words
    assert "train pix2pix-wild failed 4.0 s Training diverged" in page.words
    assert {f"records/{path.name}" for path in (whole_run / "records").iterdir()} <= links
