import dataclasses

from c2c.records import TimingRecord
from c2c.site.reading import read_run
from c2c.site.speed import quartiles, timed_groups


def one_case(run):
    (case,) = [f.record for f in read_run(run).of(TimingRecord) if f.record.case == "generator pix2pix 128 cpu"]
    return case


def test_speed_shows_medians_spread_and_why_a_case_was_skipped(pages):
    words = pages["speed.html"].words

    assert "skipped: no CUDA device" in words
    assert "Translating on the CPU images/s" in words
    assert "CycleGAN, 128 px 31.0 1.55 3 1 2 0.4 –" in words
    assert "In images/s; ↑ higher is better." in words


def test_every_time_links_to_its_record(pages):
    links = {link.get("href") for link in pages["speed.html"].all("a")}

    assert {f"records/timing-generator-{a}-{s}-cpu.json" for a in ("cyclegan", "pix2pix") for s in (128, 256)} <= links
    assert "records/timing-generator-cyclegan-128-cuda.json" in links


def test_bars_share_a_plot_only_within_their_unit_and_device(own_run, make):
    fast = dataclasses.replace(one_case(own_run), case="gpu", device="cuda", median=9000.0)
    make.write_record(own_run / "records", fast)
    groups = {group.title: group for group in timed_groups(read_run(own_run), {})}

    rows = {title: [row.name for row in group.plot.numbers.rows] for title, group in groups.items()}
    assert rows["Translating on CUDA"] == ["pix2pix, 128 px"]
    assert len(rows["Translating on the CPU"]) == 4
    assert "9,000" not in groups["Translating on the CPU"].plot.svg


def test_the_line_over_a_bar_spans_the_middle_half_of_the_blocks(own_run):
    spread = dataclasses.replace(one_case(own_run), samples=(10.0, 20.0, 30.0, 40.0, 50.0), median=30.0)

    assert quartiles(spread.samples, spread.median) == (20.0, 40.0)


def test_where_nothing_was_measured_there_is_no_plot_but_the_reason(own_run):
    groups = {group.title: group for group in timed_groups(read_run(own_run), {})}

    assert groups["Translating on CUDA"].plot is None
    (reason,) = groups["Translating on CUDA"].unmeasured
    assert (reason.reason, len(reason.cases)) == ("skipped: no CUDA device", 2)
