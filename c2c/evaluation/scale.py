"""Scale transfer: pictures made at one size, reduced so that they can be compared at a smaller one.

Distances at unlike sizes are not comparable. What a network trained at 128 makes at 192, 256 and 384 px can be compared
once all of it is reduced to 128 px, by the filter that the real pictures were reduced by.
"""

from collections.abc import Sequence
from pathlib import Path

from c2c.data.pictures import write_picture
from c2c.data.transforms import test_view
from c2c.errors import ScoreError
from c2c.evaluation.paired import l1_distance
from c2c.evaluation.pictures import common_size, contents_sha256, in_words, picture_size, pixels_sha256, read_picture
from c2c.evaluation.protocol import protocol_of
from c2c.evaluation.score import L1_DETAILS, mean_score
from c2c.records import Score
from c2c.records.types import Against

REDUCED_BY = "bicubic, antialiased (Pillow), saved as 8-bit PNG"


def reduce_pictures(paths: Sequence[Path], folder: Path, size: int) -> list[Path]:
    """Pictures reduced to a size and saved under their names; returns where they are.

    Args:
        paths: of 8-bit PNG files; of one that is not square, the centre square is taken.
        folder: where the reduced ones go.
        size: their side in pixels.

    Raises:
        ScoreError: a picture is smaller than that, or cannot be used; it is named.
    """
    for path in paths:
        if min(found := picture_size(path)) < size:
            raise ScoreError(
                f"{path} is {in_words(found)}; it cannot be reduced to {size}x{size}.\n"
                "An enlarged picture is not compared with real ones. Choose a smaller size."
            )
    for path in paths:
        write_picture(folder / path.name, test_view(read_picture(path).permute(1, 2, 0).numpy(), size))
    return [folder / path.name for path in paths]


def l1_score(pictures: Sequence[Path], truths: Sequence[Path], against: Against) -> Score:
    """The L1 distance of each picture to its true one, and their mean, without the slower scores beside it.

    Args:
        pictures: of one size, such as `reduce_pictures` gives.
        truths: of the same size, in the same order.
        against: which truth they are.

    Raises:
        ScoreError: a picture cannot be used, or sizes differ; it is named.
    """
    size = common_size((path, picture_size(path)) for path in (*pictures, *truths))
    per_picture, digests = {}, []
    for path, true_path in zip(pictures, truths, strict=True):
        picture, truth = read_picture(path)[None], read_picture(true_path)[None]
        per_picture[path.stem] = float(l1_distance(picture, truth))
        digests.append(pixels_sha256(truth[0]))
    n = len(per_picture)
    protocol = protocol_of("l1", size, n, n, contents_sha256(digests)) | L1_DETAILS
    return mean_score("l1", "lower", against, per_picture, protocol)
