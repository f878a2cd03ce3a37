import torch

from c2c.approaches import build
from c2c.exchange.trained import trained
from c2c.recipe import recipe_from, resolved
from c2c.training.checkpoint import Best, Checkpoint, save_checkpoint


def test_the_weights_are_those_that_the_recipe_keeps(tiny_table, proof, tmp_path):
    for keep, kept in (("last", 2), ("best", 1)):
        tiny_table["training"]["keep"] = keep
        recipe, folder = recipe_from(tiny_table), tmp_path / keep
        steps = {}
        for step in (1, 2):
            steps[step] = build(recipe, "cyclegan")
            best = Best(1, 0.5)
            description = Checkpoint("cyclegan", resolved(recipe), "key", step, 2, 1.0, {}, proof, best)
            save_checkpoint(folder, steps[step], description)

        approach, found, name = trained(folder)

        weight = "generator_ab.stem.1.weight"
        assert torch.equal(approach.networks.state_dict()[weight], steps[kept].networks.state_dict()[weight])
        assert (found, name) == (recipe, "cyclegan")
        assert not approach.networks.training
