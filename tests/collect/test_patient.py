import pytest

from c2c.collect.failures import Gone, Throttled, Transient
from c2c.collect.fetching import Fetcher
from c2c.collect.pace import TokenBuckets
from c2c.collect.patient import TRIES, PatientFetcher
from c2c.collect.settings import settings_for


@pytest.fixture
def naps():
    return []


@pytest.fixture
def fetcher(toytown_service, naps):
    """A patient fetcher of Commons that notes its naps and does not take them."""
    with PatientFetcher(settings_for("commons", at=toytown_service.address), TokenBuckets(1e6), naps.append) as made:
        yield made


@pytest.fixture
def question(toytown_service):
    return f"{toytown_service.address}/commons/w/api.php"


def failing(error, tries):
    def get(self, *args):
        tries.append(args)
        raise error

    return get


def test_a_pause_that_a_service_asks_for_is_left_to_the_pace(fetcher, naps, question, toytown_service):
    toytown_service.misbehave("throttle", seconds=0.0, times=TRIES - 1)

    assert fetcher.json(question, {"action": "query"})
    assert naps == []


def test_another_try_comes_after_a_while_and_there_is_an_end_to_it(fetcher, naps, monkeypatch):
    tries = []
    monkeypatch.setattr(Fetcher, "_get", failing(Transient("no answer"), tries))

    with pytest.raises(Transient):
        fetcher.get("http://127.0.0.1:1/")
    assert len(tries) == TRIES
    assert len(naps) == TRIES - 1
    assert all(0 <= nap <= 2**number for number, nap in enumerate(naps))


def test_an_answer_that_says_busy_is_asked_for_again(fetcher, naps, question):
    said = iter([Transient("busy"), Transient("busy"), None])

    def judge(answer):
        if error := next(said):
            raise error

    assert fetcher.json(question, {"action": "query"}, judge)
    assert len(naps) == 2


def test_what_is_gone_is_asked_for_once(fetcher, naps, monkeypatch):
    tries = []
    monkeypatch.setattr(Fetcher, "_get", failing(Gone("gone"), tries))

    with pytest.raises(Gone):
        fetcher.get("http://127.0.0.1:1/")
    assert (len(tries), naps) == (1, [])


def test_a_service_that_asks_for_an_hour_is_not_waited_for(fetcher, question, toytown_service):
    toytown_service.misbehave("throttle", seconds=3600.0)

    with pytest.raises(Throttled, match="a pause of 3600 s"):
        fetcher.json(question)
