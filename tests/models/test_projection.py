import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from c2c.models.projection import ProjectionHeads, patches_at, random_positions, unit_length


def test_places_are_counted_along_rows_and_each_picture_has_its_own():
    features = torch.arange(2 * 3 * 2 * 4.0).view(2, 3, 2, 4)

    found = patches_at(features, torch.tensor([[0, 5], [7, 7]]))

    assert found.shape == (2, 2, 3)
    assert torch.equal(found[0, 0], features[0, :, 0, 0])
    assert torch.equal(found[0, 1], features[0, :, 1, 1])
    assert torch.equal(found[1], features[1, :, 1, 3].expand(2, 3))


@given(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.integers(1, 20))
def test_random_positions_lie_on_the_map_and_come_once(pictures, rows, columns, count):
    found = random_positions(torch.zeros(pictures, 2, rows, columns), count)

    assert found.shape == (pictures, min(count, rows * columns))
    for places in found:
        assert len(set(places.tolist())) == len(places)
        assert set(places.tolist()) <= set(range(rows * columns))


def test_all_places_are_as_likely_and_pictures_have_unlike_ones():
    found = random_positions(torch.zeros(4000, 1, 5, 5), 5)

    counts = torch.bincount(found.flatten(), minlength=25)
    assert counts.min() > 0.85 * 800  # 4000 times 5 over 25; the deviation is 3.2% of it
    assert counts.max() < 1.15 * 800
    assert not torch.equal(found[0].sort().values, found[1].sort().values)


def test_the_same_seed_gives_the_same_positions():
    torch.manual_seed(7)
    first = random_positions(torch.zeros(2, 1, 9, 9), 8)
    torch.manual_seed(7)

    assert torch.equal(random_positions(torch.zeros(2, 1, 9, 9), 8), first)


def test_points_have_length_one_and_a_point_at_the_origin_stays_there():
    points = unit_length(torch.tensor([[3.0, 4.0], [0.0, 0.0]], requires_grad=True))
    points.sum().backward()

    assert torch.allclose(points, torch.tensor([[0.6, 0.8], [0.0, 0.0]]), atol=1e-6)


def test_a_point_at_the_origin_has_a_gradient_that_is_a_number():
    origin = torch.zeros(1, 4, requires_grad=True)

    unit_length(origin).sum().backward()

    assert origin.grad.isfinite().all()


@pytest.mark.parametrize(
    ("given", "found"),
    [(torch.bfloat16, torch.float32), (torch.float32, torch.float32), (torch.float64, torch.float64)],
)
def test_lengths_are_taken_in_float32_at_least(given, found):
    assert unit_length(torch.ones(2, 3, dtype=given)).dtype is found


def test_each_map_has_a_perceptron_of_its_own():
    heads = ProjectionHeads([2, 5], channels=4)
    maps = [torch.randn(3, 2, 4, 4), torch.randn(3, 5, 2, 2)]
    positions = [torch.tensor([[0, 9]] * 3), torch.tensor([[3]] * 3)]

    near, far = heads(maps, positions)

    first, _, second = heads.heads[0]
    hidden = (maps[0].flatten(2)[:, :, [0, 9]].transpose(1, 2) @ first.weight.T + first.bias).clamp(min=0)
    expected = hidden @ second.weight.T + second.bias
    assert torch.allclose(near, expected / expected.norm(dim=2, keepdim=True), atol=1e-4)
    assert far.shape == (3, 1, 4)
    assert [layer.weight.shape for layer in heads.modules() if isinstance(layer, nn.Linear)] == [
        (4, 2),
        (4, 4),
        (4, 5),
        (4, 4),
    ]
