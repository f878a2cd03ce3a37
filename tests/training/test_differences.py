from c2c.recipe import recipe_from
from c2c.training.differences import basis, differences

DATA = {"old": "1" * 64, "new": "2" * 64}


def test_a_recipe_does_not_differ_from_itself(tiny_recipe):
    assert differences(basis(tiny_recipe, "cyclegan", DATA), basis(tiny_recipe, "cyclegan", DATA)) == []


def test_every_difference_is_named_as_a_recipe_writes_it(tiny_recipe, tiny_table):
    tiny_table["seed"] = 3
    tiny_table["approaches"]["cyclegan"]["training"] = {"learning_rate": 0.1}
    tiny_table["approaches"]["cyclegan"]["blocks"] = 2
    other = basis(recipe_from(tiny_table), "cyclegan", DATA | {"old": "3" * 64})

    assert differences(basis(tiny_recipe, "cyclegan", DATA), other) == [
        "approaches.cyclegan.training.learning_rate: 0.0002 then, 0.1 now",
        "approaches.cyclegan.blocks: 1 then, 2 now",
        "seed: 0 then, 3 now",
        "pictures of old: 111111111111 then, 333333333333 now",
    ]


def test_what_changes_no_weight_is_no_difference(tiny_recipe, tiny_table):
    tiny_table["training"] |= {"checkpoint_every": 1, "keep": "best", "tensorboard": True}
    tiny_table["apply_sizes"] = [64]
    tiny_table["data"]["workers"] = 2

    assert basis(recipe_from(tiny_table), "cyclegan", DATA) == basis(tiny_recipe, "cyclegan", DATA)


def test_another_approach_of_the_recipe_does_not_matter(tiny_recipe, tiny_table):
    tiny_table["approaches"]["depth-new"]["levels"] = 4

    assert basis(recipe_from(tiny_table), "cyclegan", DATA) == basis(tiny_recipe, "cyclegan", DATA)
