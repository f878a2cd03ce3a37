"""A crawl that is killed at random moments, again and again, ends with the same set as one that is not.

`C2C_KILLS` is how often; 20 is what the release notes speak of.
"""

import os
import random
import subprocess
import sys
import time

import pytest

KILLS = int(os.environ.get("C2C_KILLS", "3"))
PER_SECOND = 12


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_crawl_that_is_killed_at_random_moments_and_resumed_gives_the_same_set(crawls):
    chance, asked = random.Random(), crawls.asked()
    where = ["--at", crawls.service.address, "--source", "streetview", "--radius", str(asked.radius_m)]
    where += ["--centre", f"{asked.centre.lat_deg},{asked.centre.lon_deg}"]
    pace = ["--set", f"sources.streetview.requests_per_second={PER_SECOND}"]
    command = [sys.executable, "-m", "c2c", "collect", "crawl", str(crawls.folder), *where, *pace]
    after = []
    for _ in range(KILLS):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            until = time.monotonic() + 60
            while not (crawls.folder / "collection.json").is_file() and time.monotonic() < until:
                time.sleep(0.01)  # it has not even begun
            time.sleep(chance.uniform(0.0, 2.5))
            process.kill()
        with crawls.ledger() as ledger:
            after.append((ledger.counts().done, len(list(crawls.folder.rglob("*.part")))))

    print(f"done and half written after each kill: {after}")
    subprocess.run([*command[:-1], "sources.streetview.requests_per_second=1000"], check=True, timeout=120)
    assert crawls.kept() == crawls.all_ids
    with crawls.ledger() as ledger:
        assert ledger.counts().done == len(crawls.all_ids)
