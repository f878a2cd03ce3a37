"""Pictures and depth maps, one file at a time: any JPEG, PNG or WebP in, plain 8-bit RGB out.

What a file may be, and what becomes of it:

- a rotation in its EXIF (or XMP) data is carried out;
- grey, palette, 1-bit and CMYK become RGB. JPEG's CMYK is taken as inverted, as Adobe and every browser do;
- 16 bits become 8 by scaling: v / 257 rounded for grey, the high byte for colour (Pillow's way); nothing is clipped;
- transparency is laid over white;
- a phone's JPEG that carries further pictures (MPO) gives its first;
- colour profiles (ICC) are left alone: the numbers in the file are the numbers used;
- an animation, another format, or more than Pillow's limit of 179 million pixels is refused by name.

Depth maps are 16-bit grey PNG; a pixel's value divided by a scale is planar depth in metres, and 0 is none.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.Image import Resampling, Transpose

from c2c.errors import PictureError

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
DEPTH_SCALE = 256.0  # a depth map's value of one metre, as KITTI has it
SMALL_PX = 64  # side of the small grey version that pictures are compared by
ORIENTATION = 0x0112  # the EXIF tag
UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


def is_picture_name(name: str) -> bool:
    """Whether a file of this name should be a picture that c2c reads, in whatever case its suffix is written."""
    return Path(name).suffix.lower() in PICTURE_SUFFIXES


def read_picture(path: Path, at_least: int | None = None) -> np.ndarray:
    """The picture as it should be seen, (H, W, 3) uint8 RGB.

    Args:
        path: a JPEG, PNG or WebP file; its contents decide, not its name.
        at_least: let a larger JPEG be halved up to three times while it is decoded, as long as its short side keeps
            this many pixels. Ask for twice what is needed: reduced from there to 143 or 286 px, 18-megapixel
            photographs with added noise were 34 dB or closer to the full decode (mean 45), in a third of the time.

    Raises:
        PictureError: the file is missing, broken, animated, too large, or no picture; says which.
    """
    with _opened(path) as image:
        if at_least is not None:
            image.draft(None, (at_least, at_least))
        image.load()
        return _rgb(_upright(image))


def probe_picture(path: Path) -> tuple[int, int]:
    """Width and height as `read_picture` would give them, found by decoding the whole file.

    Raises:
        PictureError: as `read_picture`.
    """
    with _opened(path) as image:
        width, height = image.size
        image.draft(None, (1, 1))  # a JPEG's every bit is still read, at an eighth of the arithmetic
        image.load()
        turned = _orientation(image) >= 5
    return (height, width) if turned else (width, height)


class Glance(NamedTuple):
    """A picture's size as it should be seen, and its small grey version, (SMALL_PX, SMALL_PX) uint8."""

    width: int
    height: int
    grey: np.ndarray


def glance_at(path: Path) -> Glance:
    """What tells a picture from others, found by decoding the whole file, at little more cost than `probe_picture`.

    Raises:
        PictureError: as `read_picture`.
    """
    with _opened(path) as image:
        width, height = image.size
        image.draft(None, (SMALL_PX, SMALL_PX))  # every bit is still read
        image.load()
        turned = _orientation(image) >= 5
        grey = small_grey(_rgb(_upright(image)))
    return Glance(height, width, grey) if turned else Glance(width, height, grey)


def small_grey(picture: np.ndarray) -> np.ndarray:
    """A picture (H, W, 3) uint8 squeezed into a small grey square, (SMALL_PX, SMALL_PX) uint8."""
    return np.asarray(Image.fromarray(picture).convert("L").resize((SMALL_PX, SMALL_PX), Resampling.BILINEAR))


def write_picture(path: Path, picture: np.ndarray) -> None:
    """Write (H, W, 3) uint8 as PNG; a reader or a kill sees the old file or the whole new one.

    The same picture gives the same bytes with the same Pillow.
    """
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        raise ValueError(f"a picture is (H, W, 3) uint8, not {picture.shape} {picture.dtype}")
    _write_png(path, picture)


def read_depth(path: Path, scale: float = DEPTH_SCALE) -> np.ndarray:
    """Planar depth in metres, (H, W) float32, 0 where there is none.

    Args:
        path: a 16-bit grey PNG. It is never rotated.
        scale: the value of one metre.

    Raises:
        PictureError: the file is missing, broken, or of another kind; says what was found.
    """
    with _opened(path) as image:
        if image.format != "PNG" or not image.mode.startswith("I"):
            raise PictureError(
                f"{path}: is {image.format} of mode {image.mode}, but depth is a 16-bit grey PNG (mode I;16) "
                "that keeps metres times a scale"
            )
        return np.asarray(image).astype(np.float32) / np.float32(scale)


def write_depth(path: Path, metres: np.ndarray) -> None:
    """Write (H, W) planar depth as 16-bit PNG, value = metres times 256; atomic, as `write_picture`.

    NaN, infinity and anything not above 0 are written as 0, none. Depth beyond 255.996 m becomes 255.996 m.
    """
    if metres.ndim != 2:
        raise ValueError(f"a depth map is (H, W), not {metres.shape}")
    known = np.isfinite(metres) & (metres > 0)
    values = np.rint(np.where(known, metres, 0).astype(np.float64) * DEPTH_SCALE)
    _write_png(path, values.clip(0, 65535).astype(np.uint16))


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """Open a picture; whatever goes wrong with it leaves as a PictureError that names the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks on large or oddly tagged files; we refuse or read them
        try:
            with Image.open(path, formats=("JPEG", "PNG", "WEBP", "GIF")) as image:
                _refuse_animations(path, image)
                yield image
        except PictureError:
            raise
        except Exception as error:  # a broken file makes Pillow's decoders raise nearly anything
            raise PictureError(f"{path}: {_reason(path, error)}") from error


def _refuse_animations(path: Path, image: Image.Image) -> None:
    frames = getattr(image, "n_frames", 1)
    if image.format == "GIF" or (frames > 1 and image.format != "MPO"):
        what = f"an animated {image.format} of {frames} frames" if frames > 1 else f"a {image.format}"
        raise PictureError(f"{path}: is {what}; still JPEG, PNG and WebP pictures are read")


def _reason(path: Path, error: Exception) -> str:
    match error:
        case UnidentifiedImageError():
            return "is empty" if path.stat().st_size == 0 else "is no JPEG, PNG or WebP picture, or a broken one"
        case OSError(strerror=str(reason)):  # missing, a folder, not ours to read
            return reason.lower()
        case Image.DecompressionBombError():
            return f"is too large: {error}"
    return f"cannot be decoded: {error}"


def _orientation(image: Image.Image) -> int:
    """How a loaded picture lies, 1 to 8; 1, upright, where its EXIF data cannot be read."""
    try:
        found = image.getexif().get(ORIENTATION, 1)
    except Exception:  # a picture is no worse for broken EXIF data
        return 1
    return found if found in UPRIGHT else 1


def _upright(image: Image.Image) -> Image.Image:
    orientation = _orientation(image)
    return image.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else image


def _rgb(image: Image.Image) -> np.ndarray:
    if image.mode.startswith("I"):  # 16-bit grey
        grey = (np.asarray(image).astype(np.uint32) * 255 + 32767) // 65535
        return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    return np.array(image.convert("RGB"))


def _write_png(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        Image.fromarray(np.ascontiguousarray(pixels)).save(part, format="PNG")
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
