import numpy as np
import pytest
import torch
from PIL import Image

from c2c.errors import TooFewImages
from c2c.evaluation.probes import Compared, as_jpeg, depth_findings, hidden_share, others_of, with_noise
from c2c.models.features import EfficientNetLite0, perceptual_distance

NAMES = [f"{index:02d}" for index in range(12)]


@pytest.fixture(scope="module")
def network():
    return EfficientNetLite0()


@pytest.fixture
def flats():
    """Twelve flat grey pictures, each of another brightness, in steps of 20."""
    return (20 * torch.arange(12, dtype=torch.uint8))[:, None, None, None].expand(12, 3, 16, 16).contiguous()


def compared(pictures, network):
    return Compared(NAMES[: len(pictures)], pictures, "input", network)


def share_of(harm, go_back, middle, pictures, network):
    """The hidden share of a cycle whose way back is `go_back`."""
    truth = compared(pictures, network)
    trained = go_back(middle)
    errors = (go_back(harm(middle)), harm(trained), trained, trained[others_of(len(pictures), 0)])
    return hidden_share("noise", *(truth.l1(images, {}) for images in errors))


def noisy(pictures):
    return with_noise(pictures, 0)


# Harm


def test_noise_has_the_deviation_that_was_asked_for_and_is_the_same_for_the_same_seed():
    grey = torch.full((2, 3, 64, 64), 128, dtype=torch.uint8)

    found = with_noise(grey, seed=3, sigma=0.02)

    assert found.dtype == torch.uint8
    assert (found.double() - 128).std().item() == pytest.approx(0.02 * 255, rel=0.03)
    assert torch.equal(found, with_noise(grey, seed=3, sigma=0.02))
    assert not torch.equal(found, with_noise(grey, seed=4, sigma=0.02))
    assert torch.equal(with_noise(grey, seed=3, sigma=0.0), grey)


def test_a_picture_through_jpeg_is_the_one_that_a_jpeg_file_holds(tmp_path):
    chance = np.random.default_rng(0)
    coarse = Image.fromarray(chance.integers(0, 256, (4, 4, 3), dtype=np.uint8)).resize((24, 16))
    coarse.save(tmp_path / "picture.jpg", quality=75, subsampling=2)  # 2 is 4:2:0
    pictures = torch.from_numpy(np.array(coarse)).permute(2, 0, 1)[None]

    found = as_jpeg(pictures)[0].permute(1, 2, 0).numpy()

    with Image.open(tmp_path / "picture.jpg") as image:
        assert np.array_equal(found, np.array(image))
    assert not np.array_equal(found, np.array(coarse))


def test_jpeg_takes_away_a_pattern_of_colour_that_is_finer_than_two_pixels():
    fine = torch.full((1, 3, 16, 16), 128, dtype=torch.uint8)
    fine[:, 0, ::2, ::2], fine[:, 2, 1::2, 1::2] = 140, 140

    found = as_jpeg(fine)

    assert found.double().std() < 0.5 * fine.double().std()


@pytest.mark.parametrize("n", [2, 3, 12])
def test_everyone_gets_the_picture_of_someone_else_and_each_is_given_once(n):
    found = others_of(n, seed=5)

    assert sorted(found) == list(range(n))
    assert all(other != own for own, other in enumerate(found))
    assert found == others_of(n, seed=5)


def test_a_single_picture_has_no_other():
    with pytest.raises(TooFewImages, match="at least 2"):
        others_of(1, seed=0)


# Hidden signal


def test_a_way_back_that_copies_what_it_sees_hides_nothing(flats, network):
    finding = share_of(noisy, lambda middle: middle, flats, flats, network)

    assert finding.value == 0
    assert finding.interval == (0, 0)


def test_a_way_back_that_smooths_the_noise_out_hides_less_than_nothing(flats, network):
    def smooth(middle):
        return middle.double().mean((2, 3), keepdim=True).round().to(torch.uint8).expand_as(middle)

    finding = share_of(noisy, smooth, flats, flats, network)

    assert -0.2 < finding.value < 0


