import pytest
from torch import nn

from c2c.models.initialisation import initialise_weights, initialise_xavier


@pytest.mark.parametrize("kind", [nn.Conv2d, nn.ConvTranspose2d])
def test_convolutions_begin_around_zero_with_a_deviation_of_one_fiftieth(kind):
    layer = initialise_weights(nn.Sequential(kind(64, 64, 4)))[0]

    assert layer.weight.mean().item() == pytest.approx(0, abs=5e-4)
    assert layer.weight.std().item() == pytest.approx(0.02, rel=0.02)
    assert not layer.bias.any()


def test_batch_norms_begin_around_one():
    layer = initialise_weights(nn.Sequential(nn.BatchNorm2d(10_000)))[0]

    assert layer.weight.mean().item() == pytest.approx(1, abs=2e-3)
    assert layer.weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert not layer.bias.any()


def test_a_convolution_without_bias_stays_without():
    assert initialise_weights(nn.Conv2d(3, 3, 1, bias=False)).bias is None


@pytest.mark.parametrize(
    ("layer", "seen"),
    [
        (nn.Conv2d(64, 32, 4), 16 * (64 + 32)),
        (nn.ConvTranspose2d(64, 32, 4), 16 * (64 + 32)),
        (nn.Linear(300, 200), 300 + 200),
    ],
)
def test_xaviers_deviation_falls_with_what_a_layer_sees(layer, seen):
    layer = initialise_xavier(nn.Sequential(layer), gain=0.5)[0]

    assert layer.weight.mean().item() == pytest.approx(0, abs=0.02 * layer.weight.std().item())
    assert layer.weight.std().item() == pytest.approx(0.5 * (2 / seen) ** 0.5, rel=0.02)
    assert not layer.bias.any()


def test_a_convolution_without_bias_stays_without_with_xavier_too():
    assert initialise_xavier(nn.Conv2d(3, 3, 1, bias=False)).bias is None
