import math
from contextlib import closing

import pytest

from c2c.collect.asked import Asked
from c2c.collect.pictures import FoundPicture, Link, Place, Rights, collected
from c2c.collect.sqlite_ledger import SqliteLedger

CENTRE = Place(48.8606, 2.3376)
RIGHTS = Rights("CC0 1.0", "https://example.org/cc0", "somebody", "somebody, CC0", "https://example.org/a", True)


def place(east_m, north_m):
    metres_a_degree = 111_195
    across = metres_a_degree * math.cos(math.radians(CENTRE.lat_deg))
    return Place(CENTRE.lat_deg + north_m / metres_a_degree, CENTRE.lon_deg + east_m / across)


class Crawl:
    """A crawl without a service: panoramas are told of and collected by hand."""

    asked = Asked("panoramax", CENTRE, 500.0)

    def __init__(self, folder):
        self.ledger = SqliteLedger(folder)
        self.ledger.begin(self.asked)

    def tell(self, id, east_m, north_m, parent=None):
        self.ledger.add([Link(id, place(east_m, north_m), None)], parent, 0)

    def collect(self, *neighbours):
        """Visit the next panorama; each neighbour is (id, east_m, north_m)."""
        claimed = self.ledger.claim("w", 60)
        found = FoundPicture("panoramax", claimed.id, "panorama", claimed.place, "2020", 64, 32, RIGHTS)
        record = collected(
            found,
            picture=f"panoramas/{len(claimed.id)}.jpg",
            payload=None,
            size_px=(64, 32),
            sha256="0" * 64,
            bytes=10,
            fetched="2026-11-01T00:00:00+00:00",
            fetched_from="https://example.org",
        )
        self.ledger.done(claimed.id, record, [Link(id, place(*where), None) for id, *where in neighbours])


@pytest.fixture
def crawl(tmp_path):
    """A crawl of 500 m that has begun, and nothing in it."""
    begun = Crawl(tmp_path / "collection")
    with closing(begun.ledger):
        yield begun
