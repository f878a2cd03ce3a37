from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from c2c.data import datasets, transforms
from c2c.data.datasets import DepthBatch, DepthPairs, UnpairedBatch, UnpairedImages, loader, to_tensor, to_uint8
from c2c.data.depth_code import DepthCode
from c2c.data.manifest import Manifest, scan
from c2c.data.pictures import read_picture, write_depth, write_picture
from c2c.data.samplers import PairedDraw, PairedSampler, UnpairedDraw, UnpairedSampler
from c2c.data.transforms import TrainDraw
from c2c.errors import PictureError, TooFewImages

CODE = DepthCode()
quiet_workers = pytest.mark.filterwarnings(
    "ignore:This process.*multi-threaded:DeprecationWarning",  # Python 3.12's, of every fork beside threads
    "ignore:This DataLoader will create:UserWarning",  # on a machine of one core
)


def noise(seed: int, height: int = 20, width: int = 26) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def folder_of(folder: Path, pictures: int, first: int = 0) -> Manifest:
    for number in range(pictures):
        write_picture(folder / f"{number}.png", noise(first + number))
    return scan(folder.name, folder, split_of=lambda path: "test" if path == "0.png" else "train")


@pytest.fixture
def paris(tmp_path) -> Manifest:
    return folder_of(tmp_path / "paris", 6)


@pytest.fixture
def venice(tmp_path) -> Manifest:
    return folder_of(tmp_path / "venice", 4, first=100)


@pytest.fixture
def drive(tmp_path) -> Manifest:
    """Pictures whose red says their depth in metres; the left half has none."""
    folder = tmp_path / "drive"
    for number in range(5):
        metres = np.full((20, 26), 10.0 + number)
        metres[:, :13] = 0
        picture = np.repeat(metres[..., None], 3, axis=2).astype(np.uint8)
        write_picture(folder / f"rgb/{number}.png", picture + np.array([0, number, 0], np.uint8))
        write_depth(folder / f"depth/{number}.png", metres)
    (folder / "depth/4.png").unlink()
    return scan("drive", folder, split_of=lambda path: "test" if path.endswith(("0.png", "4.png")) else "train")


def test_a_picture_survives_becoming_a_tensor_and_back():
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    tensor = to_tensor(levels)

    assert tensor.dtype == torch.float32
    assert (tensor.min(), tensor.max()) == (-1, 1)
    assert (to_uint8(tensor) == levels).all()


def test_a_tensor_has_channels_first():
    assert to_tensor(np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)).tolist() == [[[1, -1]], [[-1, -1]], [[-1, 1]]]


def test_levels_are_rounded_to_the_nearest_and_clipped():
    image = torch.tensor([-5.0, -1 + 0.4 / 127.5, -1 + 0.6 / 127.5, 5.0]).reshape(1, 1, 4).expand(3, 1, 4)

    assert to_uint8(image)[0, :, 0].tolist() == [0, 0, 1, 255]


def test_an_image_with_a_gradient_or_of_half_precision_can_be_written():
    image = torch.zeros(3, 2, 2, dtype=torch.bfloat16, requires_grad=True)

    assert (to_uint8(image) == 128).all()


def test_an_image_of_nan_has_no_colour():
    with pytest.raises(ValueError, match="NaN"):
        to_uint8(torch.full((3, 2, 2), torch.nan))


def test_a_sample_is_the_training_view_of_the_pictures_drawn(paris, venice):
    draw = UnpairedDraw(3, TrainDraw(0.2, 0.7, True), 1, TrainDraw(0.9, 0.1, False))
    sample = UnpairedImages(paris, venice, size=16)[draw]

    picture_a = read_picture(paris.path_of(paris.split("train")[3]))
    picture_b = read_picture(venice.path_of(venice.split("train")[1]))
    assert torch.equal(sample.real_a, to_tensor(transforms.train_view(picture_a, 16, draw.view_a)))
    assert torch.equal(sample.real_b, to_tensor(transforms.train_view(picture_b, 16, draw.view_b)))


def test_a_batch_of_two_cities_is_float32_between_minus_one_and_one(paris, venice):
    dataset = UnpairedImages(paris, venice, size=16)
    (batch,) = loader(dataset, UnpairedSampler(5, 3, batch_size=4, seed=0), 0, 1)

    assert isinstance(batch, UnpairedBatch)
    assert batch.real_a.shape == batch.real_b.shape == (4, 3, 16, 16)
    assert batch.real_a.dtype == torch.float32
    assert batch.real_a.abs().max() <= 1


def test_depth_is_cropped_and_flipped_with_its_picture(drive):
    dataset = DepthPairs(drive, size=16, code=CODE)
    for draw in (PairedDraw(1, TrainDraw(0.8, 0.3, False)), PairedDraw(1, TrainDraw(0.8, 0.3, True))):
        sample = dataset[draw]
        metres = CODE.decode(sample.depth[None])[0, 0]
        red = (sample.picture[0] + 1) * 127.5

        assert set(metres.unique().round(decimals=3).tolist()) == {0.0, 12.0}
        assert ((red - metres).abs() < 2).float().mean() > 0.85  # but for the column that the resize blends


