"""Whether a version makes other pictures: KID of the small recipe, trained by both versions with the same seed.

Where a score changed, the version before is trained once more with another seed. What that changes is chance; a change
counts only if it is larger, and if the pictures' own interval leaves nought out.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from c2c.records import CheckedQuality, Score, ScoreRecord, read_records
from c2c.records.comparing import difference

RECIPE, METRIC = "toytown-small", "kid"
Key = tuple[str, str]  # approach, direction
Scores = dict[Key, Score]


class NoQuality(Exception):
    """The recipe did not run to its end; the text says why."""


def compare_quality(
    before: Path, after: Path, scratch: Path, end: float, told: Callable[[str], None], recipe: str = RECIPE
) -> tuple[CheckedQuality, ...]:
    """The scores of the recipe by both versions.

    Args:
        before: a checkout.
        after: another.
        scratch: a folder for the runs.
        end: of the time there is, on the monotonic clock.
        told: is told what begins.
        recipe: its name, or its file.
    """
    try:
        told(f"{recipe}: the version before")
        old = _scores(before, recipe, scratch / "before", end)
        told(f"{recipe}: the version after")
        new = _scores(after, recipe, scratch / "after", end)
        changed = any(key in new and new[key].value != score.value for key, score in old.items())
        if changed:
            told(f"{recipe}: the version before, with another seed")
        again = _scores(before, recipe, scratch / "again", end, "seed=1") if changed else old
    except NoQuality as why:
        verdict = "inconclusive" if time.monotonic() >= end else "failed"
        return (CheckedQuality(recipe, "", METRIC, verdict, str(why), None, None, None, None),)
    return tuple(_checked(key, old.get(key), new.get(key), again.get(key)) for key in sorted({*old, *new}))


def _scores(checkout: Path, recipe: str, folder: Path, end: float, *settings: str) -> Scores:
    options = [word for setting in settings for word in ("--set", setting)]
    command = [sys.executable, "-m", "c2c", "run", recipe, "--out", str(folder), *options]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    try:
        answer = subprocess.run(
            command, cwd=checkout, env=environment, capture_output=True, text=True, check=False,
            timeout=max(0.0, end - time.monotonic()),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise NoQuality(f"the time was up before {recipe} had run") from error
    if answer.returncode:
        last = (answer.stderr.strip().splitlines() or ["nothing"])[-1]
        raise NoQuality(f"{recipe} ended with {answer.returncode} in {checkout.name}: {last}")
    return {
        (record.subject, record.direction): score
        for record in read_records(folder / "records")
        if isinstance(record, ScoreRecord) and record.subject_kind == "approach" and record.size == record.trained_size
        for score in record.scores
        if score.metric == METRIC
    }


def _checked(key: Key, old: Score | None, new: Score | None, again: Score | None) -> CheckedQuality:
    if new is None or old is None:
        verdict, reason = ("skipped", "new") if old is None else ("missing", "the version after has no such score")
        before, after = old.value if old else None, new.value if new else None
        return CheckedQuality(*key, METRIC, verdict, reason, before, after, None, None)
    found = difference(new, old)
    chance = abs(again.value - old.value) if again else None
    change = new.value - old.value
    verdict, reason = "tie", ""
    if change and found is None:
        verdict, reason = "inconclusive", "the protocols differ, or the score has no interval"
    elif found and not found.is_tie and abs(change) > (chance or 0.0):
        verdict = "worse" if (change > 0) == (new.better == "lower") else "better"
    elif change:
        reason = "changed, by no more than chance explains"
    interval = (found.interval.low, found.interval.high) if found else None
    return CheckedQuality(*key, METRIC, verdict, reason, old.value, new.value, interval, chance)
