from pathlib import Path

import pytest
import torch
from torch import nn

from c2c.errors import CheckpointError
from c2c.exchange.layout import Architecture, generator_layers, patchgan_layers, tell, to_ours, to_theirs
from c2c.models.norms import BatchNorm2d
from c2c.models.patchgan import PatchGAN
from c2c.models.resnet import ResNetGenerator
from c2c.models.unet import UNetGenerator

FILE = Path("latest_net_G.pth")


@pytest.mark.parametrize(
    ("network", "options", "found"),
    [
        ("resnet", {"blocks": 6}, Architecture("resnet", 4, 6, 0, "instance", 3, 3)),
        ("resnet", {"c": 3, "blocks": 9, "dropout": True}, Architecture("resnet", 3, 9, 0, "instance", 3, 3)),
        ("resnet", {"norm": "old instance", "inside": 2}, Architecture("resnet", 4, 6, 0, "instance", 2, 3)),
        ("unet", {"levels": 7}, Architecture("unet", 4, 0, 7, "batch", 3, 3)),
        ("unet", {"c": 5, "outside": 2, "dropout": True}, Architecture("unet", 5, 0, 5, "batch", 3, 2)),
        ("unet", {"norm": "instance"}, Architecture("unet", 4, 0, 5, "instance", 3, 3)),
        ("unet", {"norm": "old instance"}, Architecture("unet", 4, 0, 5, "instance", 3, 3)),
    ],
)
def test_names_and_shapes_tell_the_architecture(network, options, found, theirs):
    assert tell(theirs(network, **options).state_dict(), FILE) == found


@pytest.mark.parametrize(
    ("network", "options", "words"),
    [
        ("patchgan", {}, r"a discriminator \(PatchGAN\), as in latest_net_D_A\.pth"),
        ("resnet", {"norm": "batch"}, "a ResNet of 6 blocks with batch norm"),
        ("resnet", {"norm": "none"}, "a generator without norms"),
        ("unet", {"norm": "none"}, "a generator without norms"),
        ("resnet", {"inside": 1}, "takes 1 channels"),
        ("unet", {"outside": 4}, "gives 4 channels"),
    ],
)
def test_a_network_that_c2c_has_not_is_refused_by_what_it_is(network, options, words, theirs):
    with pytest.raises(CheckpointError, match=words) as found:
        tell(theirs(network, **options).state_dict(), FILE)
    assert "latest_net_G.pth" in str(found.value)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (nn.Linear(3, 4).state_dict(), r"another network \(its first names: weight, bias\)"),
        ({"net.0.weight": torch.ones(4, 3, 1, 1)}, r"a discriminator \(PixelGAN\)"),
        ({"model.1.weight": torch.ones(4, 3, 7, 7)}, r"lacks its last layer, model\.17\.weight"),
        ({"model.model.0.weight": torch.ones(4, 3, 4, 4)}, "a UNet of 0 levels"),
        (
            {f"model.model.{name}.weight": torch.ones(4, 3, 4, 4) for name in (0, "a", "b", "c")},
            r"lacks its last layer, model\.model\.3\.weight",
        ),
    ],
)
def test_the_state_of_another_network_is_refused_by_its_names(state, words):
    with pytest.raises(CheckpointError, match=words):
        tell(state, FILE)


@pytest.fixture
def unet(theirs):
    """A state dict of theirs, what it is, and a network of ours."""
    state = dict(theirs("unet").state_dict())
    return state, tell(state, FILE), UNetGenerator(3, 3, 4, 5, norm="batch")


def test_every_weight_gets_our_name(unet):
    state, architecture, network = unet

    found = to_ours(state, architecture, network, FILE)

    assert found.keys() == network.state_dict().keys()
    assert torch.equal(found["down.0.0.weight"], state["model.model.0.weight"])
    assert torch.equal(found["up.4.2.bias"], state["model.model.1.model.3.model.3.model.3.model.4.bias"])


def test_half_precision_becomes_single(unet):
    state, architecture, network = unet
    halved = {name: value.half() for name, value in state.items()}

    assert {value.dtype for value in to_ours(halved, architecture, network, FILE).values()} == {torch.float32}


def test_a_file_that_lacks_a_weight_is_refused(unet):
    state, architecture, network = unet
    del state["model.model.1.model.1.weight"]

    with pytest.raises(CheckpointError, match=r"lacks model\.model\.1\.model\.1\.weight"):
        to_ours(state, architecture, network, FILE)