def test_a_batch_of_pairs_holds_the_picture_and_two_channels_of_depth(drive):
    dataset = DepthPairs(drive, size=16, code=CODE)
    (batch,) = loader(dataset, PairedSampler(len(dataset), batch_size=2, seed=0), 0, 1)

    assert isinstance(batch, DepthBatch)
    assert batch.picture.shape == (2, 3, 16, 16)
    assert batch.depth.shape == (2, 2, 16, 16)
    assert set(batch.depth[:, 1].unique().tolist()) == {-1.0, 1.0}


def test_pictures_without_depth_are_passed_over(drive, paris):
    assert len(DepthPairs(drive, 16, CODE)) == 3
    with pytest.raises(TooFewImages, match="training on depth"):
        DepthPairs(paris, 16, CODE)


def test_a_city_without_training_pictures_is_refused(paris, tmp_path):
    with pytest.raises(TooFewImages, match="training"):
        UnpairedImages(paris, folder_of(tmp_path / "alone", 1), 16)


@quiet_workers
@pytest.mark.parametrize("workers", [1, 2])
def test_batches_are_the_same_with_any_number_of_workers(paris, venice, workers):
    sampler = UnpairedSampler(5, 3, batch_size=2, seed=5)
    alone = list(loader(UnpairedImages(paris, venice, 16), sampler, 0, 9))
    helped = list(loader(UnpairedImages(paris, venice, 16), sampler, 0, 9, workers))

    assert len(alone) == len(helped) == 9
    for one, other in zip(alone, helped, strict=True):
        assert torch.equal(one.real_a, other.real_a)
        assert torch.equal(one.real_b, other.real_b)


def test_a_resumed_loader_goes_on_where_it_was(drive):
    dataset = DepthPairs(drive, 16, CODE)
    sampler = PairedSampler(len(dataset), batch_size=2, seed=5)
    whole = list(loader(dataset, sampler, 0, 8))
    resumed = [*islice(loader(dataset, sampler, 0, 8), 5), *loader(DepthPairs(drive, 16, CODE), sampler, 5, 8)]

    assert len(whole) == len(resumed) == 8
    assert all(torch.equal(one.picture, other.picture) for one, other in zip(whole, resumed, strict=True))
    assert all(torch.equal(one.depth, other.depth) for one, other in zip(whole, resumed, strict=True))


def test_loading_leaves_torch_its_own_chance(paris, venice):
    before = torch.get_rng_state()
    list(loader(UnpairedImages(paris, venice, 16), UnpairedSampler(5, 3, 2, seed=0), 0, 3))

    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("cache_bytes", "reads"), [(2**30, 4), (0, 8), (2 * 18 * 23 * 3, 6)])
def test_pictures_are_read_once_as_far_as_the_cache_reaches(paris, venice, monkeypatch, cache_bytes, reads):
    read = []
    monkeypatch.setattr(datasets, "read_picture", lambda path, **how: read.append(path) or read_picture(path, **how))
    dataset = UnpairedImages(paris, venice, 16, cache_bytes=cache_bytes)  # each kept as 18 x 23 of three bytes
    view = TrainDraw()
    samples = [dataset[UnpairedDraw(index, view, index, view)] for index in (0, 1, 0, 1)]

    assert len(read) == reads
    assert torch.equal(samples[0].real_a, samples[2].real_a)


def test_a_large_photograph_is_decoded_at_twice_the_size_that_training_needs(tmp_path, monkeypatch):
    for name in ("a", "b"):
        Image.fromarray(np.kron(noise(ord(name), 10, 14), np.ones((40, 40, 1), np.uint8))).save(
            tmp_path / f"{name}.jpg"
        )
    decoded = []

    def read(path: Path, at_least: int) -> np.ndarray:
        decoded.append(read_picture(path, at_least))
        return decoded[-1]

    monkeypatch.setattr(datasets, "read_picture", read)
    city = scan("town", tmp_path, split_of=lambda path: "train")
    view = TrainDraw(0.5, 0.5)
    sample = UnpairedImages(city, city, 32)[UnpairedDraw(0, view, 1, view)]  # short sides of 400, 36 and 32
    exact = to_tensor(transforms.train_view(read_picture(tmp_path / "a.jpg"), 32, view))

    assert [picture.shape for picture in decoded] == [(100, 140, 3)] * 2  # 50 would be less than twice 36
    assert (sample.real_a - exact).abs().mean() < 0.02


def test_a_picture_that_vanished_is_named(paris, venice):
    dataset = UnpairedImages(paris, venice, 16)
    dataset.domain_a[0].unlink()

    with pytest.raises(PictureError, match=r"1\.png: no such file"):
        dataset[UnpairedDraw(0, TrainDraw(), 0, TrainDraw())]
