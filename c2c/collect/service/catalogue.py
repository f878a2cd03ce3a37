"""What the Toytown service has on offer: panoramas and photos of a town, by the names each source gives them."""

import base64
import hashlib
import uuid
from dataclasses import dataclass
from functools import cached_property

from c2c.toytown.chance import Draws
from c2c.toytown.town import CityTown

PHOTOS_A_STOP = 2
LICENCES = ("CC BY-SA 4.0", "CC BY 4.0", "CC0 1.0", "all rights reserved")
AUTHORS = ("Ada Brick", "Benno Kanal", "Chloé Rue", "Dora <Foto> & Söhne")


@dataclass(frozen=True)
class Shot:
    """A panorama."""

    number: int
    stop: int  # where in the town's plan it was taken
    turned: bool  # an earlier drive, in the other direction
    captured: str  # year, month and day
    lat_deg: float
    lon_deg: float
    elevation_m: float
    heading_deg: float  # compass bearing of its middle
    links: tuple[int, ...]  # numbers of the shots next to it
    earlier: int | None  # number of an earlier shot at this stop


@dataclass(frozen=True)
class Photo:
    """A photo with a pinhole camera, from one of the stops."""

    number: int
    stop: int
    yaw_deg: float  # clockwise from the town's y
    pitch_deg: float
    fov_deg: float
    captured: str
    lat_deg: float
    lon_deg: float
    heading_deg: float
    author: str
    licence: str


@dataclass(frozen=True)
class Catalogue:
    """Everything that a town's service can show."""

    town: CityTown

    @cached_property
    def shots(self) -> tuple[Shot, ...]:
        """Today's panoramas, one for each stop and in their order, and then the earlier ones."""
        stops = self.town.plan.stops
        earlier = {stop: len(stops) + place for place, stop in enumerate(range(0, len(stops), 3))}
        today = [self._shot(stop, stop, False, earlier.get(stop)) for stop in range(len(stops))]
        return (*today, *(self._shot(number, stop, True, None) for stop, number in earlier.items()))

    @property
    def today(self) -> tuple[Shot, ...]:
        """Today's panoramas, one for each stop and in their order."""
        return self.shots[: len(self.town.plan.stops)]

    def _shot(self, number: int, stop: int, turned: bool, earlier: int | None) -> Shot:
        place, anchor = self.town.plan.stops[stop], self.town.anchor
        lat, lon = anchor.lat_lon(place.position[0], place.position[1])
        draws = Draws("shot", self.town.plan.seed, number)
        year = draws.integer(2012, 2017) if turned else draws.integer(2019, 2025)
        return Shot(
            number=number,
            stop=stop,
            turned=turned,
            captured=f"{year}-{draws.integer(3, 10):02d}-{draws.integer(1, 28):02d}",
            lat_deg=lat,
            lon_deg=lon,
            elevation_m=round(anchor.elevation_m + place.position[2], 6),
            heading_deg=(self.yaw_deg(stop, turned) + anchor.bearing_deg) % 360,
            links=place.links,
            earlier=earlier,
        )

    def yaw_deg(self, stop: int, turned: bool) -> float:
        """Where the middle of a panorama looks, clockwise from the town's y."""
        return (self.town.plan.stops[stop].yaw_deg + 180.0 * turned) % 360

    @cached_property
    def photos(self) -> tuple[Photo, ...]:
        """The photos: along the street and across it."""
        count = len(self.town.plan.stops)
        return tuple(self._photo(number, number // PHOTOS_A_STOP) for number in range(count * PHOTOS_A_STOP))

    def _photo(self, number: int, stop: int) -> Photo:
        draws, anchor = Draws("photo", self.town.plan.seed, number), self.town.anchor
        place = self.town.plan.stops[stop]
        aside = 0.0 if number % 2 == 0 else draws.choice((-50.0, 50.0, 180.0))
        yaw = round((place.yaw_deg + aside + draws.uniform(-15, 15)) % 360, 6)
        lat, lon = anchor.lat_lon(place.position[0], place.position[1])
        return Photo(
            number=number,
            stop=stop,
            yaw_deg=yaw,
            pitch_deg=round(draws.uniform(2, 9), 6),
            fov_deg=round(draws.uniform(62, 82), 6),
            captured=f"{draws.integer(2010, 2025)}-{draws.integer(1, 12):02d}-{draws.integer(1, 28):02d}",
            lat_deg=lat,
            lon_deg=lon,
            heading_deg=(yaw + anchor.bearing_deg) % 360,
            author=draws.choice(AUTHORS),
            licence=LICENCES[number % len(LICENCES)],
        )

    @cached_property
    def street_view_ids(self) -> tuple[str, ...]:
        """22 characters for each shot; those of the first two differ by case alone."""
        ids = [self._street_view_id(number) for number in range(len(self.shots))]
        if len(ids) > 1:
            letter = next(place for place, character in enumerate(ids[0]) if character.isalpha())
            ids[1] = ids[0][:letter] + ids[0][letter].swapcase() + ids[0][letter + 1 :]
        return tuple(ids)

    def _street_view_id(self, number: int) -> str:
        return base64.urlsafe_b64encode(self._digest("streetview", number)).decode().rstrip("=")

    @cached_property
    def shots_by_street_view_id(self) -> dict[str, Shot]:
        """The shots by their ids."""
        return dict(zip(self.street_view_ids, self.shots, strict=True))

    def uuid(self, what: str, number: int) -> str:
        """A UUID for one thing of a kind."""
        return str(uuid.UUID(bytes=self._digest(what, number), version=4))

    def whole_number(self, what: str, number: int, digits: int) -> str:
        """A number of so many digits for one thing of a kind."""
        low = 10 ** (digits - 1)
        return str(low + int.from_bytes(self._digest(what, number), "big") % (9 * low))

    def _digest(self, *parts: str | int) -> bytes:
        named = "/".join(map(str, (self.town.city, self.town.plan.seed, *parts)))
        return hashlib.blake2b(named.encode(), digest_size=16).digest()
