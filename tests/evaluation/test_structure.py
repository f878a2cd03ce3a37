import pytest
import torch
from PIL import Image

from c2c.errors import ScoreError
from c2c.evaluation.structure import self_similarity, structure_distance, structure_score
from c2c.models.features import EfficientNetLite0
from c2c.toytown.layout import StreetLayout
from c2c.toytown.render import render
from c2c.toytown.scene import build_scene


class Quarters:
    """The colours of a picture's quarters, of unit length: four places."""

    def perceptual_layers(self, images, blocks):
        means = torch.nn.functional.adaptive_avg_pool2d(images.float(), 2)
        return (torch.nn.functional.normalize(means, dim=1),)


RED, GREEN, BLUE, WHITE = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))


def quartered(*colours):
    """A picture (1, 3, 8, 8) of four quarters in reading order."""
    places = torch.tensor(colours, dtype=torch.uint8).reshape(2, 2, 3).permute(2, 0, 1)[None]
    return places.repeat_interleave(4, 2).repeat_interleave(4, 3)


@pytest.fixture(scope="module")
def network():
    return EfficientNetLite0()


def test_places_of_one_colour_are_alike_and_those_of_two_are_opposites_about_their_mean():
    found = self_similarity(Quarters(), quartered(RED, RED, GREEN, GREEN))

    above = [1.0, 1.0, -1.0, -1.0]
    below = [-1.0, -1.0, 1.0, 1.0]
    assert torch.allclose(found, torch.tensor([[above, above, below, below]]), atol=1e-6)


def test_other_colours_in_the_same_places_keep_all_of_the_structure():
    distance = structure_distance(Quarters(), quartered(RED, RED, GREEN, GREEN), quartered(BLUE, BLUE, WHITE, WHITE))

    assert distance.tolist() == pytest.approx([0], abs=1e-6)


def test_halves_turned_by_a_right_angle_differ_in_half_of_the_pairs_by_two():
    distance = structure_distance(Quarters(), quartered(RED, RED, GREEN, GREEN), quartered(RED, GREEN, RED, GREEN))

    assert distance.tolist() == pytest.approx([1])


def test_a_street_in_another_citys_dress_keeps_more_structure_than_another_street_in_the_same_dress(network):
    def drawn(dress):
        layouts = [StreetLayout.from_seed(seed) for seed in range(4)]
        views = [render(build_scene(layout, "paris", dress), layout.view(96)).colour for layout in layouts]
        return torch.stack([torch.from_numpy(view).permute(2, 0, 1) for view in views])

    streets = drawn("paris")
    dressed = structure_distance(network, streets, drawn("burano"))
    others = structure_distance(network, streets, streets.roll(1, 0))

    assert structure_distance(network, streets, streets).abs().max() < 1e-6
    assert (dressed < others).all()
    assert dressed.mean() < 0.9 * others.mean()


def test_the_score_is_the_mean_over_pictures_and_says_how_it_was_measured(draw, network):
    source = {path.stem: path for path in draw("input", 3)}
    fake = {path.stem: path for path in draw("fake", 3, seed=1)}

    score = structure_score(fake, source, network)

    assert (score.metric, score.against, score.better, score.n) == ("structure", "input", "lower", 3)
    assert list(score.per_picture) == ["000", "001", "002"]
    assert score.value == pytest.approx(sum(score.per_picture.values()) / 3)
    assert score.protocol["extractor"] == "self-similarity (efficientnet-lite0)"
    assert score.protocol["size"] == "32x24"
    assert structure_score(source, source, network).value == pytest.approx(0, abs=1e-6)
    assert structure_score(source, source, network).fingerprint == score.fingerprint


def test_a_picture_without_its_input_or_of_another_size_is_refused(draw, network, tmp_path):
    source = {path.stem: path for path in draw("input", 2)}
    Image.new("RGB", (30, 24)).save(tmp_path / "odd.png")

    with pytest.raises(ScoreError, match=r"2 pictures, and found 1 inputs; '001' stands alone"):
        structure_score(source, {"000": source["000"]}, network)
    with pytest.raises(ScoreError, match=r"odd\.png is 30x24"):
        structure_score(source, source | {"001": tmp_path / "odd.png"}, network)
