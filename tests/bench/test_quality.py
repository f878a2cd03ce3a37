import time
from pathlib import Path

import pytest

from bench import quality
from bench.quality import compare_quality
from c2c.records import Score, ScoreRecord, write_record

RUN = """
import pathlib
import shutil
import sys

here = pathlib.Path(__file__).parents[1]
if not (here / "scores").exists():
    sys.exit("no cities")
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
shutil.copytree(here / ("other-seed" if "seed=1" in sys.argv else "scores"), out / "records")
"""
DRAWS = (-0.02, -0.01, 0.0, 0.01, 0.02)


def score(value: float) -> Score:
    draws = tuple(value + one for one in DRAWS)
    return Score("kid", value, "lower", "reference", 30, 30, {}, "f" * 12, interval=(value - 0.05, value + 0.05),
                 interval_is="", draws=draws)  # fmt: skip


@pytest.fixture
def checkout(tmp_path, proof):
    """A function that makes a checkout whose `c2c run` writes these scores of CUT, and others with another seed."""

    def made(name: str, value: float | None, other_seed: float = 0.5) -> Path:
        folder = tmp_path / name
        (folder / "c2c").mkdir(parents=True)
        (folder / "c2c" / "__init__.py").touch()
        (folder / "c2c" / "__main__.py").write_text(RUN, encoding="utf-8")
        for records, one in (("scores", value), ("other-seed", other_seed)):
            if one is not None:
                record = ScoreRecord("cut", "approach", "cut", "a-to-b", "a", "b", 64, 64, (score(one),), proof)
                write_record(folder / records, record)
        return folder

    return made


def compared(before: Path, after: Path, seconds: float = 60.0):
    scratch = before.parent / f"runs of {before.name}"
    return compare_quality(before, after, scratch, time.monotonic() + seconds, lambda said: None)


def test_equal_scores_are_a_tie_and_no_other_seed_is_asked(checkout):
    (one,) = compared(checkout("before", 0.5), checkout("after", 0.5, other_seed=9.0))

    assert (one.approach, one.direction, one.verdict, one.chance) == ("cut", "a-to-b", "tie", 0.0)


@pytest.mark.parametrize(
    ("after", "verdict"), [(0.7, "worse"), (0.3, "better"), (0.52, "tie")]
)  # another seed changes 0.05
def test_a_change_counts_if_it_is_more_than_another_seed_makes(checkout, after, verdict):
    (one,) = compared(checkout("before", 0.5, other_seed=0.55), checkout("after", after))

    assert one.verdict == verdict
    assert one.chance == pytest.approx(0.05)
    assert (one.before, one.after) == (0.5, after)


def test_a_change_that_another_seed_makes_as_well_is_a_tie_and_says_so(checkout):
    (one,) = compared(checkout("before", 0.5, other_seed=0.8), checkout("after", 0.7))

    assert (one.verdict, one.reason) == ("tie", "changed, by no more than chance explains")


def test_a_score_that_is_gone_is_missing_and_a_run_that_fails_is_failed_in_its_own_words(checkout):
    gone = checkout("gone", 0.5)
    for record in (gone / "scores").iterdir():
        record.unlink()
    (one,) = compared(checkout("before", 0.5), gone)
    assert one.verdict == "missing"

    (one,) = compared(checkout("other", 0.5), checkout("broken", None))
    assert one.verdict == "failed"
    assert "no cities" in one.reason


def test_a_run_without_time_is_inconclusive(checkout):
    (one,) = compared(checkout("before", 0.5), checkout("after", 0.5), seconds=0.0)

    assert (one.verdict, one.approach) == ("inconclusive", quality.RECIPE)
