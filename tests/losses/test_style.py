import pytest
import torch

from c2c.losses import content_loss, gram_matrix, style_loss, total_variation_loss


def noise(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(3))


def test_the_gram_matrix_holds_mean_products_of_channels():
    features = torch.tensor([[[[1.0, 2.0, 0.0, 1.0]], [[3.0, -1.0, 1.0, 1.0]]]])  # two channels at four positions

    assert torch.equal(gram_matrix(features), torch.tensor([[[1.5, 0.5], [0.5, 3.0]]]))


def test_the_gram_matrix_forgets_where_things_are():
    features = noise(2, 4, 6, 6)

    assert torch.allclose(gram_matrix(features), gram_matrix(features.flip(3)), atol=1e-6)
    assert torch.allclose(gram_matrix(features), gram_matrix(features.transpose(2, 3)), atol=1e-6)


def test_features_twice_as_strong_are_three_times_the_style_away():
    features = noise(1, 4, 6, 6)

    assert style_loss(2 * features, gram_matrix(features)).item() == pytest.approx(9, rel=1e-5)  # (4 - 1) squared
    assert style_loss(features, gram_matrix(features)).item() == 0


def test_losses_are_summed_over_pictures():
    features = noise(1, 4, 6, 6)
    pair = features.repeat(2, 1, 1, 1)

    assert style_loss(2 * pair, gram_matrix(features)).item() == pytest.approx(18, rel=1e-5)
    assert content_loss(2 * pair, pair).item() == pytest.approx(2, rel=1e-5)
    assert total_variation_loss(pair).item() == pytest.approx(2 * total_variation_loss(features).item(), rel=1e-5)


def test_content_loss_is_a_share_of_the_target():
    features = noise(1, 4, 6, 6)

    assert content_loss(1.5 * features, features).item() == pytest.approx(0.25, rel=1e-5)


def test_total_variation_of_a_ramp_is_its_slope():
    ramp = torch.arange(5.0).expand(1, 3, 4, 5) * 0.1

    assert total_variation_loss(ramp).item() == pytest.approx(0.1, rel=1e-5)
    assert total_variation_loss(torch.full((1, 3, 4, 5), 0.7)).item() == 0
