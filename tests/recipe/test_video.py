import pytest

from c2c.errors import RecipeError
from c2c.recipe import load_recipe, packaged_recipes, recipe_from


def test_no_recipe_makes_a_video_unless_it_asks_for_frames(tiny_recipe):
    assert tiny_recipe.video.frames == 0
    asking = {name for name in packaged_recipes() if load_recipe(name).video.frames}
    assert asking == {"toytown"}


def test_a_video_names_approaches_and_cities_that_are_there(tiny_table):
    with pytest.raises(RecipeError, match=r"video.approaches names 'cyclegam'; did you mean 'cyclegan'"):
        recipe_from(tiny_table | {"video": {"frames": 8, "approaches": ["cyclegam"]}})
    with pytest.raises(RecipeError, match=r"video.files names 'odl'.*did you mean 'old'"):
        recipe_from(tiny_table | {"video": {"frames": 8, "files": {"odl": "drive.mp4"}}})
    with pytest.raises(RecipeError, match="Toytown's cities are driven through and need no file"):
        load_recipe("toytown", ('video.files.paris="drive.mp4"',))


def test_a_video_is_long_enough_to_flicker_and_no_longer_than_the_street():
    with pytest.raises(RecipeError, match=r"video.frames is 3; at least 8"):
        load_recipe("toytown", ("video.frames=3",))
    with pytest.raises(RecipeError, match=r"a drive of 149.75 m, but the street is 120 m long"):
        load_recipe("toytown", ("video.frames=600",))
    assert load_recipe("toytown", ("video.frames=0",)).video.frames == 0


def test_a_video_of_a_file_may_be_as_long_as_it_likes(tiny_table):
    recipe = recipe_from(tiny_table | {"video": {"frames": 6000, "files": {"old": "drive.mp4"}}})

    assert recipe.video.files == {"old": "drive.mp4"}
