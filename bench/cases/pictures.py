"""Reading, resizing and writing pictures: one process, from the file to pixels in memory or back."""

from collections.abc import Callable
from pathlib import Path

import torch

from bench.cases.noise import write_photo
from bench.cases.registry import Work, case
from bench.cases.scratch import in_scratch
from c2c.data.datasets import to_tensor, to_uint8
from c2c.data.pictures import read_picture, write_picture
from c2c.data.transforms import test_view as centre_view
from c2c.data.transforms import training_size


@case("decode jpeg 640x480", region="reading and decoding one JPEG, the file in the system's cache", devices=("cpu",))
def decode_jpeg(device: torch.device) -> Work:
    return _with_photo(lambda photo: lambda: read_picture(photo))


@case(
    "decode png 256", region="reading and decoding one PNG of 256 px, the file in the system's cache", devices=("cpu",)
)
def decode_png(device: torch.device) -> Work:
    def prepared(photo: Path) -> Callable[[], object]:
        picture = photo.with_name("picture.png")
        write_picture(picture, centre_view(read_picture(photo), 256))
        return lambda: read_picture(picture)

    return _with_photo(prepared)


@case(
    "resize 640x480 to {size}",
    region="the centre square of pixels in memory, resized",
    devices=("cpu",),
    size=(128, 256),
)
def resize(device: torch.device, size: int) -> Work:
    def prepared(photo: Path) -> Callable[[], object]:
        pixels = read_picture(photo)
        return lambda: centre_view(pixels, size)

    return _with_photo(prepared)


@case(
    "photo to test view 128",
    region="reading and decoding a JPEG of 640x480, its centre square at 128 px, as a tensor",
    devices=("cpu",),
    quick=True,
)
def photo_to_test_view(device: torch.device) -> Work:
    return _with_photo(lambda photo: lambda: to_tensor(centre_view(read_picture(photo), 128)))


@case(
    "photo of 12 megapixels to training size 256",
    region="reading a JPEG of 4000x3000, decoded at a fraction of its size, resized to what training crops from",
    devices=("cpu",),
)
def large_photo_to_training_size(device: torch.device) -> Work:
    return _with_photo(lambda photo: lambda: training_size(read_picture(photo, at_least=512), 256), 4000, 3000)


@case("write png 256", region="a tensor as 8 bits, packed and written as PNG of 256 px", devices=("cpu",))
def write_png(device: torch.device) -> Work:
    def prepared(photo: Path) -> Callable[[], object]:
        image = to_tensor(centre_view(read_picture(photo), 256))
        return lambda: write_picture(photo.with_name("picture.png"), to_uint8(image))

    return _with_photo(prepared)


def _with_photo(prepared: Callable[[Path], Callable[[], object]], width: int = 640, height: int = 480) -> Work:
    return in_scratch(
        lambda folder: Work(prepared(write_photo(folder / "photo.jpg", 0, width, height)), unit="images/s")
    )
