import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from c2c.data.depth_code import DepthCode

CODE = DepthCode(near_m=1.0, far_m=100.0)


def of(*metres: float) -> torch.Tensor:
    return torch.tensor(metres).reshape(1, 1, 1, -1)


def test_near_is_minus_one_far_is_one_and_their_geometric_mean_is_nought():
    code = CODE.encode(of(1.0, 10.0, 100.0))

    assert code.shape == (1, 2, 1, 3)
    assert code[0, 0, 0].tolist() == pytest.approx([-1, 0, 1], abs=1e-6)
    assert code[0, 1, 0].tolist() == [1, 1, 1]


def test_no_depth_is_far_and_masked():
    code = CODE.encode(of(0.0, -1.0, math.nan, math.inf))

    assert code[0, 0, 0].tolist() == pytest.approx([1, 1, 1, 1])
    assert code[0, 1, 0].tolist() == [-1, -1, -1, -1]
    assert CODE.decode(code).tolist() == of(0, 0, 0, 0).tolist()


def test_metres_outside_the_range_move_to_its_nearer_end():
    assert CODE.decode(CODE.encode(of(0.01, 5000.0))).flatten().tolist() == pytest.approx([1, 100], rel=1e-5)


@given(st.lists(st.floats(1, 100, width=32), min_size=1, max_size=20))
def test_decoding_undoes_encoding_inside_the_range(metres):
    code = CODE.encode(of(*metres))

    assert code.min() >= -1 - 1e-6
    assert code.max() <= 1 + 1e-6
    assert CODE.decode(code).flatten().tolist() == pytest.approx(metres, rel=1e-5)


@given(st.lists(st.tuples(st.floats(-1, 1, width=32), st.sampled_from([-1.0, 1.0])), min_size=1, max_size=20))
def test_encoding_undoes_decoding_where_there_is_depth(pixels):
    code = torch.tensor(pixels).T.reshape(1, 2, 1, -1)
    again = CODE.encode(CODE.decode(code))
    there = code[:, 1:] > 0

    assert torch.equal(again[:, 1:], code[:, 1:])
    assert torch.allclose(again[:, :1][there], code[:, :1][there], atol=1e-5)


def test_decoding_everywhere_takes_no_notice_of_the_mask():
    code = torch.tensor([0.0, -1.0]).reshape(1, 2, 1, 1)

    assert CODE.decode(code).item() == 0
    assert CODE.decode_everywhere(code).item() == pytest.approx(10)


def test_a_network_that_overshoots_stays_in_the_range():
    code = torch.tensor([[3.0, 1.0], [-3.0, 1.0]]).reshape(2, 2, 1, 1)

    assert CODE.decode(code).flatten().tolist() == pytest.approx([100, 1], rel=1e-5)


@pytest.mark.parametrize(("near", "far"), [(0, 10), (-1, 10), (10, 10), (20, 10), (1, math.inf), (math.nan, 10)])
def test_a_range_that_is_none_is_refused(near, far):
    with pytest.raises(ValueError, match="near_m < far_m"):
        DepthCode(near, far)
