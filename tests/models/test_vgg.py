import h5py
import pytest
import torch
import torch.nn.functional as F

from c2c import weights
from c2c.errors import WeightsError
from c2c.models import vgg

CHANNELS = (64, 128, 256, 512, 512)


def random_images(size=32, count=1):
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(0)) * 2 - 1


@pytest.fixture(scope="module")
def kernels():
    """Random kernels (3, 3, in, out) and biases of the 13 convolutions, by their place in a Keras file."""
    generator = torch.Generator().manual_seed(1)
    found, inside = {}, 3
    for block, (outside, count) in enumerate(zip(CHANNELS, (2, 2, 3, 3, 3), strict=True), start=1):
        for number in range(count):
            kernel = torch.randn(3, 3, inside, outside, generator=generator) / (9 * inside) ** 0.5
            found[f"block{block}/layers/conv2d{f'_{number}' if number else ''}"] = (
                kernel,
                torch.randn(outside, generator=generator),
            )
            inside = outside
    return found


@pytest.fixture(scope="module")
def network(kernels, tmp_path_factory):
    """A VGG-16 read from a file laid out like vgg16-hed's, with random weights."""
    path = tmp_path_factory.mktemp("vgg") / "random.weights.h5"
    with h5py.File(path, "w") as file:
        for group, (kernel, bias) in kernels.items():
            file[f"{group}/vars/0"], file[f"{group}/vars/1"] = kernel.numpy(), bias.numpy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vgg, "locate", lambda name: path)
        return vgg.load_vgg("vgg16-hed")


def test_vgg16_hed_sees_blue_green_red_from_0_to_255_minus_the_mean(network):
    white_red = torch.tensor([1.0, -1.0, -1.0]).view(1, 3, 1, 1)

    prepared = network.prepared(white_red).flatten().tolist()

    assert prepared == pytest.approx([-104.00699, -116.66877, 255 - 122.67892], abs=1e-4)


def test_vgg16_hed_convolves_as_its_file_says(network, kernels):
    images = random_images()
    x, expected = network.prepared(images), {}
    for number, (kernel, bias) in enumerate(list(kernels.values())[:2]):
        x = F.conv2d(x, kernel.permute(3, 2, 0, 1), bias, padding=1)
        expected[2 * number] = x
        x = x.relu()

    found = network(images, [0, 2])

    for layer, activation in expected.items():
        torch.testing.assert_close(found[layer], activation, rtol=1e-4, atol=1e-3)


def test_every_convolution_finds_its_place(network, kernels):
    layers = [layer for layer in network.features if isinstance(layer, torch.nn.Conv2d)]

    assert len(layers) == len(kernels) == 13
    for layer, (kernel, bias) in zip(layers, kernels.values(), strict=True):
        assert torch.equal(layer.weight, kernel.permute(3, 2, 0, 1))
        assert torch.equal(layer.bias, bias)


def test_layers_are_counted_as_in_torchvision_and_halve_at_each_pooling(network):
    found = network(random_images(32), (1, 6, 11, 18, 25))

    assert {layer: tuple(activation.shape[1:]) for layer, activation in found.items()} == {
        1: (64, 32, 32),
        6: (128, 16, 16),
        11: (256, 8, 8),
        18: (512, 4, 4),
        25: (512, 2, 2),
    }


def test_a_relu_does_not_overwrite_the_activation_before_it(network):
    found = network(random_images(), (0, 1))

    assert found[0].min() < 0
    assert torch.equal(found[0].relu(), found[1])


def test_nothing_deeper_than_asked_is_computed(network):
    tiny = random_images(4)  # deeper poolings would have nothing left to halve

    assert list(network(tiny, [6])) == [6]


def test_gradients_reach_the_picture_and_never_the_weights(network):
    images = random_images().requires_grad_()

    network(images, [6])[6].sum().backward()

    assert images.grad is not None
    assert images.grad.abs().max() > 0
    assert all(parameter.grad is None and not parameter.requires_grad for parameter in network.parameters())


def test_a_vgg_stays_in_evaluation_mode(network):
    assert not network.train().training


def test_a_layer_that_is_not_there_is_refused(network):
    with pytest.raises(ValueError, match="has layers 0 to 30; asked for"):
        network(random_images(), [1, 99])
    with pytest.raises(ValueError, match="has layers 0 to 30; asked for"):
        network(random_images(), [])


def test_vgg19_takes_torchvision_s_file_and_colours(tmp_path, monkeypatch):
    from torchvision.models import vgg19

    generator = torch.Generator().manual_seed(0)
    with torch.device("meta"):
        shapes = {name: value.shape for name, value in vgg19().features.state_dict().items()}
    state = {f"features.{name}": torch.randn(shape, generator=generator) for name, shape in shapes.items()}
    torch.save(state | {"classifier.0.weight": torch.zeros(1)}, tmp_path / "vgg19.pth")
    monkeypatch.setattr(vgg, "locate", lambda name: tmp_path / "vgg19.pth")

    network = vgg.load_vgg("vgg19")

    assert torch.equal(network.features[34].weight, state["features.34.weight"])
    white = network.prepared(torch.ones(1, 3, 1, 1)).flatten().tolist()
    assert white == pytest.approx([(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225], rel=1e-5)


def test_the_pretrained_vgg16_hed_tells_a_pattern_by_its_style_and_not_by_its_place():
    try:
        weights.get("vgg16-hed")
    except WeightsError as error:
        pytest.skip(str(error).splitlines()[0])
    network = vgg.load_vgg("vgg16-hed")
    stripes = torch.ones(64, 64)
    stripes[:, ::8] = stripes[:, 1::8] = -1
    upright, moved, level = stripes, stripes.roll(4, 1), stripes.T
    images = torch.stack([upright, moved, level])[:, None].expand(-1, 3, -1, -1)

    with torch.no_grad():
        deep = network(images, [11])[11].flatten(2)
    grams = deep @ deep.transpose(1, 2) / deep.shape[2]
    other_place, other_style = (grams[0] - grams[1]).norm(), (grams[0] - grams[2]).norm()

    assert other_place < other_style / 4
