import sys
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from c2c.errors import WeightsError
from c2c.models import features
from c2c.models.features import EfficientNetLite0, feature_name, load_features, perceptual_distance

TRAFFIC_LIGHT = 920  # class of ImageNet


@pytest.fixture(scope="module")
def network():
    return load_features("efficientnet-lite0")


def pictures(count=2, size=96, seed=0):
    """Smooth random pictures, uint8 (count, 3, size, size)."""
    coarse = torch.rand(count, 3, 12, 12, generator=torch.Generator().manual_seed(seed))
    return (F.interpolate(coarse, size=(size, size), mode="bicubic").clamp(0, 1) * 255).round().to(torch.uint8)


def blurred(images, radius):
    kernel = torch.ones(3, 1, 2 * radius + 1, 2 * radius + 1) / (2 * radius + 1) ** 2
    padded = F.pad(images.float(), (radius,) * 4, mode="reflect")
    return F.conv2d(padded, kernel, groups=3).round().to(torch.uint8)


def test_a_picture_becomes_1280_finite_features(network):
    found = network(pictures(3))

    assert found.shape == (3, network.dims) == (3, 1280)
    assert found.dtype == torch.float32
    assert found.isfinite().all()
    assert not found.requires_grad


def test_bytes_and_floats_of_one_picture_have_the_same_features(network):
    images = pictures()

    torch.testing.assert_close(network(images.float() / 127.5 - 1), network(images), rtol=0, atol=1e-4)


def test_pictures_do_not_influence_each_other_in_a_batch(network):
    images = pictures(3)
    one_by_one = torch.cat([network(image[None]) for image in images])

    torch.testing.assert_close(network(images), one_by_one, rtol=0, atol=1e-4)


def test_preprocessing_is_the_one_the_protocol_states(network):
    black_and_white = torch.stack([torch.zeros(3, 40, 60), torch.full((3, 40, 60), 255.0)]).to(torch.uint8)

    prepared = network.prepared(black_and_white)

    assert prepared.shape == (2, 3, 224, 224)
    assert prepared[0].unique().tolist() == pytest.approx([-127 / 128])
    assert prepared[1].unique().tolist() == pytest.approx([1.0])
    assert network.resize == "to 224 x 224, bilinear, antialiased, float32"


def test_reducing_a_picture_is_antialiased(network):
    checks = torch.zeros(1, 3, 896, 896)
    checks[..., ::2, ::2] = checks[..., 1::2, 1::2] = 255

    prepared = network.prepared(checks.to(torch.uint8))

    assert prepared[..., 8:-8, 8:-8].abs().max() < 0.01  # even grey; without the filter it would be black


def traffic_light():
    """A drawn traffic light on white, uint8 (1, 3, 224, 224)."""
    y, x = torch.meshgrid(torch.arange(224) - 112, torch.arange(224) - 112, indexing="ij")
    image = torch.full((3, 224, 224), 255, dtype=torch.uint8)
    image[:, (x.abs() < 40) & (y.abs() < 100)] = 30
    for top, colour in ((-62, (255, 40, 30)), (0, (255, 200, 40)), (62, (40, 230, 80))):
        image[:, x**2 + (y - top) ** 2 < 24**2] = torch.tensor(colour, dtype=torch.uint8)[:, None]
    return image[None]


def test_weights_and_preprocessing_together_recognise_a_traffic_light_by_its_colours(network):
    right, red_and_blue_exchanged = traffic_light(), traffic_light().flip(1)
    with torch.inference_mode():
        shares = network.network._fc(network(torch.cat([right, red_and_blue_exchanged]))).softmax(1)

    assert shares[0].argmax() == TRAFFIC_LIGHT
    assert shares[0, TRAFFIC_LIGHT] > 2 * shares[1, TRAFFIC_LIGHT]


def test_a_feature_network_stays_in_evaluation_mode(network):
    assert not network.train().training
    assert not any(module.training for module in network.modules())
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_a_picture_looks_like_itself(network):
    images = pictures()

    assert perceptual_distance(network, images, images).tolist() == [0, 0]


