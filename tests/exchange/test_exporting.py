import pytest
import torch

from c2c.errors import CheckpointError, OutputError
from c2c.exchange.exporting import export_checkpoint
from c2c.exchange.importing import import_checkpoint

FILES = ["latest_net_G_A.pth", "latest_net_G_B.pth", "latest_net_D_A.pth", "latest_net_D_B.pth"]


def picture(channels=3, size=128):
    return torch.rand(1, channels, size, size) * 2 - 1


def test_a_cyclegan_becomes_their_four_networks(checkpoint_of, theirs, tmp_path, loaded):
    folder = checkpoint_of("cyclegan", blocks=6, discriminator_layers=2)
    approach, given = loaded(folder), picture()

    done = export_checkpoint(folder, tmp_path / "out")

    assert [path.name for path in done.files] == FILES
    networks = {
        "latest_net_G_A.pth": (approach.generator_ab, theirs("resnet", c=2)),  # A into B
        "latest_net_G_B.pth": (approach.generator_ba, theirs("resnet", c=2)),
        "latest_net_D_A.pth": (approach.discriminator_b, theirs("patchgan", c=2, layers=2)),  # judges what G_A makes
        "latest_net_D_B.pth": (approach.discriminator_a, theirs("patchgan", c=2, layers=2)),
    }
    for path in done.files:
        ours, their = networks[path.name]
        their.load_state_dict(torch.load(path, weights_only=True), strict=True)
        assert torch.allclose(their(given), ours(given), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "inside", "outside"), [("old-depth", 3, 2), ("depth-new", 2, 3)], ids=["to depth", "to image"]
)
@pytest.mark.parametrize("norm", ["batch", "instance"])
def test_a_pix2pix_becomes_their_two_networks(name, inside, outside, norm, checkpoint_of, theirs, tmp_path, loaded):
    folder = checkpoint_of(name, norm=norm)
    approach = loaded(folder)

    done = export_checkpoint(folder, tmp_path / "out")

    assert [path.name for path in done.files] == ["latest_net_G.pth", "latest_net_D.pth"]
    generator = theirs("unet", c=2, norm=norm, inside=inside, outside=outside)
    discriminator = theirs("patchgan", c=2, norm=norm, inside=5)
    both = ((generator, approach.generator, picture(inside)), (discriminator, approach.discriminator, picture(5)))
    for path, (their, ours, given) in zip(done.files, both, strict=True):
        their.load_state_dict(torch.load(path, weights_only=True), strict=True)
        assert torch.allclose(their.train()(given), ours(given), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "settings", "file", "network"),
    [
        ("cyclegan", {"base_channels": 5}, "latest_net_G_A.pth", "generator_ab"),
        ("cyclegan", {}, "latest_net_G_B.pth", "generator_ba"),
        ("depth-new", {}, "latest_net_G.pth", "generator"),
        ("old-depth", {"norm": "instance"}, "latest_net_G.pth", "generator"),
    ],
)
def test_what_was_exported_is_imported_bit_for_bit(name, settings, file, network, checkpoint_of, tmp_path, loaded):
    folder = checkpoint_of(name, **settings)
    export_checkpoint(folder, tmp_path / "out")
    target = "new" if name == "cyclegan" else "old"

    import_checkpoint(tmp_path / "out" / file, tmp_path / "back", "old", target)

    before, after = loaded(folder).networks[network].state_dict(), loaded(tmp_path / "back").networks["generator"]
    assert before.keys() == after.state_dict().keys()
    assert all(torch.equal(before[key], value) for key, value in after.state_dict().items())


@pytest.mark.parametrize(("network", "norm_at_test"), [("resnet", "batch"), ("unet", "batch"), ("unet", "running")])
def test_what_was_imported_is_exported_again(network, norm_at_test, theirs, their_file, tmp_path):
    state = theirs(network).state_dict()
    import_checkpoint(their_file(state), tmp_path / "ours", "paris", "burano", norm_at_test)

    done = export_checkpoint(tmp_path / "ours", tmp_path / "out")

    assert done.files == (tmp_path / "out" / "latest_net_G.pth",)
    found = torch.load(done.files[0], weights_only=True)
    assert found.keys() == state.keys()
    statistics = () if norm_at_test == "running" else ("running_mean", "running_var", "num_batches_tracked")
    assert all(torch.equal(found[name], value) for name, value in state.items() if not name.endswith(statistics))


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("cyclegan", {"upsample": "resize"}, r'upsample = "resize", and theirs knows transposed'),
        ("old-depth", {"levels": 4}, "a UNet of 4 levels, and theirs has at least 5"),
        ("chain", {}, r'kind = "depth_chain", and theirs knows CycleGAN and pix2pix only'),
        ("style", {"kind": "neural_style", "content": "old", "style": "new"}, r'kind = "neural_style"'),
    ],
)
def test_what_their_code_has_not_is_refused_with_its_reason(name, settings, words, checkpoint_of, tmp_path):
    with pytest.raises(CheckpointError, match=words):
        export_checkpoint(checkpoint_of(name, **settings), tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_a_file_that_is_there_is_never_replaced_and_none_is_written_beside_it(checkpoint_of, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "latest_net_D_B.pth").write_text("mine")

    with pytest.raises(OutputError, match=r"latest_net_D_B\.pth is there already"):
        export_checkpoint(checkpoint_of("cyclegan"), tmp_path / "out")

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["latest_net_D_B.pth"]
    assert (tmp_path / "out" / "latest_net_D_B.pth").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "settings", "options"),
    [
        (
            "cyclegan",
            {"blocks": 9},
            "--model cycle_gan --netG resnet_9blocks --ngf 2 --norm instance --netD basic --ndf 2 --input_nc 3 "
            "--output_nc 3 --no_dropout",
        ),
        (
            "old-depth",
            {"levels": 8, "size": 256, "discriminator_layers": 4},
            "--model pix2pix --netG unet_256 --ngf 2 --norm batch --netD n_layers --n_layers_D 4 --ndf 2 --input_nc 3 "
            "--output_nc 2",
        ),
    ],
)
def test_the_options_are_those_that_their_code_needs(name, settings, options, checkpoint_of, tmp_path):
    assert export_checkpoint(checkpoint_of(name, **settings), tmp_path / "out").options == options


def test_what_the_options_do_not_say_is_noted(checkpoint_of, tmp_path):
    folder = checkpoint_of("old-depth")

    size, dropout, norm, depth = export_checkpoint(folder, tmp_path / "out").notes

    assert "num_downs=5" in size
    assert "--no_dropout" in dropout
    assert "without --eval" in norm
    assert "depth code" in depth


def test_a_plain_network_needs_no_notes(checkpoint_of, tmp_path):
    assert export_checkpoint(checkpoint_of("cyclegan", blocks=6), tmp_path / "out").notes == ()


def test_statistics_of_a_training_are_to_be_tested_with(theirs, their_file, tmp_path):
    file = their_file(theirs("unet", levels=7).state_dict())
    import_checkpoint(file, tmp_path / "ours", "paris", "burano", "running")

    done = export_checkpoint(tmp_path / "ours", tmp_path / "out")

    assert done.options.startswith("--model test --netG unet_128 --ngf 4 --norm batch --input_nc 3")
    assert "with --eval" in done.notes[0]
