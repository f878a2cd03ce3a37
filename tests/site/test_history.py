import dataclasses
import shutil

import pytest

from c2c.records import TimingRecord, write_record
from c2c.site import build_site
from c2c.site.history import history_of
from c2c.site.reading import read_run


@pytest.fixture
def timed(own_run):
    """Keeps a timing of before, of one case of the run."""
    (now,) = [f.record for f in read_run(own_run).of(TimingRecord) if f.record.case == "generator pix2pix 128 cpu"]

    def keep(created, median, **machine):
        where = dataclasses.replace(now.provenance, created=created, machine=now.provenance.machine | machine)
        before = dataclasses.replace(now, provenance=where, median=median, samples=(median * 0.9, median, median * 1.1))
        write_record(own_run / "history" / created[:10], before)
        return read_run(own_run)

    return keep


def test_timings_of_before_stand_in_the_order_of_their_dates_before_this_run_s(timed):
    timed("2026-09-01T00:00:00+00:00", 30.0)
    (plot,) = history_of(timed("2026-03-01T00:00:00+00:00", 20.0), {"pix2pix": "Pix"}).plots

    assert plot.title == "Pix, 128 px, translating"
    assert [row.values[0][0] for row in plot.numbers.rows] == ["20.0", "30.0", "58.0"]
    assert [row.values[0][1] for row in plot.numbers.rows] == [
        "history/2026-03-01/timing-generator-pix2pix-128-cpu.json",
        "history/2026-09-01/timing-generator-pix2pix-128-cpu.json",
        "records/timing-generator-pix2pix-128-cpu.json",
    ]


def test_another_machine_is_another_history(timed):
    assert history_of(timed("2026-03-01T00:00:00+00:00", 20.0, processor="another"), {}).plots == ()


def test_what_is_no_record_is_told_and_the_rest_is_drawn(timed, own_run):
    run = timed("2026-03-01T00:00:00+00:00", 20.0)
    (own_run / "history" / "torn.json").write_text('{"kind": "tim')
    found = history_of(run, {})

    assert len(found.plots) == 1
    assert [problem.split(" cannot")[0] for problem in found.problems] == ["history/torn.json"]


def test_the_site_has_the_records_of_before(timed, own_run, read_page):
    timed("2026-03-01T00:00:00+00:00", 20.0)
    shutil.rmtree(own_run / "site", ignore_errors=True)
    page = read_page(build_site(own_run).page.with_name("speed.html"))

    assert (own_run / "site" / "history/2026-03-01/timing-generator-pix2pix-128-cpu.json").is_file()
    assert "20.0 → 58.0 images/s" in page.words


def test_without_any_it_is_said_how_to_keep_one(pages):
    assert "Nothing to compare with yet." in pages["speed.html"].words
