import numpy as np
import pytest
import torch

from c2c.errors import ScoreError
from c2c.evaluation.flicker import (
    EXACT,
    block_length,
    flicker_scores,
    matched_motion,
    matched_motions,
    moved,
    warping_errors,
)
from c2c.geometry.motion import Motion
from c2c.records import comparable, difference, is_better

SIZE, COUNT = 40, 12
STILL = [Motion.still(SIZE, SIZE)] * (COUNT - 1)


def picture(seed=0, size=SIZE):
    """A smooth picture (3, size, size) uint8, between 40 and 200."""
    coarse = torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(seed))
    return (40 + 160 * torch.nn.functional.interpolate(coarse, size=size, mode="bilinear")[0]).round().to(torch.uint8)


def brighter(frame, by):
    return (frame.int() + by).clamp(0, 255).to(torch.uint8)


@pytest.fixture
def still():
    """A video in which nothing moves."""
    return [picture()] * COUNT


def test_a_still_video_does_not_flicker(still):
    flicker, error = flicker_scores(still, still, STILL, EXACT)

    assert flicker.value == 0.0
    assert flicker.interval == (0.0, 0.0)
    assert error.value == pytest.approx(0.0, abs=1e-4)


def test_light_that_comes_and_goes_flickers_by_its_step(still):
    blinking = [brighter(frame, 12 * (number % 2)) for number, frame in enumerate(still)]

    flicker, error = flicker_scores(blinking, still, STILL, EXACT)

    assert flicker.value == pytest.approx(12.0, abs=1e-4)
    assert error.value == pytest.approx(12.0, abs=1e-4)
    assert set(flicker.per_picture) == {f"frame-{number:04d}" for number in range(2, COUNT + 1)}


def test_what_flickers_in_the_input_is_not_charged_to_the_output(still):
    blinking = [brighter(frame, 12 * (number % 2)) for number, frame in enumerate(still)]

    flicker, error = flicker_scores(blinking, blinking, STILL, EXACT)
    calmer, _ = flicker_scores(still, blinking, STILL, EXACT)

    assert flicker.value == 0.0
    assert error.value == pytest.approx(12.0, abs=1e-4)
    assert calmer.value == pytest.approx(-12.0, abs=1e-4)


def test_a_constant_shift_of_colours_adds_no_flicker():
    video = [torch.roll(picture(), 2 * number, dims=2) for number in range(COUNT)]
    motions = [shifted(2.0)] * (COUNT - 1)

    flicker, _ = flicker_scores([brighter(frame, 30) for frame in video], video, motions, EXACT)

    assert flicker.value == pytest.approx(0.0, abs=1e-4)


def shifted(columns):
    """Everything came from the left by so many pixels; what came into view is not seen."""
    still = Motion.still(SIZE, SIZE)
    return Motion(still.columns - np.float32(columns), still.rows, still.columns - columns >= 0.5)


def test_a_motion_that_is_known_takes_all_change_away_and_none_known_leaves_it():
    video = [torch.roll(picture(), 2 * number, dims=2) for number in range(3)]

    known = np.mean(warping_errors(video, [shifted(2.0)] * 2))
    assert known < 1.0  # the blur mixes in what lies beyond the border
    assert np.mean(warping_errors(video, STILL[:2])) > 3 * known


def test_a_frame_is_moved_to_the_pixel():
    frame = picture()

    assert torch.equal(moved(frame, Motion.still(SIZE, SIZE)).round().to(torch.uint8), frame)
    assert torch.allclose(moved(frame, shifted(3.0))[:, :, 3:], frame[:, :, :-3].float(), atol=1e-3)


def test_matching_finds_a_shift_of_whole_pixels():
    texture = torch.randint(0, 255, (3, 64, 64), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    motion = matched_motion(torch.roll(texture, (3, -5), (1, 2)), texture)
    still = Motion.still(64, 64)

    inner = (slice(8, 56), slice(8, 48))
    assert ((motion.columns - still.columns)[inner] == 5).all()
    assert ((motion.rows - still.rows)[inner] == -3).all()
    assert motion.seen[inner].all()


def test_matching_calls_what_was_not_there_unseen_and_takes_the_nearest_of_equals():
    black, white = torch.zeros(3, 32, 32, dtype=torch.uint8), torch.full((3, 32, 32), 255, dtype=torch.uint8)

    assert not matched_motion(white, black).seen.any()
    assert (matched_motion(black, black).columns == Motion.still(32, 32).columns).all()


def test_matching_goes_with_sides_that_no_block_divides_and_reduces_large_frames():
    texture = torch.randint(0, 255, (3, 301, 457), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    coarse = torch.nn.functional.interpolate(texture[None, :, ::8, ::8].float(), size=(301, 457))[0].to(torch.uint8)

    motion = matched_motion(torch.roll(coarse, 12, 2), coarse)

    assert motion.columns.shape == motion.rows.shape == motion.seen.shape == (301, 457)
    assert np.median(motion.columns - Motion.still(301, 457).columns) == -12


def test_flicker_by_unlike_motions_is_never_ranked_together(still):
    noisy = [brighter(frame, number % 3) for number, frame in enumerate(still)]

    exact, _ = flicker_scores(noisy, still, STILL, EXACT)
    matched, _ = flicker_scores(noisy, still, matched_motions(still), "matched")
    of_its_own, _ = flicker_scores(noisy, still, STILL, EXACT, own=STILL)

    assert not comparable(exact, matched)
    assert not comparable(exact, of_its_own)
    assert exact.protocol["motion"] == EXACT


def test_of_two_translations_the_steadier_one_is_better_by_their_difference(still):
    def noisy(most, seed):
        chance = np.random.default_rng(seed)
        return [brighter(frame, int(chance.integers(-most, most + 1))) for frame in still]

    calm, wild = (flicker_scores(noisy(most, most), still, STILL, EXACT)[0] for most in (3, 30))

    assert comparable(calm, wild)
    assert is_better(calm, wild)
    assert difference(calm, wild).interval.high < 0
    assert calm.interval[0] < calm.value < calm.interval[1]
    assert "blocks of 2 frames" in calm.interval_is


def test_blocks_grow_with_the_cube_root():
    assert [block_length(n) for n in (1, 8, 27, 1000)] == [1, 2, 3, 10]


def test_few_frames_have_no_interval_and_one_has_no_flicker(still):
    assert flicker_scores(still[:2], still[:2], STILL[:1], EXACT)[0].interval is None
    with pytest.raises(ScoreError, match="a motion for each frame but the first"):
        flicker_scores(still[:1], still[:1], [], EXACT)


def test_videos_that_do_not_go_together_are_an_error(still):
    blind = Motion(*(getattr(STILL[0], name) for name in ("columns", "rows")), np.zeros((SIZE, SIZE), bool))

    with pytest.raises(ScoreError, match="frame by frame: 11 frames and 12 frames"):
        flicker_scores(still[1:], still, STILL, EXACT)
    with pytest.raises(ScoreError, match="one size"):
        warping_errors([still[0], picture(size=32)], STILL[:1])
    with pytest.raises(ScoreError, match="Frame 3 shows nothing"):
        warping_errors(still[:3], [STILL[0], blind])
