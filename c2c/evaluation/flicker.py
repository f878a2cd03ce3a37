"""How much a translated video flickers: how much more it changes from frame to frame than its input does.

A camera that moves changes every pixel, and that is no flicker. So each frame is compared with the frame before, moved
to where things are now: the warping error, the mean absolute difference of their colours in levels of 255, over the
pixels that both frames show. Frames are blurred first, by a Gaussian of a hundredth of the short side, as in `changes`:
moving a picture by parts of a pixel harms its finest detail, and that is no flicker either. Flicker is the warping
error of the output less that of its input, by the same motion: what the input changes by itself is not charged.

0 is as steady as the input, and the input itself has exactly 0. A city of strong colours and mirrors has more by
nature, so the true translation's value is what to reach. A negative value is steadier than the input: blur does that
too, so flicker says nothing good about a picture, it only tells a fault. A constant grey has no warping error at all.

The motion is exact where depth and cameras are known, as on Toytown's drives. Elsewhere it is found by matching blocks
of the input, see `matched_motion`; values by unlike motions are never ranked together. Where a network made other
shapes than the input's, these move otherwise than the input's motion says, and that counts as flicker.

Source: the warping error is that of Lai et al. 2018, section 4.1, https://arxiv.org/abs/1808.00449, who square the
differences, find motion and hidden pixels by a network (FlowNet 2), and do not take off the input's own. Neighbouring
frames are alike, so intervals come from resampling blocks of frames: the circular bootstrap, Politis and Romano 1992,
Exploring the Limits of Bootstrap, pages 263 to 270.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from c2c.errors import ScoreError
from c2c.evaluation.changes import BLUR, blurred
from c2c.evaluation.intervals import DRAWS, around
from c2c.evaluation.pictures import contents_sha256, pixels_sha256
from c2c.evaluation.protocol import Protocol, fingerprint, protocol_of
from c2c.geometry.motion import Motion
from c2c.records import Score
from c2c.records.comparing import interval_around

EXACT = "exact, from depth and camera"
BLOCK, REACH = 8, 8  # pixels: side of a matched block, and how far away it is sought
WORST_MATCH = 16.0  # levels of 255: a block that is nowhere more alike was not to be seen before
SHORT_SIDE = 128  # pixels: larger frames are matched when reduced by whole numbers to about this


def warping_errors(frames: Sequence[Tensor], motions: Sequence[Motion]) -> list[float]:
    """How much each frame but the first differs from the one before, moved to its place, in levels of 255.

    Args:
        frames: (3, H, W) uint8, in order.
        motions: for each frame but the first, where its pixels were in the frame before.

    Raises:
        ScoreError: the frames are too few, of unlike sizes, or have no pixel in common with the frame before.
    """
    _check(frames, motions)
    soft = (blurred(frame[None].float(), BLUR * min(frame.shape[1:]))[0] for frame in frames)
    return [_error(before, now, motion) for (before, now), motion in zip(pairwise(soft), motions, strict=True)]


def moved(frame: Tensor, motion: Motion) -> Tensor:
    """A frame (3, H, W) brought to where things are in the next one, float32; between pixels by the four around."""
    height, width = frame.shape[1:]
    across = torch.from_numpy(motion.columns) * (2 / width) - 1
    down = torch.from_numpy(motion.rows) * (2 / height) - 1
    grid = torch.stack((across, down), -1).clamp(-2, 2)[None]
    return F.grid_sample(frame[None].float(), grid, padding_mode="border", align_corners=False)[0]


def matched_motion(now: Tensor, before: Tensor) -> Motion:
    """Where each block of 8 x 8 pixels of a frame was in the frame before: at the most alike place within 8 pixels.

    Large frames are reduced first. A block that is nowhere alike counts as not seen. No network, so nothing to fetch;
    it is far from exact where there is little texture, but there a wrong motion does little harm.

    Args:
        now: (3, H, W) uint8.
        before: same shape.
    """
    height, width = now.shape[1:]
    factor = max(1, round(min(height, width) / SHORT_SIDE))
    one, other = (F.avg_pool2d(frame[None].float(), factor) for frame in (now, before))
    least, down, right = _best_matches(one, other)
    rows, columns = (torch.arange(side, dtype=torch.float32) + 0.5 for side in (height, width))
    up, left, worst = (_spread(found, (height, width), factor) for found in (down, right, least))
    moved_rows, moved_columns = rows[:, None] + up * factor, columns[None, :] + left * factor
    inside = (moved_rows >= 0.5) & (moved_rows <= height - 0.5)
    inside &= (moved_columns >= 0.5) & (moved_columns <= width - 0.5)
    return Motion(moved_columns.numpy(), moved_rows.numpy(), ((worst <= WORST_MATCH) & inside).numpy())


def matched_motions(frames: Sequence[Tensor]) -> list[Motion]:
    """The motion of each frame but the first, found by matching blocks."""
    return [matched_motion(now, before) for before, now in pairwise(frames)]


def matching_in_words(size: tuple[int, int]) -> str:
    """How motion is found in frames of this size, for a protocol."""
    factor = max(1, round(min(size) / SHORT_SIDE))
    reduced = f" of frames reduced {factor} times" if factor > 1 else ""
    return f"blocks of {BLOCK} px matched within {REACH} px{reduced}, at most {WORST_MATCH:g} levels apart"


def flicker_scores(
    output: Sequence[Tensor], given: Sequence[Tensor], motions: Sequence[Motion], how: str, own: Sequence[Motion] = ()
) -> tuple[Score, Score]:
    """The flicker of a video and its warping error, with intervals over blocks of frames.

    Args:
        output: its frames, (3, H, W) uint8.
        given: the input's frames, as many and as large.
        motions: of the input, for each frame but the first.
        how: the motion was found, see `EXACT` and `matching_in_words`.
        own: of the output, where it shows other shapes and their motion is known.

    Raises:
        ScoreError: the videos do not go together, or are too short.
    """
    if len(output) != len(given) or any(a.shape != b.shape for a, b in zip(output, given, strict=True)):
        raise ScoreError(
            f"Flicker compares a video with its input, frame by frame: {len(output)} frames and {len(given)} frames of "
            "the same size were found."
        )
    errors = warping_errors(output, own or motions)
    excess = [one - other for one, other in zip(errors, warping_errors(given, motions), strict=True)]
    protocol = _protocol(given, [*motions, *own], f"{how}, of the video's own shapes" if own else how)
    return _score("flicker", excess, protocol), _score("warping_error", errors, protocol)


def block_length(n: int) -> int:
    """How many neighbours are resampled together: the cube root of their number, which grows as it should."""
    return max(1, round(n ** (1 / 3)))


def _score(metric: str, values: list[float], protocol: Protocol) -> Score:
    n, length = len(values), block_length(len(values))
    series = torch.tensor(values, dtype=torch.float64)
    mean = float(series.mean())
    draws = around(mean, series[_blocks(n, length)].mean(1)) if n > 2 * length else ()
    interval = interval_around(mean, draws, max(2, n // length))
    own = protocol | {"metric": metric}
    return Score(
        metric=metric,
        value=mean,
        better="lower",
        against="input",
        n=n,
        n_reference=n,
        protocol=own,
        fingerprint=fingerprint(own),
        per_picture={f"frame-{number:04d}": value for number, value in enumerate(values, start=2)},
        interval=(interval.low, interval.high) if interval else None,
        interval_is=f"bootstrap over blocks of {length} frames, {len(draws)} draws" if interval else "",
        draws=draws if interval else (),
    )


def _blocks(n: int, length: int) -> Tensor:
    """Numbers of frames (DRAWS, n) in blocks of neighbours, the last followed by the first; the same for the same n."""
    chance = torch.Generator().manual_seed(n)
    starts = torch.randint(n, (DRAWS, -(-n // length)), generator=chance)
    return ((starts[..., None] + torch.arange(length)) % n).flatten(1)[:, :n]


def _protocol(given: Sequence[Tensor], motions: Sequence[Motion], how: str) -> Protocol:
    height, width = given[0].shape[1:]
    pairs = len(given) - 1
    digest = contents_sha256([pixels_sha256(frame) for frame in given])
    return protocol_of("", (width, height), pairs, pairs, digest) | {
        "difference": "mean absolute, of RGB",
        "blur": f"Gaussian, sigma {BLUR * min(width, height):.3g} px",
        "motion": how,
        "seen": f"{np.mean([motion.seen.mean() for motion in motions]):.4f} of the pixels",
    }


def _check(frames: Sequence[Tensor], motions: Sequence[Motion]) -> None:
    if len(frames) < 2 or len(motions) != len(frames) - 1:
        raise ScoreError(
            f"Flicker needs a motion for each frame but the first: {len(frames)} and {len(motions)} found."
        )
    if len({tuple(frame.shape) for frame in frames}) > 1:
        raise ScoreError("The frames of a video must have one size.")
    blind = next((number for number, motion in enumerate(motions, start=2) if not motion.seen.any()), None)
    if blind is not None:
        raise ScoreError(f"Frame {blind} shows nothing that the frame before shows: it is a cut. Give the parts alone.")


def _error(before: Tensor, now: Tensor, motion: Motion) -> float:
    difference = (now - moved(before, motion)).abs().mean(0)
    return float(difference[torch.from_numpy(motion.seen)].double().mean())


def _best_matches(now: Tensor, before: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """For each block, (rows, columns): how unlike the best place is, how far down it is, and how far right."""
    height, width = now.shape[2:]
    padded = F.pad(before, (REACH,) * 4, mode="replicate")
    best: tuple[Tensor, Tensor, Tensor] | None = None
    for down, right in _near_first():
        shifted = padded[..., REACH + down : REACH + down + height, REACH + right : REACH + right + width]
        unlike = (now - shifted).abs().mean(1, keepdim=True)
        found = F.avg_pool2d(unlike, BLOCK, ceil_mode=True, count_include_pad=False)[0, 0]
        if best is None:
            best = found, torch.zeros_like(found), torch.zeros_like(found)
            continue
        closer = found < best[0]
        best = (
            torch.where(closer, found, best[0]),
            torch.where(closer, float(down), best[1]),
            torch.where(closer, float(right), best[2]),
        )
    assert best is not None
    return best


def _near_first() -> Iterator[tuple[int, int]]:
    """Every step down and right within reach, short ones first: of places equally alike the nearest is taken."""
    reach = range(-REACH, REACH + 1)
    return iter(sorted(((down, right) for down in reach for right in reach), key=lambda step: (_squared(step), step)))


def _squared(step: tuple[int, int]) -> int:
    return step[0] ** 2 + step[1] ** 2


def _spread(blocks: Tensor, size: tuple[int, int], factor: int) -> Tensor:
    """A value a block as a value a pixel, (H, W)."""
    side = BLOCK * factor
    pixels = blocks.repeat_interleave(side, 0).repeat_interleave(side, 1)
    down, right = max(0, size[0] - pixels.shape[0]), max(0, size[1] - pixels.shape[1])
    pixels = F.pad(pixels[None, None], (0, right, 0, down), mode="replicate")[0, 0] if down or right else pixels
    return pixels[: size[0], : size[1]]
