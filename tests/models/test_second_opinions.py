import os
import pickle

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torchvision.models import mobilenet_v2

from c2c.models import second_opinions
from c2c.models.features import load_features
from c2c.models.second_opinions import FIRES, squeezenet_state
from c2c.weights import entries

FIRE_WIDTHS = {2: (64, 16), 3: (128, 16), 4: (128, 32), 5: (256, 32), 6: (256, 48), 7: (384, 48), 8: (384, 64)}
FIRE_WIDTHS[9] = (
    512,
    64,
)  # maps that come in, and maps they are squeezed to; each side of the expansion has four times


def pictures(count=2, size=64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, 3, size, size), generator=generator, dtype=torch.uint8)


@pytest.fixture(scope="module")
def layers():
    """Random kernels (h, w, in, out) and biases by Caffe's names, the classifier among them."""
    generator = np.random.default_rng(0)

    def layer(side, inside, outside):
        kernel = generator.standard_normal((side, side, inside, outside)) / (side * side * inside) ** 0.5
        return [kernel.astype(np.float32), generator.standard_normal(outside).astype(np.float32)]

    found = {"conv1": layer(3, 3, 64), "conv10": layer(1, 512, 10)}
    for fire, (inside, squeezed) in FIRE_WIDTHS.items():
        found[f"fire{fire}/squeeze1x1"] = layer(1, inside, squeezed)
        found[f"fire{fire}/expand1x1"] = layer(1, squeezed, 4 * squeezed)
        found[f"fire{fire}/expand3x3"] = layer(3, squeezed, 4 * squeezed)
    return found


@pytest.fixture(scope="module")
def squeezenet(layers, tmp_path_factory):
    """A SqueezeNet read from a file laid out like the real one, with random weights."""
    path = tmp_path_factory.mktemp("squeezenet") / "weights.pkl"
    path.write_bytes(pickle.dumps(layers, protocol=3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second_opinions, "locate", lambda name: path)
        return load_features("squeezenet")


def test_squeezenet_sees_blue_green_red_from_0_to_255_minus_the_mean(squeezenet):
    red = torch.tensor([255, 0, 0], dtype=torch.uint8).view(1, 3, 1, 1).expand(1, 3, 40, 60)

    prepared = squeezenet.prepared(red)

    assert prepared.shape == (1, 3, 227, 227)
    assert prepared.mean((2, 3))[0].tolist() == pytest.approx([-104, -117, 255 - 123], abs=1e-3)


def test_squeezenet_computes_what_its_file_says(squeezenet, layers):
    def convolved(x, name):
        kernel, bias = (torch.from_numpy(values) for values in layers[name])
        stride = 2 if name == "conv1" else 1
        return F.conv2d(x, kernel.permute(3, 2, 0, 1), bias, stride, int(name.endswith("3x3"))).relu()

    x = convolved(squeezenet.prepared(pictures()), "conv1")
    for fire in FIRES:
        if fire in (2, 4, 6):
            x = F.max_pool2d(x, 3, 2, ceil_mode=True)
        squeezed = convolved(x, f"fire{fire}/squeeze1x1")
        x = torch.cat([convolved(squeezed, f"fire{fire}/{part}") for part in ("expand1x1", "expand3x3")], 1)

    torch.testing.assert_close(squeezenet(pictures()), x.mean((2, 3)), rtol=1e-4, atol=1e-4)


def test_a_file_that_would_run_something_is_not_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    (tmp_path / "evil.pkl").write_bytes(pickle.dumps({"conv1": Evil()}))

    with pytest.raises(pickle.UnpicklingError, match="mkdir is no part of an array"):
        squeezenet_state(tmp_path / "evil.pkl")
    assert not (tmp_path / "ran").exists()


@pytest.fixture(scope="module")
def reference():
    """torchvision's MobileNetV2 with random weights."""
    torch.manual_seed(0)
    return mobilenet_v2(weights=None).eval()


@pytest.fixture(scope="module")
def mobilenet(reference, tmp_path_factory):
    """A MobileNetV2 read from a file with those weights under other names."""
    path = tmp_path_factory.mktemp("mobilenet") / "weights.pt"
    state = reference.features.state_dict()
    torch.save({f"layer{number}": value for number, value in enumerate(state.values())}, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second_opinions, "locate", lambda name: path)
        return load_features("mobilenetv2")


def test_mobilenetv2_sees_rgb_less_the_mean_of_imagenet_by_its_deviation(mobilenet):
    red = torch.tensor([255, 0, 0], dtype=torch.uint8).view(1, 3, 1, 1).expand(1, 3, 40, 60)

    prepared = mobilenet.prepared(red)

    assert prepared.shape == (1, 3, 224, 224)
    expected = [(1 - 0.485) / 0.229, -0.456 / 0.224, -0.406 / 0.225]
    assert prepared.mean((2, 3))[0].tolist() == pytest.approx(expected, abs=1e-4)


def test_mobilenetv2_computes_what_torchvision_computes_with_its_weights(mobilenet, reference):
    with torch.inference_mode():
        expected = reference.features(mobilenet.prepared(pictures())).mean((2, 3))

    torch.testing.assert_close(mobilenet(pictures()), expected, rtol=1e-4, atol=1e-5)


def test_second_opinions_say_what_the_protocol_of_a_score_needs(squeezenet, mobilenet):
    for network in (squeezenet, mobilenet):
        found = network(pictures())
        assert found.shape == (2, network.dims)
        assert found.dtype == torch.float32
        assert network.resize == f"to {network.size_px} x {network.size_px}, bilinear, antialiased, float32"
        assert len(network.weights_sha256) == 64
        assert not network.train().training
        assert not found.requires_grad
        floats = network(pictures().float() / 127.5 - 1)
        torch.testing.assert_close(floats, found, rtol=1e-3, atol=1e-4)


def real(name):
    """The network with its own weights, which few machines have."""
    if not {entry.name: entry for entry in entries()}[name].present:
        pytest.skip(f"c2c weights get {name}")
    return load_features(name)


def blurred(images, radius):
    kernel = torch.ones(3, 1, 2 * radius + 1, 2 * radius + 1) / (2 * radius + 1) ** 2
    padded = F.pad(images.float(), (radius,) * 4, mode="reflect")
    return F.conv2d(padded, kernel, groups=3).round().to(torch.uint8)


@pytest.mark.parametrize("name", ["squeezenet", "mobilenetv2"])
def test_with_its_own_weights_features_move_farther_the_more_a_picture_is_blurred(name):
    network = real(name)
    images = F.interpolate(pictures(4, 16).float(), size=(128, 128), mode="bicubic").clamp(0, 255).to(torch.uint8)
    found = network(images)

    moved = [(network(blurred(images, radius)) - found).norm(dim=1).mean().item() for radius in (1, 3, 7, 15)]

    assert moved == sorted(moved)
