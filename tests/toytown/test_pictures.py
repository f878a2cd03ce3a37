import numpy as np
import pytest
from PIL import Image

from c2c import workers
from c2c.recipe.schema import ToytownRecipe
from c2c.toytown import CLASSES, StreetLayout, build_scene, cache, pictures, render
from c2c.toytown.pictures import Truth, draw_city, planned

SPEC = ToytownRecipe(train=3, val=1, test=2, train_size=24, test_size=32)
TRUTHS = {"burano": Truth("burano", "burano"), "burano-dress": Truth("paris", "burano")}


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("C2C_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(workers, "FEW", 99)  # drawn in this process


@pytest.fixture
def count(monkeypatch):
    """How many views were rendered, by massing and dress."""
    drawn = []

    def counted(layout, massing, dress):
        drawn.append((massing, dress))
        return build_scene(layout, massing, dress)

    monkeypatch.setattr(pictures, "build_scene", counted)
    return drawn


def test_a_city_s_folder_holds_colour_depth_classes_and_truth(tmp_path):
    views = draw_city(tmp_path / "paris", "paris", SPEC, 0, TRUTHS)
    assert [view.stem for view in views] == [
        "train-0000",
        "train-0001",
        "train-0002",
        "val-0000",
        "test-0000",
        "test-0001",
    ]
    found = sorted(
        str(path.relative_to(tmp_path / "paris")) for path in (tmp_path / "paris").rglob("*") if path.is_file()
    )
    layers = [f"{layer}/{view.stem}.png" for layer in ("rgb", "depth", "classes") for view in views]
    truth = [
        f"{layer}/{name}/test-{index:04d}.png"
        for layer in ("truth", "depth", "classes")
        for name in TRUTHS
        for index in range(2)
    ]
    assert found == sorted(layers + truth)


def test_pictures_hold_what_render_gives_with_depth_in_steps_of_a_256th_of_a_metre(tmp_path):
    drawn = draw_city(tmp_path, "paris", SPEC, 0, TRUTHS)[-1]
    layout = StreetLayout.from_seed(drawn.layout_seed)
    view = render(build_scene(layout, "paris"), layout.view(32))
    assert (np.asarray(Image.open(drawn.rgb)) == view.colour).all()
    with Image.open(drawn.depth) as depth:
        assert depth.mode == "I;16"
        stored = np.asarray(depth) / pictures.DEPTH_SCALE
    assert ((stored == 0) == (view.depth_m == 0)).all()
    np.testing.assert_allclose(stored, view.depth_m, atol=0.5 / pictures.DEPTH_SCALE + 1e-6)
    classes = np.asarray(Image.open(tmp_path / "classes" / "test-0001.png"))
    assert (classes == view.classes).all()
    assert classes.max() < len(CLASSES)
    truth = np.asarray(Image.open(tmp_path / "truth" / "burano" / "test-0001.png"))
    true_view = render(build_scene(layout, "burano"), layout.view(32))
    assert (truth == true_view.colour).all()
    true_classes = np.asarray(Image.open(tmp_path / "classes" / "burano" / "test-0001.png"))
    assert (true_classes == true_view.classes).all()
    assert not (true_classes == classes).all()


def test_cities_and_splits_never_share_a_layout(tmp_path):
    spec = ToytownRecipe(train=40, val=10, test=10)
    seeds = [v.layout_seed for city in ("paris", "burano") for v in planned(tmp_path, city, spec, 0)]
    assert len(set(seeds)) == len(seeds) == 120


def test_drawing_again_draws_nothing_neither_in_place_nor_from_the_cache(tmp_path, count):
    draw_city(tmp_path / "one", "paris", SPEC, 0, TRUTHS)
    assert len(count) == 6 + 4
    draw_city(tmp_path / "one", "paris", SPEC, 0, TRUTHS)
    draw_city(tmp_path / "two", "paris", SPEC, 0, TRUTHS)
    assert len(count) == 6 + 4
    for path in (tmp_path / "one").rglob("*.png"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_a_killed_run_goes_on_where_it_was(tmp_path, monkeypatch, count):
    def killed(done, total):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw_city(tmp_path / "run", "paris", SPEC, 0, {}, killed)
    monkeypatch.setenv("C2C_CACHE", str(tmp_path / "another cache"))
    reports = []
    draw_city(tmp_path / "run", "paris", SPEC, 0, {}, lambda done, total: reports.append((done, total)))
    assert reports == [(4, 6), (5, 6), (6, 6)]
    assert len(count) == 6


def test_another_seed_or_size_is_drawn_anew_and_old_pictures_go(tmp_path, count):
    draw_city(tmp_path, "paris", SPEC, 0, {})
    first = (tmp_path / "rgb" / "train-0000.png").read_bytes()
    fewer = ToytownRecipe(train=1, val=0, test=0, train_size=24, test_size=32)
    draw_city(tmp_path, "paris", fewer, 1, {})
    assert (tmp_path / "rgb" / "train-0000.png").read_bytes() != first
    assert [path.name for path in (tmp_path / "rgb").iterdir()] == ["train-0000.png"]
    assert len(count) == 7


def test_a_torn_or_painted_over_picture_is_put_right(tmp_path):
    view = draw_city(tmp_path, "burano", SPEC, 0, {})[0]
    whole = view.rgb.read_bytes()
    view.rgb.unlink()
    view.rgb.write_bytes(whole[:20])
    draw_city(tmp_path, "burano", SPEC, 0, {})
    assert view.rgb.read_bytes() == whole
    Image.new("RGB", (24, 24)).save(view.rgb)  # writes into the cache's own file, where that is linked
    draw_city(tmp_path, "burano", SPEC, 0, {})
    assert view.rgb.read_bytes() == whole


def test_without_a_cache_a_city_is_drawn_all_the_same(tmp_path, monkeypatch):
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    monkeypatch.setenv("C2C_CACHE", str(blocked))
    view = draw_city(tmp_path / "run", "paris", SPEC, 0, {})[0]
    with Image.open(view.rgb) as picture:
        assert picture.size == (24, 24)


def test_other_processes_draw_the_same_pictures(tmp_path, monkeypatch):
    draw_city(tmp_path / "alone", "burano", SPEC, 0, TRUTHS)
    monkeypatch.setenv("C2C_CACHE", str(tmp_path / "another cache"))
    monkeypatch.setattr(workers, "FEW", 0)
    monkeypatch.setattr(workers, "cores", lambda: 2)
    draw_city(tmp_path / "together", "burano", SPEC, 0, TRUTHS)
    for path in (tmp_path / "alone").rglob("*.png"):
        assert path.read_bytes() == (tmp_path / "together" / path.relative_to(tmp_path / "alone")).read_bytes()


def test_the_key_depends_on_all_that_is_drawn():
    one = ("paris", "burano", 1, 64)
    others = [
        ("burano", "burano", 1, 64),
        ("paris", "paris", 1, 64),
        ("paris", "burano", 2, 64),
        ("paris", "burano", 1, 65),
    ]
    assert len({cache.content_key(*parts) for parts in [one, *others]}) == 5