def test_a_file_that_holds_more_than_the_network_is_refused(unet):
    state, architecture, network = unet
    state |= {f"model.filter.{index}": torch.ones(1) for index in range(5)}

    with pytest.raises(CheckpointError, match=r"holds besides model\.filter\.0, .* and 2 more"):
        to_ours(state, architecture, network, FILE)


def test_a_weight_of_another_shape_is_refused(unet):
    state, architecture, network = unet
    state["model.model.1.model.1.weight"] = torch.ones(1, 2, 3, 4)

    with pytest.raises(CheckpointError, match=r"model\.1\.weight has the shape \(1, 2, 3, 4\) where \(8, 4, 4, 4\)"):
        to_ours(state, architecture, network, FILE)


def test_a_network_with_a_number_that_is_not_finite_is_refused(unet):
    state, architecture, network = unet
    state["model.model.0.weight"][0, 0, 0, 0] = torch.nan

    with pytest.raises(CheckpointError, match=r"a broken network: model\.model\.0\.weight"):
        to_ours(state, architecture, network, FILE)


def test_running_statistics_are_kept_where_the_network_uses_them(unet):
    state, architecture, _ = unet

    found = to_ours(state, architecture, UNetGenerator(3, 3, 4, 5, norm="batch-running"), FILE)

    assert torch.equal(found["down.1.2.running_var"], state["model.model.1.model.2.running_var"])


def test_statistics_that_old_torch_did_not_count_are_taken_all_the_same(unet):
    state, architecture, _ = unet
    old = {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}

    found = to_ours(old, architecture, UNetGenerator(3, 3, 4, 5, norm="batch-running"), FILE)

    assert torch.equal(found["down.1.2.running_mean"], state["model.model.1.model.2.running_mean"])


@pytest.mark.parametrize("lost", ["running_mean", "num_batches_tracked"])
def test_running_statistics_that_are_not_there_are_asked_for_in_vain(lost, unet):
    state, architecture, _ = unet
    for name in [name for name in state if name.endswith(lost)]:
        if lost == "running_mean":
            del state[name]
        else:
            state[name] = torch.tensor(0)  # as c2c exports them: of no training

    with pytest.raises(CheckpointError, match=r"no running statistics[\s\S]*--norm-at-test batch"):
        to_ours(state, architecture, UNetGenerator(3, 3, 4, 5, norm="batch-running"), FILE)


@pytest.mark.parametrize(
    ("ours", "network", "options"),
    [
        (ResNetGenerator(4, 6), "resnet", {}),
        (ResNetGenerator(4, 2, in_channels=2), "resnet", {"blocks": 2, "inside": 2}),
        (UNetGenerator(3, 2, 4, 5), "unet", {"outside": 2}),
        (UNetGenerator(3, 3, 4, 7, norm="instance"), "unet", {"levels": 7, "norm": "instance"}),
        (UNetGenerator(3, 3, 4, 6, norm="batch-running"), "unet", {"levels": 6}),
    ],
)
def test_a_generator_of_ours_has_their_names_in_their_network_and_comes_back_the_same(ours, network, options, theirs):
    their = theirs(network, **options)
    architecture = tell(their.state_dict(), FILE)
    for layer in ours.modules():
        if isinstance(layer, BatchNorm2d) and layer.num_batches_tracked is not None:
            layer.num_batches_tracked.fill_(3)

    state = to_theirs(ours, generator_layers(architecture))

    their.load_state_dict(state, strict=True)
    back = to_ours(their.state_dict(), architecture, ours, FILE)
    assert back.keys() == ours.state_dict().keys()
    assert all(torch.equal(back[name], value) for name, value in ours.state_dict().items())


@pytest.mark.parametrize("layers", [1, 3, 5])
@pytest.mark.parametrize("norm", ["instance", "batch"])
def test_a_discriminator_of_ours_judges_alike_in_their_network(layers, norm, theirs):
    ours, their = PatchGAN(3, 4, layers, norm).eval(), theirs("patchgan", layers=layers, norm=norm)
    picture = torch.rand(1, 3, 128, 128) * 2 - 1

    their.load_state_dict(to_theirs(ours, patchgan_layers(layers)), strict=True)

    assert torch.allclose(their(picture), ours(picture), atol=1e-5)