def test_the_perceptual_distance_is_symmetric_and_at_most_4(network):
    a, b = pictures(2, seed=1), pictures(2, seed=2)

    forth, back = perceptual_distance(network, a, b), perceptual_distance(network, b, a)

    assert torch.equal(forth, back)
    assert forth.min() > 0
    assert forth.max() < 4


def test_the_perceptual_distance_grows_with_blur_and_with_noise(network):
    images = pictures(1, size=128)
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(0))
    by_blur = [perceptual_distance(network, images, blurred(images, r)).item() for r in (1, 3, 7, 15)]
    by_noise = [
        perceptual_distance(network, images, (images + level * noise).clamp(0, 255).to(torch.uint8)).item()
        for level in (2, 8, 32)
    ]

    assert by_blur == sorted(by_blur)
    assert by_noise == sorted(by_noise)


def test_perceptual_layers_have_unit_length_over_their_channels(network):
    layers = network.perceptual_layers(pictures(1))

    assert [layer.shape[-1] for layer in layers] == [112, 56, 28, 14, 7]
    for layer in layers:
        torch.testing.assert_close(layer.norm(dim=1), torch.ones_like(layer[:, 0]), rtol=0, atol=1e-4)


@settings(deadline=None, max_examples=20)
@given(height=st.integers(16, 64), width=st.integers(16, 64))
def test_any_shape_of_picture_is_taken(height, width):
    prepared = EfficientNetLite0.prepared(stand_in(), torch.full((1, 3, height, width), 128, dtype=torch.uint8))

    torch.testing.assert_close(prepared, torch.full((1, 3, 224, 224), 1 / 128))


def stand_in():
    """As much of a network as its preprocessing looks at."""
    stem = SimpleNamespace(weight=torch.zeros(1))
    return SimpleNamespace(network=SimpleNamespace(_conv_stem=stem), size_px=224)


def test_a_feature_network_is_known_by_its_name_and_no_other():
    assert feature_name("inception-fid") == "inception-fid"
    with pytest.raises(WeightsError, match="'efficientnet'; did you mean 'efficientnet-lite0'"):
        feature_name("efficientnet")
    with pytest.raises(WeightsError, match="There are efficientnet-lite0, inception-fid, squeezenet, mobilenetv2"):
        load_features("lpips")


def test_the_layout_of_the_bytes_moves_no_feature(network):
    images = pictures(3)

    assert torch.equal(network(images.contiguous(memory_format=torch.channels_last)), network(images))


def test_inception_without_its_package_names_the_package_and_the_weights(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch_fidelity", None)
    monkeypatch.setitem(sys.modules, "torch_fidelity.feature_extractor_inceptionv3", None)

    with pytest.raises(WeightsError) as error:
        load_features("inception-fid")

    assert "torch-fidelity" in str(error.value)
    assert 'pip install "torch-fidelity>=0.3"' in str(error.value)
    assert "c2c weights get inception-fid" in str(error.value)


class Extractor(torch.nn.Module):
    """Stands where torch-fidelity's extractor stands: takes bytes, gives a tuple."""

    def __init__(self, name, features_list, feature_extractor_weights_path):
        super().__init__()
        assert (name, features_list) == ("inception-fid", ["2048"])
        self.scale = torch.nn.Parameter(torch.ones(()), requires_grad=False)

    def forward(self, images):
        assert images.dtype == torch.uint8
        return (images.float().mean((2, 3)).repeat(1, 700)[:, :2048] * self.scale,)


def test_inception_gets_the_very_bytes_of_a_picture(monkeypatch):
    module = SimpleNamespace(FeatureExtractorInceptionV3=Extractor)
    monkeypatch.setattr(features, "import_module", lambda name: module)
    monkeypatch.setattr(features, "locate", lambda name: "weights.pth")
    images = pictures()

    network = load_features("inception-fid")

    assert network(images).shape == (2, network.dims)
    assert torch.equal(network(images), network(images.float() / 127.5 - 1))
