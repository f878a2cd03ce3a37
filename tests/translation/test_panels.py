import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from c2c.approaches import Direction, build
from c2c.data.depth_code import DepthCode
from c2c.data.pictures import read_depth, read_picture
from c2c.translation.panels import Job, pad_to_multiple, save_panel, translate_jobs, translate_one

CPU = torch.device("cpu")


def picture(height=32, width=32, seed=0):
    return torch.rand(3, height, width, generator=torch.Generator().manual_seed(seed)) * 2 - 1


@given(st.integers(1, 70), st.integers(1, 70), st.sampled_from([4, 32]))
def test_padding_keeps_the_picture_and_gives_sides_that_a_network_takes(height, width, multiple):
    given_picture = picture(height, width)[None]

    padded = pad_to_multiple(given_picture, multiple)

    assert torch.equal(padded[..., :height, :width], given_picture)
    for side, before in zip(padded.shape[2:], (height, width), strict=True):
        assert side % multiple == 0
        assert side >= 16
        assert side < before + multiple or side == 16


def test_padding_mirrors_the_picture():
    row = torch.arange(18.0).expand(1, 3, 20, 18)

    assert pad_to_multiple(row, 4)[0, 0, 0].tolist() == [*range(18), 16, 15]


def test_a_picture_too_small_to_mirror_is_repeated():
    assert (pad_to_multiple(torch.full((1, 3, 1, 1), 0.5), 32) == 0.5).all()


def test_a_picture_that_fits_is_left_alone():
    fitting = picture(64, 32)[None]

    assert pad_to_multiple(fitting, 32) is fitting


@pytest.mark.parametrize(("height", "width"), [(32, 32), (33, 47), (70, 34), (5, 90), (1, 1)])
@pytest.mark.parametrize("name", ["cyclegan", "old-depth", "chain"])
def test_a_picture_of_any_size_comes_back_in_its_size(name, height, width, tiny_recipe):
    approach = build(tiny_recipe, name)
    approach.networks.eval()

    made = translate_one(approach, approach.directions[0], picture(height, width))

    assert {panel: value.shape[1:] for panel, value in made.items()} == dict.fromkeys(made, (height, width))
    assert not any(value.requires_grad for value in made.values())


def test_every_approach_makes_the_panels_it_announces(tiny_recipe):
    announced = {}
    for name in tiny_recipe.approaches:
        approach = build(tiny_recipe, name)
        (direction, *_) = approach.directions
        channels = {"image": 3, "depth": 2}
        given_picture = torch.zeros(channels[direction.takes], 32, 32)
        announced[name] = approach.panels(direction)
        made = translate_one(approach, direction, given_picture)
        assert {panel: value.shape[0] for panel, value in made.items()} == {
            panel: channels[modality] for panel, modality in announced[name].items()
        }

    assert announced == {
        "cyclegan": {"fake": "image", "reconstructed": "image"},
        "old-depth": {"fake": "depth"},
        "depth-new": {"fake": "image"},
        "chain": {"depth": "depth", "fake": "image"},
    }


def test_an_image_is_saved_as_8_bits_and_depth_as_16(tmp_path):
    code = DepthCode(1.0, 200.0)
    metres = torch.full((1, 1, 4, 6), 12.5)
    metres[..., 0] = 0

    save_panel(tmp_path / "image.png", torch.full((3, 4, 6), -1.0), "image", code)
    save_panel(tmp_path / "depth.png", code.encode(metres)[0], "depth", code)

    with Image.open(tmp_path / "image.png") as image:
        assert (image.mode, image.size, image.getextrema()) == ("RGB", (6, 4), ((0, 0),) * 3)
    found = read_depth(tmp_path / "depth.png")
    assert not found[:, 0].any()
    assert found[:, 1:] == pytest.approx(12.5, abs=1 / 256)


@pytest.fixture
def cyclegan(tiny_recipe):
    return build(tiny_recipe, "cyclegan")


def jobs(loaded, count=3):
    def load(number):
        loaded.append(number)
        return picture(seed=number)

    return [Job(f"{number:03d}", lambda number=number: load(number)) for number in range(count)]


def translate(approach, folder, work, done=None):
    translate_jobs(approach, approach.directions[0], work, folder, DepthCode(), CPU, done)


def test_each_job_becomes_a_picture_in_each_panel(cyclegan, tmp_path):
    told = []

    translate(cyclegan, tmp_path, jobs([]), told.append)

    assert told == ["000", "001", "002"]
    for panel in ("fake", "reconstructed"):
        assert sorted(path.name for path in (tmp_path / panel).iterdir()) == ["000.png", "001.png", "002.png"]


def test_a_translation_that_was_stopped_goes_on_where_it_was(cyclegan, tmp_path):
    def stop(stem):
        if stem == "001":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        translate(cyclegan, tmp_path, jobs([]), stop)
    (tmp_path / "reconstructed" / "000.png").unlink()
    loaded, before = [], (tmp_path / "fake" / "001.png").stat().st_mtime_ns

    translate(cyclegan, tmp_path, jobs(loaded))

    assert loaded == [0, 2]
    assert (tmp_path / "fake" / "001.png").stat().st_mtime_ns == before
    assert len(list(tmp_path.rglob("*.png"))) == 6


def test_a_picture_is_translated_the_same_alone_and_among_others(cyclegan, tmp_path):
    translate(cyclegan, tmp_path / "all", jobs([]))
    translate(cyclegan, tmp_path / "one", jobs([])[1:2])
    together, alone = (read_picture(tmp_path / where / "fake" / "001.png") for where in ("all", "one"))

    assert (together == alone).all()


def test_networks_are_not_in_training_while_they_translate(tiny_recipe, tmp_path, monkeypatch):
    approach = build(tiny_recipe, "cyclegan")
    approach.networks.train()
    modes = []
    monkeypatch.setattr(
        approach,
        "translate",
        lambda x, way: modes.append(approach.generator_ab.training) or {"fake": x, "reconstructed": x},
    )

    translate(approach, tmp_path, jobs([], 1))

    assert modes == [False]
    assert isinstance(approach.directions[0], Direction)
