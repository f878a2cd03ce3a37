"""The service as a whole, and a server of this machine that runs it."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from c2c.collect.service.catalogue import Catalogue
from c2c.collect.service.commons import commons_routes
from c2c.collect.service.flickr import flickr_routes
from c2c.collect.service.front import Front, Noted
from c2c.collect.service.gallery import Gallery
from c2c.collect.service.mapillary import mapillary_routes
from c2c.collect.service.misbehaviour import Misbehaviours, Order
from c2c.collect.service.openverse import openverse_routes
from c2c.collect.service.panoramax import panoramax_routes
from c2c.collect.service.search_page import search_page_routes
from c2c.collect.service.streetview import street_view_routes
from c2c.loopback import ONLY_THIS_MACHINE, served
from c2c.toytown.grid import TownPlan
from c2c.toytown.town import CityTown


@dataclass
class Service:
    """A town with everything that answers for it."""

    catalogue: Catalogue
    gallery: Gallery
    misbehaviours: Misbehaviours
    address: str = ""  # while it runs, without a slash at its end
    front: Front = field(init=False)

    def __post_init__(self) -> None:
        parts = (self.catalogue, self.gallery, self.misbehaviours)
        routes = [
            Mount("/streetview", routes=street_view_routes(*parts)),
            Mount("/panoramax", routes=panoramax_routes(*parts)),
            Mount("/mapillary", routes=mapillary_routes(*parts)),
            Mount("/commons", routes=commons_routes(*parts)),
            Mount("/flickr", routes=flickr_routes(*parts)),
            Mount("/openverse", routes=openverse_routes(*parts)),
            Mount("/photos", routes=search_page_routes(*parts)),
        ]
        self.front = Front(Starlette(routes=routes), self.misbehaviours)

    @property
    def app(self) -> ASGIApp:
        """What is served: the front, to those who ask this machine by its name."""
        middleware, arguments, options = ONLY_THIS_MACHINE
        return middleware(self.front, *arguments, **options)

    @property
    def town(self) -> CityTown:
        """The town that it shows."""
        return self.catalogue.town

    @property
    def requests(self) -> list[Noted]:
        """What was asked so far."""
        return list(self.front.noted)

    def misbehave(self, name: str, share: float = 1.0, **more: Any) -> None:
        """Order one thing to be done wrong; see `Order`."""
        self.misbehaviours.order(Order(name, share, **more))

    def behave(self) -> None:
        """Take every order back."""
        self.misbehaviours.behave()


def town_of(city: str, panoramas: int = 60, seed: int = 1) -> CityTown:
    """The town of a city with so many panoramas."""
    return CityTown(TownPlan.from_seed(seed, panoramas), city)


def service_of(town: CityTown, height: int = 512, keep: bool = True, orders: Iterable[Order] = ()) -> Service:
    """The service of a town, ready to be run.

    Args:
        town: what it shows.
        height: of its panoramas, in pixels.
        keep: what was drawn, in the per-user cache; else in memory alone.
        orders: what it does wrong from the beginning.
    """
    catalogue = Catalogue(town)
    return Service(catalogue, Gallery(catalogue, height, keep), Misbehaviours(orders))


@contextlib.contextmanager
def serving(town: CityTown, height: int = 512, keep: bool = True, orders: Iterable[Order] = ()) -> Iterator[Service]:
    """Run the service of a town in a thread, on a free port of this machine, as long as the block lasts.

    Args:
        town: what it shows.
        height: of its panoramas, in pixels.
        keep: what was drawn, in the per-user cache; else in memory alone.
        orders: what it does wrong from the beginning.
    """
    service = service_of(town, height, keep, orders)
    with served(service.app) as service.address:
        yield service
