import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.toytown.chance import Draws, hash01, mixed, noise


def test_splitmix64_gives_its_published_numbers():
    draws = Draws()
    draws.state = 1234567
    assert [draws.bits() for _ in range(3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_a_seed_is_made_of_all_its_parts_in_order():
    assert len({mixed("a", 1), mixed("a", 2), mixed("b", 1), mixed(1, "a"), mixed("a", 1, 0)}) == 5


@given(st.integers(0, 2**63))
def test_draws_keep_to_their_ranges(seed):
    draws = Draws(seed)
    assert 2.0 <= draws.uniform(2, 3) < 3.0
    assert 4 <= draws.integer(4, 6) <= 6
    assert draws.choice("abc") in "abc"


def test_hashes_fill_zero_to_one_evenly():
    cells = np.arange(100)
    values = hash01(cells[:, None], cells[None, :], 7)
    assert values.shape == (100, 100)
    counts, _ = np.histogram(values, 10, (0, 1))
    assert counts.sum() == 10_000  # none outside
    assert counts.min() > 850
    assert counts.max() < 1150


def test_hashes_of_neighbours_are_not_alike():
    values = hash01(np.arange(5000)).astype(float)
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.05


def test_noise_takes_its_lattice_s_values_and_is_smooth_between():
    x = np.linspace(0, 4, 401, dtype=np.float32)
    values = noise(x, np.zeros_like(x), 3)
    assert values[::100].tolist() == pytest.approx(hash01(np.arange(5), 0, 3).tolist())
    assert np.abs(np.diff(values)).max() < 0.02
