import pytest
import torch
from torch import nn

from c2c.approaches import build, neural_style
from c2c.losses import content_loss, gram_matrix, style_loss
from c2c.models.vgg import CAFFE, VGGFeatures
from c2c.recipe import recipe_from


def random_vgg(name):
    """VGG-16 up to relu4_1 with random weights: enough to see whether the optimisation does its work."""
    generator = torch.Generator().manual_seed(0)
    layers, inside = [], 3
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 1)):
        for _ in range(count):
            convolution = nn.Conv2d(inside, width, 3, padding=1)
            convolution.weight.data = torch.randn(width, inside, 3, 3, generator=generator) * (2 / 9 / inside) ** 0.5
            layers += [convolution, nn.ReLU()]
            inside = width
        layers.append(nn.MaxPool2d(2))
    return VGGFeatures(name, "0" * 64, nn.Sequential(*layers[:-1]), CAFFE)


def city(seed, count=1):
    coarse = torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return nn.functional.interpolate(coarse, size=32, mode="bilinear")


@pytest.fixture
def style(tiny_table, monkeypatch):
    monkeypatch.setattr(neural_style, "load_vgg", random_vgg)
    tiny_table["approaches"] = {"style": {"kind": "neural_style", "content": "old", "style": "new", "steps": 8}}
    return build(recipe_from(tiny_table), "style")


def objective(style, image, picture):
    """Equation 7 of the paper, in the shares that c2c states."""
    found = style.vgg(image, (*style.style_layers, *neural_style.CONTENT_LAYERS))
    true = style.vgg(picture, neural_style.CONTENT_LAYERS)
    styles = [style_loss(found[layer], style.style[str(layer)]) for layer in style.style_layers]
    contents = [content_loss(found[layer], true[layer]) for layer in neural_style.CONTENT_LAYERS]
    return (100 * torch.stack(styles).mean() + torch.stack(contents).mean()).item()


@torch.no_grad()
def test_a_picture_comes_nearer_to_the_style_and_stays_in_range(style):
    style.fit(city(1))
    picture = city(2)
    (direction,) = style.directions

    made = style.translate(picture, direction)["fake"]

    assert objective(style, made, picture) < 0.6 * objective(style, picture, picture)
    assert made.abs().max() <= 1
    assert not made.requires_grad


@torch.no_grad()
def test_a_picture_of_its_own_style_stays_as_it_is(style):
    picture = city(1)
    style.fit(picture)

    assert torch.allclose(style.generate(picture, style.directions[0]), picture, atol=1e-3)


@torch.no_grad()
def test_the_style_of_a_city_is_the_mean_of_its_pictures_gram_matrices(style):
    pictures = city(1, count=3)

    style.fit(pictures)

    for layer, features in style.vgg(pictures, style.style_layers).items():
        assert torch.allclose(style.style[str(layer)], gram_matrix(features).mean(0, keepdim=True), rtol=1e-3, atol=1)


@torch.no_grad()
def test_pictures_are_drawn_one_by_one(style):
    style.fit(city(1))
    pictures = city(2, count=2)

    assert torch.equal(style.generate(pictures, None)[1:], style.generate(pictures[1:], None))


def test_the_feature_network_is_neither_saved_nor_trained(style):
    style.fit(city(1))

    assert all(key.startswith("style.") for key in style.networks.state_dict())
    assert not any(parameter.requires_grad for parameter in style.vgg.parameters())
    with pytest.raises(TypeError, match="NeuralStyle is not trained by steps"):
        style.training_step(None)
