import numpy as np
import pytest
import torch
from PIL import Image

from c2c.errors import ScoreError
from c2c.evaluation.changes import COLOURS, TOP, blurred_lab, change_maps, changes_of, write_map


def plain(*colour, side=8):
    """A picture of one colour, (1, 3, side, side) uint8."""
    return torch.tensor(colour, dtype=torch.uint8)[None, :, None, None].expand(1, 3, side, side)


def noisy(seed, side=100):
    return torch.randint(0, 256, (1, 3, side, side), generator=torch.Generator().manual_seed(seed)).byte()


def save(folder, **pictures):
    folder.mkdir(exist_ok=True)
    for name, picture in pictures.items():
        Image.fromarray(picture[0].permute(1, 2, 0).numpy()).save(folder / f"{name}.png")
    return {name: folder / f"{name}.png" for name in pictures}


@pytest.mark.parametrize(
    ("colour", "lab"),
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.74, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.20, -107.86)),
        ((119, 119, 119), (50.03, 0, 0)),
    ],
)
def test_colours_have_their_published_places_in_cielab(colour, lab):
    assert blurred_lab(plain(*colour))[0, :, 4, 4].tolist() == pytest.approx(lab, abs=0.06)


def test_black_against_white_is_a_change_of_100_and_the_same_picture_of_none():
    assert change_maps(plain(0, 0, 0), plain(255, 255, 255)) == pytest.approx(torch.full((1, 8, 8), 100.0), abs=1e-3)
    assert change_maps(noisy(0), noisy(0)).max() == 0


def test_a_change_and_its_way_back_are_equally_strong():
    assert torch.equal(change_maps(noisy(0), noisy(1)), change_maps(noisy(1), noisy(0)))


def test_only_the_part_that_changed_stands_out():
    before = noisy(0)
    after = before.clone()
    after[:, :, :30] = 255 - after[:, :, :30]

    change = change_maps(before, after)[0]

    assert change[:27].mean() > 5
    assert change[34:].max() < 1e-4


def test_noise_counts_less_than_a_change_of_all_pixels_by_as_much():
    grey = plain(128, 128, 128, side=200)
    signs = torch.randint(0, 2, grey.shape, generator=torch.Generator().manual_seed(0)) * 2 - 1

    noise, shift = change_maps(grey, (grey + 20 * signs).byte()), change_maps(grey, (grey + 20).byte())

    assert noise.mean() < 0.4 * shift.mean()


def test_a_picture_of_one_pixel_can_change():
    assert change_maps(plain(0, 0, 0, side=1), plain(255, 255, 255, side=1)).item() == pytest.approx(100, abs=1e-3)


def test_the_mean_map_is_the_mean_of_the_pictures_maps_and_knows_their_thirds(tmp_path):
    pictures = {name: (noisy(seed, 30), noisy(seed + 9, 30)) for seed, name in enumerate("abc")}
    before, after = (save(tmp_path / f"{i}", **{name: pair[i] for name, pair in pictures.items()}) for i in (0, 1))

    found = changes_of(before, after)

    maps = torch.cat([change_maps(*pair) for pair in pictures.values()]).double().numpy()
    assert found.mean_map == pytest.approx(maps.mean(0))
    assert found.per_picture == pytest.approx(dict(zip("abc", maps.mean((1, 2)), strict=True)))
    assert found.thirds == pytest.approx([maps[:, i : i + 10].mean() for i in (0, 10, 20)])


def test_a_map_is_a_picture_whose_index_is_the_change(tmp_path):
    before, after = save(tmp_path / "0", one=plain(0, 0, 0)), save(tmp_path / "1", one=plain(30, 40, 50))

    found = changes_of(before, after, tmp_path / "maps")

    with Image.open(tmp_path / "maps" / "one.png") as image:
        assert np.array(image) * TOP / 255 == pytest.approx(found.mean_map, abs=TOP / 255 / 2 + 1e-6)


def test_the_colours_of_a_map_grow_lighter_with_the_change_and_end_at_the_top(tmp_path):
    write_map(tmp_path / "scale.png", np.array([[0, TOP / 4, TOP / 2, 3 * TOP / 4, TOP, 2 * TOP]]))

    with Image.open(tmp_path / "scale.png") as image:
        colours = np.array(image.convert("RGB"))[0]
    lightness = blurred_lab(torch.from_numpy(colours).T[None, :, None])[0, 0, 0]
    assert (lightness.diff()[:-1] > 10).all()
    assert [f"#{''.join(f'{value:02x}' for value in colours[at])}" for at in (0, 4, 5)] == [
        COLOURS[0],
        COLOURS[-1],
        COLOURS[-1],
    ]


def test_every_picture_needs_its_partner_of_the_same_size(tmp_path):
    before, after = save(tmp_path / "0", a=noisy(0), b=noisy(1)), save(tmp_path / "1", a=noisy(2), b=noisy(3, 50))

    with pytest.raises(ScoreError, match=r"'b' after"):
        changes_of(before, {"a": after["a"]})
    with pytest.raises(ScoreError, match="50x50"):
        changes_of(before, after)
    with pytest.raises(ScoreError, match="no pictures"):
        changes_of({}, {})
