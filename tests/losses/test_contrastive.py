import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from c2c.losses import patch_nce_loss


def points(pictures, patches, channels, seed=0):
    found = torch.randn(pictures, patches, channels, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return found / found.norm(dim=2, keepdim=True)


def test_patches_that_are_all_alike_cost_the_log_of_their_number():
    same = torch.ones(2, 8, 4) / 2

    assert patch_nce_loss(same, same).tolist() == pytest.approx([math.log(8)] * 2)


def test_patches_that_have_nothing_in_common_are_told_apart():
    apart = torch.eye(6, dtype=torch.float64)[None]

    expected = math.log(1 + 5 * math.exp(-1 / 0.07))
    assert patch_nce_loss(apart, apart).item() == pytest.approx(expected, rel=1e-9)
    assert patch_nce_loss(apart, apart.roll(1, 1)).item() == pytest.approx(1 / 0.07 + expected, rel=1e-9)


def test_it_is_the_cross_entropy_of_the_paper_with_the_other_patches_as_negatives():
    queries, keys, temperature = points(2, 5, 3), points(2, 5, 3, seed=1), 0.2

    found = patch_nce_loss(queries, keys, temperature)

    for picture in range(2):
        losses = []
        for own in range(5):
            positive = math.exp(float(queries[picture, own] @ keys[picture, own]) / temperature)
            negatives = [
                math.exp(float(queries[picture, own] @ keys[picture, other]) / temperature)
                for other in range(5)
                if other != own
            ]
            losses.append(-math.log(positive / (positive + sum(negatives))))
        assert found[picture].item() == pytest.approx(sum(losses) / 5, rel=1e-12)


def test_the_other_pictures_of_a_batch_do_not_matter():
    queries, keys = points(3, 6, 4), points(3, 6, 4, seed=1)

    alone = [patch_nce_loss(query[None], key[None]).item() for query, key in zip(queries, keys, strict=True)]

    assert patch_nce_loss(queries, keys).tolist() == pytest.approx(alone)


def test_only_the_queries_are_to_change():
    queries, keys = points(1, 4, 3).requires_grad_(True), points(1, 4, 3, seed=1).requires_grad_(True)

    patch_nce_loss(queries, keys).sum().backward()

    assert queries.grad.any()
    assert keys.grad is None


def test_under_autocast_it_has_all_digits():
    queries, keys = points(2, 64, 16).float(), points(2, 64, 16, seed=1).float()

    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = patch_nce_loss(queries, keys)

    assert torch.equal(found, patch_nce_loss(queries, keys))


@given(st.integers(1, 3), st.integers(1, 9), st.integers(0, 99))
def test_the_order_of_patches_does_not_matter_and_no_loss_is_negative(pictures, patches, seed):
    queries, keys = points(pictures, patches, 4, seed), points(pictures, patches, 4, seed + 100)
    order = torch.randperm(patches)

    found = patch_nce_loss(queries, keys)

    assert found.min() >= 0
    assert torch.allclose(patch_nce_loss(queries[:, order], keys[:, order]), found)
