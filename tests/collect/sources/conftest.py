"""Sources that ask the Toytown service, or an answer that is put into their hands."""

from dataclasses import replace

import pytest

from c2c.collect.fetching import Fetcher
from c2c.collect.pace import TokenBuckets
from c2c.collect.pictures import Place
from c2c.collect.settings import settings_for
from c2c.collect.sources import source


@pytest.fixture
def ask(toytown_service):
    """A function that gives a source of a name, which asks the small town's service."""
    fetchers = []

    def asking(name, key="", **overrides):
        texts = [f"sources.{name}.{setting}={value}" for setting, value in overrides.items()]
        settings = settings_for(name, at=toytown_service.address, overrides=texts)
        settings = replace(settings, key=key) if key else settings
        fetchers.append(Fetcher(settings, TokenBuckets(1e6)))
        return source(name, settings, fetchers[-1])

    yield asking
    for fetcher in fetchers:
        fetcher.close()


@pytest.fixture
def centre(toytown_service):
    """The middle of the small town."""
    return Place(*toytown_service.town.anchor.lat_lon(0.0, 0.0))


@pytest.fixture
def told():
    """A function that gives a source whose service answers what it is told to, one answer after the other."""

    class Told:
        def __init__(self, answers):
            self.answers, self.asked = list(answers), []

        def json(self, url, params=None, judge=lambda answer: None):
            self.asked.append((url, dict(params or {})))
            answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
            answer = answer(dict(params or {})) if callable(answer) else answer
            judge(answer)
            return answer

    def telling(name, *answers):
        settings = settings_for(name, at="http://127.0.0.1:1")
        return source(name, settings, Told(answers))

    return telling
