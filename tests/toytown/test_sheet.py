import numpy as np

from c2c.toytown.sheet import class_picture, contact_sheet, depth_picture


def test_the_sheet_shows_a_row_for_each_thing_to_see():
    sheet = contact_sheet(seeds=(1, 3), cell=24)
    assert sheet.width == 118 + 2 * 24 + 4 + 4
    assert sheet.height > 9 * 24


def test_near_is_light_far_is_dark_and_none_is_white():
    shown = depth_picture(np.array([[1, 100, 0]], np.float32))
    assert shown[0, 0].sum() > shown[0, 1].sum()
    assert shown[0, 2].tolist() == [255, 255, 255]


def test_each_class_has_its_colour():
    assert len({tuple(colour) for colour in class_picture(np.arange(10, dtype=np.uint8))}) == 10
