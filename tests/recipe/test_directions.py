from c2c.recipe import Direction, recipe_from


def test_cyclegan_goes_both_ways_and_may_change_shapes(tiny_recipe):
    there, back = tiny_recipe.directions_of("cyclegan")

    assert (there.name, back.name) == ("old-to-new", "new-to-old")
    assert not there.keeps_shape
    assert not back.keeps_shape


def test_pix2pix_goes_between_a_citys_pictures_and_their_depth(tiny_recipe):
    (to_depth,) = tiny_recipe.directions_of("old-depth")
    (to_image,) = tiny_recipe.directions_of("depth-new")

    assert to_depth == Direction("old", "old", "image", "depth")
    assert to_image == Direction("new", "new", "depth", "image")
    assert (to_depth.name, to_image.name) == ("old-image-to-depth", "new-depth-to-image")


def test_the_chain_goes_from_the_city_of_its_first_half_to_that_of_its_second(tiny_recipe):
    assert tiny_recipe.directions_of("chain") == (Direction("old", "new"),)


def test_neural_style_goes_from_content_to_style(tiny_table):
    tiny_table["approaches"] = {"style": {"kind": "neural_style", "content": "new", "style": "old"}}

    assert recipe_from(tiny_table).directions_of("style") == (Direction("new", "old"),)
