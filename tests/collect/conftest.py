"""Crawls of a small town's service on loopback, for every test that collects."""

import hashlib
from contextlib import closing

import pytest

from c2c.collect.asked import Asked, write_asked
from c2c.collect.crawl import Patience, crawl
from c2c.collect.pace import TokenBuckets
from c2c.collect.pictures import Place, read_all_collected
from c2c.collect.planning import panoramas_of
from c2c.collect.settings import settings_for
from c2c.collect.sqlite_ledger import SqliteLedger
from c2c.collect.store import Store


@pytest.fixture
def crawls(toytown_service, tmp_path):
    """Crawls of the small town into tmp_path."""
    return Crawls(toytown_service, tmp_path)


class Crawls:
    """Crawls of a service into a folder."""

    hasty = Patience(longest_wait_s=0.05)

    def __init__(self, service, folder):
        self.service, self.folder = service, folder

    @property
    def centre(self):
        return Place(*self.service.town.anchor.lat_lon(0.0, 0.0))

    @property
    def all_ids(self):
        """Of the town's panoramas at Street View, without the earlier ones."""
        return set(self.service.catalogue.street_view_ids[: len(self.service.town.plan.stops)])

    def struck(self, name):
        """The ids that a misbehaviour is in force for."""
        return {id for id in self.all_ids if self.service.misbehaviours.marks(name, id)}

    def asked(self, source="streetview", **changes):
        return Asked(**({"source": source, "centre": self.centre, "radius_m": 150.0} | changes))

    def run(self, asked=None, patience=hasty, store=None, **settings):
        """Crawl, for the first time or again; gives the events, the counts, and why panoramas failed."""
        asked, events = asked or self.asked(), []
        overrides = [f"sources.{asked.source}.{name}={value}" for name, value in settings.items()]
        own = settings_for(asked.source, at=self.service.address, overrides=overrides)
        self.pace = TokenBuckets(1000.0)
        with self.ledger() as ledger, panoramas_of(own, self.pace, lambda _: None) as source:
            ledger.begin(asked)
            write_asked(self.folder, asked)
            try:
                crawl(source, ledger, store or Store(self.folder), asked, events.append, patience)
            finally:
                counts, failures = ledger.counts(), ledger.failures()
        return events, counts, failures

    def ledger(self):
        return closing(SqliteLedger(self.folder))

    def kept(self):
        """The ids of the collection, after a look at every file: each is whole and has one record."""
        records = read_all_collected(self.folder)
        for record in records:
            picture = (self.folder / record.picture).read_bytes()
            assert hashlib.sha256(picture).hexdigest() == record.sha256
        named = {path for record in records for path in (record.picture, record.payload) if path}
        found = [path for kind in ("panoramas", "payloads") for path in (self.folder / kind).glob("*")]
        assert {path.relative_to(self.folder).as_posix() for path in found} == named
        ids = [record.id for record in records]
        assert len(ids) == len(set(ids))
        return set(ids)
