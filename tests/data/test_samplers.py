from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.data.samplers import PairedSampler, UnpairedSampler

UNPAIRED = UnpairedSampler(n_a=7, n_b=5, batch_size=2, seed=3)
PAIRED = PairedSampler(n=7, batch_size=2, seed=3)


def test_the_first_draw_is_a_known_one_that_never_changes():
    draw = UnpairedSampler(n_a=1000, n_b=1000, batch_size=1, seed=0).draws(0)[0]

    assert (draw.index_a, draw.index_b, draw.view_a.flip, draw.view_b.flip) == (652, 693, True, False)
    assert (draw.view_a.u, draw.view_a.v) == pytest.approx((0.8806353521, 0.8908991835))


@pytest.mark.parametrize("sampler", [UNPAIRED, PAIRED])
def test_a_resumed_run_draws_what_an_uninterrupted_one_draws(sampler):
    whole = list(sampler.from_step(0, 20))

    assert [*sampler.from_step(0, 13), *sampler.from_step(13, 20)] == whole
    assert [sampler.draws(step) for step in reversed(range(20))] == whole[::-1]


def test_each_city_is_gone_through_in_epochs_of_its_own():
    draws = list(chain.from_iterable(UNPAIRED.from_step(0, 35)))  # 70 samples: 10 epochs of A, 14 of B
    epochs_a = [[draw.index_a for draw in draws[start : start + 7]] for start in range(0, 70, 7)]
    epochs_b = [[draw.index_b for draw in draws[start : start + 5]] for start in range(0, 70, 5)]

    assert all(sorted(epoch) == list(range(7)) for epoch in epochs_a)
    assert all(sorted(epoch) == list(range(5)) for epoch in epochs_b)
    assert len({tuple(epoch) for epoch in epochs_a}) > 5
    assert len({tuple(epoch) for epoch in epochs_b}) > 5


def test_cities_of_one_size_are_not_drawn_in_step():
    draws = list(chain.from_iterable(UnpairedSampler(50, 50, 1, seed=0).from_step(0, 50)))

    assert sum(draw.index_a == draw.index_b for draw in draws) < 10
    assert all(draw.view_a != draw.view_b for draw in draws)


def test_crops_are_spread_evenly_and_half_are_flipped():
    views = [draw.view for draw in chain.from_iterable(PairedSampler(10, 10, seed=1).from_step(0, 200))]

    assert sum(view.u for view in views) / 2000 == pytest.approx(0.5, abs=0.03)
    assert sum(view.v for view in views) / 2000 == pytest.approx(0.5, abs=0.03)
    assert sum(view.flip for view in views) / 2000 == pytest.approx(0.5, abs=0.05)
    assert len({view.u for view in views}) == 2000


def test_flips_can_be_left_out_without_moving_the_crops():
    still = PairedSampler(7, 2, seed=3, flip=False)

    for step in range(20):
        for flipped, unflipped in zip(PAIRED.draws(step), still.draws(step), strict=True):
            assert unflipped.view == flipped.view._replace(flip=False)


def test_another_seed_is_another_order():
    assert PairedSampler(50, 50, seed=0).draws(0) != PairedSampler(50, 50, seed=1).draws(0)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 4), st.integers(0, 2**63), st.integers(0, 10**9))
def test_every_draw_is_within_bounds(n_a, n_b, batch_size, seed, step):
    draws = UnpairedSampler(n_a, n_b, batch_size, seed).draws(step)

    assert len(draws) == batch_size
    for draw in draws:
        assert 0 <= draw.index_a < n_a
        assert 0 <= draw.index_b < n_b
        assert all(0 <= chance < 1 for chance in (draw.view_a.u, draw.view_a.v, draw.view_b.u, draw.view_b.v))


def test_a_single_picture_is_drawn_forever():
    assert [draw.index for draw in chain.from_iterable(PairedSampler(1, 2, seed=0).from_step(0, 3))] == [0] * 6
