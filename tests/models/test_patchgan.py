import pytest
import torch
from torch import nn

from c2c.models.blur import BlurDownsample
from c2c.models.norms import BatchNorm2d, InstanceNorm2d
from c2c.models.patchgan import PatchGAN


def without_norms(network):
    for place, layer in enumerate(network.body):
        if isinstance(layer, InstanceNorm2d):
            network.body[place] = nn.Identity()  # it would look at the whole picture
    return network


def test_the_papers_discriminator_has_the_published_2_765_thousand_parameters():
    assert sum(parameter.numel() for parameter in PatchGAN().parameters()) == 2_764_737


@pytest.mark.parametrize(("layers", "side"), [(1, 16), (2, 34), (3, 70)])
def test_each_score_sees_a_patch(layers, side):
    discriminator = without_norms(PatchGAN(3, 2, layers))
    picture = torch.randn(1, 3, 160, 160, requires_grad=True)

    scores = discriminator(picture)
    scores[0, 0, scores.shape[2] // 2, scores.shape[3] // 2].backward()
    seen = picture.grad.abs().sum((0, 1)) > 0

    assert seen.any(0).sum() == side
    assert seen.any(1).sum() == side


def test_a_picture_of_128_pixels_gets_14_by_14_scores():
    assert PatchGAN(3, 2)(torch.zeros(2, 3, 128, 128)).shape == (2, 1, 14, 14)


def test_scores_are_unbounded():
    discriminator = PatchGAN(3, 2)
    nn.init.constant_(discriminator.body[-1].bias, 50.0)

    assert discriminator(torch.zeros(1, 3, 64, 64)).min() > 10


@pytest.mark.parametrize(("norm", "kind"), [("instance", InstanceNorm2d), ("batch", BatchNorm2d)])
def test_it_takes_the_norm_it_is_told(norm, kind):
    assert sum(isinstance(layer, kind) for layer in PatchGAN(norm=norm, base_channels=2).body) == 3


def test_state_dicts_of_the_papers_discriminator_have_the_keys_they_always_had():
    keys = [key for key in PatchGAN(norm="instance", base_channels=2).state_dict() if key.endswith("weight")]

    assert keys == ["body.0.weight", "body.2.weight", "body.5.weight", "body.8.weight", "body.11.weight"]


def test_with_blurs_it_has_the_same_weights_and_as_many_scores():
    blurred = PatchGAN(3, 2, downsample="blur")

    assert [p.shape for p in blurred.parameters()] == [p.shape for p in PatchGAN(3, 2).parameters()]
    assert [p.shape for p in blurred.parameters()] == [t.shape for t in blurred.state_dict().values()]
    assert blurred(torch.zeros(2, 3, 128, 128)).shape == (2, 1, 14, 14)
    assert [type(layer) for layer in blurred.body].count(BlurDownsample) == 3
    assert [layer.stride for layer in blurred.body if isinstance(layer, nn.Conv2d)] == [(1, 1)] * 5
