import io

import numpy as np
import pytest
from PIL import Image

from c2c.collect.failures import BadAnswer
from c2c.collect.tiles import grid, stitch


def jpeg(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=95)
    return file.getvalue()


def smooth(width, height):
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([40 + x * 200 / width, 40 + y * 200 / height, 120 + 0 * x], axis=2).astype(np.uint8)


def cut(picture, tile_px):
    """The tiles of a picture as the service gives them: those at the edge are filled up with black."""
    height, width = picture.shape[:2]
    for column, row in grid(width, height, tile_px):
        tile = np.zeros((tile_px, tile_px, 3), np.uint8)
        part = picture[row * tile_px : (row + 1) * tile_px, column * tile_px : (column + 1) * tile_px]
        tile[: part.shape[0], : part.shape[1]] = part
        yield jpeg(tile)


@pytest.mark.parametrize(("width", "height"), [(128, 64), (104, 52), (64, 32), (100, 20)])
def test_tiles_become_the_picture_they_were_cut_from(width, height):
    picture = smooth(width, height)

    found = np.asarray(Image.open(io.BytesIO(stitch(cut(picture, 32), width, height, 32))))

    assert found.shape == picture.shape
    assert np.abs(found.astype(int) - picture).mean() < 4


def test_a_black_tile_is_none():
    tiles = list(cut(smooth(64, 32), 32))
    tiles[1] = jpeg(np.zeros((32, 32, 3), np.uint8))

    with pytest.raises(BadAnswer, match="Tile 1,0 is black"):
        stitch(tiles, 64, 32, 32)


def test_a_tile_that_is_too_small_is_refused():
    with pytest.raises(BadAnswer, match=r"Tile 0,0 is 16x16 px; 32x32 were needed"):
        stitch([jpeg(smooth(16, 16))] * 2, 64, 32, 32)


def test_a_torn_tile_is_refused():
    tiles = list(cut(smooth(64, 32), 32))

    with pytest.raises(BadAnswer, match="Tile 1,0 cannot be decoded"):
        stitch([tiles[0], tiles[1][:300]], 64, 32, 32)
