import numpy as np
import onnxruntime
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from c2c.cli import main


@pytest.fixture
def invoke(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def holiday(tmp_path):
    """A picture of odd sides."""
    colours = np.random.default_rng(0).integers(0, 256, (41, 37, 3), dtype=np.uint8)
    Image.fromarray(colours).save(tmp_path / "holiday.png")
    return tmp_path / "holiday.png"


def test_a_checkpoint_goes_out_and_comes_back_and_translates_the_same(invoke, tiny_checkpoint, holiday, tmp_path):
    done = invoke("export-checkpoint", tiny_checkpoint("cyclegan"), "--out", "theirs")
    assert done.exit_code == 0, done.output
    files = [f"theirs/latest_net_{name}.pth" for name in ("G_A", "G_B", "D_A", "D_B")]
    assert done.stdout.splitlines()[:4] == files
    assert "Options: --model cycle_gan --ngf 2 --norm instance" in done.stdout
    assert "n_blocks=1" in done.stdout

    ways = ("--source", "new", "--target", "old")
    done = invoke("import-checkpoint", "theirs/latest_net_G_B.pth", "--out", "ours", *ways)
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        "theirs/latest_net_G_B.pth: ResNet of 1 blocks, 2 base channels, instance norm, 3 channels in, 3 out\n"
        "new-to-old: ours\n"
    )

    first = invoke("translate", tiny_checkpoint("cyclegan"), holiday, "--out", "a", "--direction", "new-to-old")
    second = invoke("translate", "ours", holiday, "--out", "b")
    assert (first.exit_code, second.exit_code) == (0, 0), second.output
    assert (tmp_path / "a" / "holiday.png").read_bytes() == (tmp_path / "b" / "holiday.png").read_bytes()


def test_a_unet_of_depth_is_told_with_what_is_made_of_it(invoke, tiny_checkpoint, holiday, tmp_path):
    invoke("export-checkpoint", tiny_checkpoint("old-depth"), "--out", "theirs")

    ways = ("--source", "old", "--target", "old", "--near-m", 2, "--far-m", 50)
    done = invoke("import-checkpoint", "theirs/latest_net_G.pth", "--out", "ours", *ways)

    assert done.exit_code == 0, done.output
    assert "UNet of 5 levels, 2 base channels, batch norm, 3 channels in, 2 out\n" in done.stdout
    assert "normalised by its own statistics" in done.stdout
    assert "depth code, from 2 to 50 m" in done.stdout
    assert invoke("translate", "ours", holiday, "--out", "out").exit_code == 0
    with Image.open(tmp_path / "out" / "holiday.png") as image:
        assert (image.mode, image.size) == ("I;16", (37, 41))


def test_a_graph_is_written_with_how_far_it_is_from_torch(invoke, tiny_checkpoint):
    done = invoke("export-onnx", tiny_checkpoint("cyclegan"), "--out", "there.onnx", "--direction", "old-to-new")

    assert done.exit_code == 0, done.output
    *checks, last = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in checks] == [
        f"{batch} x {size}" for size in ("128 x 128", "256 x 256", "128 x 320") for batch in (1, 2)
    ]
    assert all(float(line.split()[-3]) < 1e-5 for line in checks)
    assert last == "old-to-new, sides in multiples of 4: there.onnx"
    assert done.stderr == ""
    assert onnxruntime.InferenceSession("there.onnx").get_inputs()[0].name == "picture"


def test_what_cannot_be_used_is_answered_on_stderr(invoke, tiny_checkpoint):
    torch.save({"model.0.weight": torch.ones(4, 3, 4, 4)}, "latest_net_D_A.pth")
    ways = ("--out", "ours", "--source", "paris", "--target", "burano")
    for words, text in (
        (("import-checkpoint", "nowhere.pth", *ways), "nowhere.pth cannot be read"),
        (("import-checkpoint", "latest_net_D_A.pth", *ways), "is a discriminator (PatchGAN)"),
        (("export-checkpoint", tiny_checkpoint("chain"), "--out", "theirs"), 'kind = "depth_chain"'),
        (("export-checkpoint", "nowhere", "--out", "theirs"), "nowhere holds no checkpoint"),
        (("export-onnx", "nowhere", "--out", "a.onnx"), "nowhere holds no checkpoint"),
        (("export-onnx", tiny_checkpoint("cyclegan"), "--out", "a.onnx"), "--direction old-to-new"),
    ):
        done = invoke(*words)
        assert done.exit_code == 1
        assert text in done.stderr
        assert "Traceback" not in done.output
