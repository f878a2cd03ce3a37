"""Drawing and reading pictures: one process, from the seed or the file to pixels in memory."""

import io

import numpy as np
from PIL import Image

from c2c.data.pictures import read_picture
from c2c.data.transforms import test_view as centre_view
from c2c.toytown import StreetLayout, build_scene, render


def test_toytown_draws_a_view_of_128_pixels(benchmark):
    seeds = iter(range(10**6))

    def draw() -> None:
        layout = StreetLayout.from_seed(next(seeds))
        render(build_scene(layout, massing="paris", dress="paris"), layout.view(128))

    benchmark(draw)


def test_a_photo_of_640_by_480_becomes_a_view_of_128_pixels(benchmark, tmp_path):
    values = np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    photo = Image.fromarray(values).resize((640, 480), Image.Resampling.BICUBIC)
    path = tmp_path / "photo.jpg"
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=90)
    path.write_bytes(buffer.getvalue())
    benchmark(lambda: centre_view(read_picture(path), 128))
