import pytest
from torch import nn

from c2c.models.initialisation import initialise_weights


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
