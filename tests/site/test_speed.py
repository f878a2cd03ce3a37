import dataclasses

from c2c.records import TimingRecord
from c2c.site.reading import read_run
from c2c.site.speed import timed_groups


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
