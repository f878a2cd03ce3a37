"""From the crawl of a town to views, against what the town itself shows and how far away it is."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from c2c.collect.views import ViewsAsked, make_views
from c2c.geometry.views import six_views
from c2c.toytown.layout import Viewpoint

SIZE = 132


@pytest.fixture
def views(crawls, tmp_path):
    """The views of a crawled town, and the town."""
    crawls.folder = tmp_path / "town"
    crawls.run()
    return make_views(crawls.folder, tmp_path / "views", ViewsAsked(six_views(SIZE))), crawls.service


def standpoint(service, panorama, camera):
    """Where a view was taken in the town, and which way."""
    stop = service.catalogue.street_view_ids.index(panorama.id)
    place = service.town.plan.stops[stop]
    return Viewpoint(replace(camera, yaw_deg=camera.yaw_deg + place.yaw_deg), place.position)


def test_depth_is_within_one_per_cent_at_99_of_100_pixels_of_every_view(views, tmp_path):
    made, service = views
    assert {one.id for one in made.panoramas} == set(service.catalogue.street_view_ids[: len(service.town.plan.stops)])
    for panorama in made.panoramas:
        for view in panorama.views:
            depth = np.asarray(Image.open(tmp_path / "views" / view.depth)) / 256
            truth = service.town.fixed_depth_m(standpoint(service, panorama, view.camera))
            valid = depth > 0
            near = np.abs(depth - truth) <= 0.01 * truth + 1 / 512  # half a step of what 16 bits hold
            assert near[valid].mean() >= 0.99 or not valid.any(), view.picture
            assert valid.sum() >= 0.93 * (truth > 0).sum() - 50, view.picture


def test_pictures_look_the_way_that_their_cameras_say(views, tmp_path):
    made, service = views
    for view in made.panoramas[0].views[:4]:
        picture = Image.open(tmp_path / "views" / view.picture).resize((16, 16), Image.Resampling.BOX)
        seen = np.asarray(picture).astype(float)
        drawn = service.town.view(standpoint(service, made.panoramas[0], replace(view.camera, width=16, height=16)))
        alike, mirrored = (
            np.corrcoef(one.ravel(), drawn.colour.astype(float).ravel())[0, 1] for one in (seen, seen[:, ::-1])
        )
        assert alike > 0.9
        assert alike > mirrored + 0.05


def test_bearings_are_those_of_the_compass(views):
    made, service = views
    first = made.panoramas[0]
    stop = service.town.plan.stops[service.catalogue.street_view_ids.index(first.id)]
    north = service.town.anchor.bearing_deg + stop.yaw_deg
    for view in first.views:
        turn = (view.bearing_deg - north - view.camera.yaw_deg + 180) % 360 - 180
        assert turn == pytest.approx(0, abs=0.01)