def test_a_way_back_that_reads_the_lowest_bits_hid_nearly_all_from_noise_and_nothing_from_eight_bits(network):
    chance = torch.Generator().manual_seed(0)
    pictures = 85 * torch.randint(0, 4, (12, 3, 16, 16), generator=chance).to(torch.uint8)  # 0, 85, 170 or 255
    middle = 128 + pictures // 85  # nearly plain grey: the picture is in its two lowest bits

    def read(seen):
        return 85 * (seen % 4)

    assert torch.equal(read(middle), pictures)
    assert share_of(noisy, read, middle, pictures, network).value == pytest.approx(1, abs=0.1)
    assert share_of(lambda same: same, read, middle, pictures, network).value == 0


def test_where_nothing_of_its_own_picture_comes_back_no_share_can_be_given(flats, network):
    finding = share_of(noisy, lambda middle: torch.full_like(middle, 128), flats, flats, network)

    assert finding.value is None
    assert finding.interval is None


# Depth, blamed


def errors_of(flats, network, **shifts):
    """Scores whose errors are 0.2 plus a fluctuation of each picture's own, plus a shift, in steps of 1/255."""
    own = torch.arange(12, dtype=torch.uint8)[:, None, None, None]
    truth = compared(torch.zeros_like(flats), network)
    return {fed: truth.l1((51 + own + shift).expand_as(flats), {}) for fed, shift in shifts.items()}


def test_what_predicted_depth_loses_and_what_the_renderer_loses_make_up_the_whole_error(flats, network):
    errors = errors_of(flats, network, true=0, predicted=51, shuffled=102, blank=150)

    found = {finding.name: finding for finding in depth_findings(errors)}

    lost, left = found["lost to the predicted depth"], found["left to the renderer"]
    assert lost.value + left.value == pytest.approx(errors["predicted"].value)
    assert lost.value == pytest.approx(0.2)
    assert found["share of the predicted depth"].value == pytest.approx(0.2 / errors["predicted"].value)
    assert found["worth of depth that is kept"].value == pytest.approx(0.5)


def test_pictures_that_differ_from_each_other_alike_leave_no_doubt_about_the_difference(flats, network):
    errors = errors_of(flats, network, true=0, predicted=51, shuffled=102, blank=150)

    found = {finding.name: finding for finding in depth_findings(errors)}

    low, high = found["left to the renderer"].interval
    assert high - low > 0.01
    assert found["lost to the predicted depth"].interval == pytest.approx((0.2, 0.2), abs=1e-5)


def test_depth_that_is_worth_nothing_cannot_be_kept(flats, network):
    errors = errors_of(flats, network, true=10, predicted=10, shuffled=10, blank=150)

    found = {finding.name: finding for finding in depth_findings(errors)}

    assert found["worth of depth that is kept"].value is None
    assert found["lost to the predicted depth"].value == 0


def test_without_true_depth_only_the_worth_of_the_predicted_one_is_known(flats, network):
    found = depth_findings(errors_of(flats, network, predicted=0, shuffled=51, blank=102))

    assert {finding.name: round(finding.value, 6) for finding in found} == {
        "worth of the predicted depth": 0.2,
        "worth of any depth": 0.4,
    }


# Comparing


def test_the_perceptual_distance_is_that_of_two_pictures_looked_at_together(flats, network):
    others = flats.flip(0)

    l1, ssim, perceptual = compared(flats, network).scores(others, {"fed": "another"})

    expected = perceptual_distance(network, flats, others)
    assert list(perceptual.per_picture.values()) == pytest.approx(expected.tolist())
    assert (l1.better, ssim.better, perceptual.better) == ("lower", "higher", "lower")
    assert {score.protocol["fed"] for score in (l1, ssim, perceptual)} == {"another"}
