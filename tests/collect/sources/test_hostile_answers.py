"""Answers with anything in any place: what comes out is whole, or a clear error; nothing crashes and nothing hangs.

By hand, 10,000 answers a source: C2C_FUZZED=10000 pytest tests/collect/sources/test_hostile_answers.py
"""

import copy
import json
import math
import os
import random
from contextlib import suppress
from dataclasses import asdict
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from c2c.collect.fetching import Fetcher
from c2c.collect.names import stem_of
from c2c.collect.pace import TokenBuckets
from c2c.collect.pictures import Place
from c2c.collect.settings import settings_for
from c2c.collect.sources import PhotoQuery, source
from c2c.errors import CollectError

FUZZED = int(os.environ.get("C2C_FUZZED", "60"))
ODD = [
    *(None, True, False, 0, -1, 1, 2, 10, 599, 10**400, -(10**30), 2**63, 0.5, -91.0, 181.0),
    *(1e308, math.inf, -math.inf, math.nan, 1e-320),
    *("", "x", "0", "-1", "nan", "1e999", "9" * 500, "x" * 3000, "\ud800", "\x00", "a\r\nb", "<b>&amp;</b>"),
    *("javascript:alert(1)", "data:image/png;base64,AA", "//a", "http://[", "https://a b"),
]
QUESTIONS = {
    "commons": PhotoQuery(text="street"),
    "flickr": PhotoQuery(text="street"),
    "openverse": PhotoQuery(text="street"),
    "panoramax": PhotoQuery(centre=Place(48.8575, 2.3514)),
    "mapillary": PhotoQuery(centre=Place(48.8575, 2.3514)),
}


class Recorder(Fetcher):
    """Keeps every answer."""

    answers: list

    def json(self, url, params=None, judge=lambda answer: None):
        self.answers.append(super().json(url, params, judge))
        return self.answers[-1]


class Recorded(dict):
    """Answers by source and question; without a word of them in a failing test's report."""

    def __repr__(self):
        return f"{len(self)} recorded answers"


class Teller:
    """Gives the recorded answers, changed, in turn and then for ever the last one."""

    def __init__(self, answers):
        self.answers, self.asked = answers, 0

    def json(self, url, params=None, judge=lambda answer: None):
        self.asked += 1
        answer = self.answers[min(self.asked, len(self.answers)) - 1]
        judge(answer)
        return answer


@pytest.fixture(scope="session")
def recorded(_small_town):
    """What each source was answered, by its name and what it did."""
    centre, found = Place(*_small_town.town.anchor.lat_lon(0.0, 0.0)), Recorded()
    for name in ("streetview", "panoramax", "mapillary", "commons", "flickr", "openverse"):
        with Recorder(settings_for(name, at=_small_town.address), TokenBuckets(1e6)) as fetcher:
            asked = source(name, fetcher.settings, fetcher)
            if name in ("streetview", "panoramax", "mapillary"):
                fetcher.answers = []
                id = next(asked.near(centre, 40.0)).id
                found[name, "near"] = fetcher.answers
                fetcher.answers = []
                asked.look(id)
                found[name, "look"] = (id, fetcher.answers)
            if name in QUESTIONS:
                fetcher.answers = []
                list(asked.search(QUESTIONS[name]))
                found[name, "search"] = fetcher.answers
    return found


def junk(chance, depth=0):
    """An odd value, or a list or a table of some."""
    kind = chance.random()
    if kind < 0.7 or depth > 2:
        return chance.choice(ODD)
    inner = [junk(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    return inner if kind < 0.85 else {chance.choice(["id", "url", "0", "lat", ""]): one for one in inner}


def changed(seed, answers):
    """Answers with junk in one to six places."""
    chance, answers = random.Random(seed), copy.deepcopy(answers[:3])
    for _ in range(chance.randint(1, 6)):
        target = answers
        while True:
            step = chance.choice(list(target) if isinstance(target, dict) else range(len(target)))
            if not isinstance(target[step], (dict, list)) or not target[step] or chance.random() < 0.15:
                target[step] = junk(chance)
                break
            target = target[step]
    return answers


def check(found):
    """Whether a picture is what the records need."""
    assert json.dumps(asdict(found), ensure_ascii=False).encode()
    assert isinstance(found.id, str)
    assert found.id
    assert stem_of(found.source, found.id)
    assert all(isinstance(side, int) and side >= 0 for side in (found.width_px, found.height_px))
    assert all(url.startswith(("http://", "https://")) for url in found.urls)
    assert found.urls
    for text in (*vars(found.rights).values(), found.captured):
        assert isinstance(text, (str, bool))
    for place in (found.place, *(link.place for link in found.links)):
        assert place is None or (-90 <= place.lat_deg <= 90 and -180 <= place.lon_deg <= 180)
    angles = (found.heading_deg, found.pitch_deg, found.roll_deg, *(link.direction_deg for link in found.links))
    assert all(angle is None or math.isfinite(angle) for angle in angles)
    for url in (found.rights.landing_page, found.rights.licence_url):
        assert url == "" or url.startswith(("http://", "https://"))


fuzzed = settings(
    max_examples=FUZZED,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("name", ["streetview", "panoramax", "mapillary"])
@fuzzed
@given(seed=st.integers(0, 2**64))
def test_what_is_told_of_a_panorama_is_whole_or_a_clear_error(recorded, name, seed):
    id, answers = recorded[name, "look"]
    asked = source(name, settings_for(name, at="http://127.0.0.1:1"), Teller(changed(seed, answers)))
    with suppress(CollectError):
        check(asked.look(id))


@pytest.mark.parametrize("name", ["streetview", "panoramax", "mapillary"])
@fuzzed
@given(seed=st.integers(0, 2**64))
def test_beginnings_are_whole_or_a_clear_error(recorded, name, seed):
    teller = Teller(changed(seed, recorded[name, "near"]))
    asked = source(name, settings_for(name, at="http://127.0.0.1:1"), teller)
    with suppress(CollectError):
        for link in islice(asked.near(Place(48.8575, 2.3514), 40.0), 50):
            assert isinstance(link.id, str)
            assert link.id
            assert link.place
    assert teller.asked < 100


@pytest.mark.parametrize("name", QUESTIONS)
@fuzzed
@given(seed=st.integers(0, 2**64))
def test_what_a_search_finds_is_whole_or_a_clear_error(recorded, name, seed):
    asked = source(name, settings_for(name, at="http://127.0.0.1:1"), Teller(changed(seed, recorded[name, "search"])))
    with suppress(CollectError):
        for found in islice(asked.search(QUESTIONS[name]), 100):
            check(found)
