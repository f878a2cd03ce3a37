import numpy as np
import pytest
import torch
from PIL import Image

from c2c.data.datasets import to_tensor, to_uint8
from c2c.data.pictures import read_depth, read_picture, write_depth
from c2c.errors import CheckpointError, NoPictures, OutputError, PictureError
from c2c.recipe import recipe_from
from c2c.training.checkpoint import load_approach
from c2c.translation.folder import code_of, load_input, translate_folder
from c2c.translation.panels import translate_one

CPU = torch.device("cpu")


def write(path, width=40, height=34, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    colours = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    Image.fromarray(colours).save(path)
    return path


@pytest.fixture
def holiday(tmp_path):
    """Pictures of odd sizes and kinds."""
    write(tmp_path / "holiday" / "a.png", 37, 41)
    write(tmp_path / "holiday" / "b.jpg", 64, 33, seed=1)
    write(tmp_path / "holiday" / "day 2" / "c.webp", 18, 90, seed=2)
    return tmp_path / "holiday"


def translate(checkpoint, pictures, out, direction="old-to-new", progress=lambda done, total: None):
    return translate_folder(checkpoint, pictures, out, direction, "cpu", progress)


def size(path):
    with Image.open(path) as image:
        return image.format, image.mode, image.size


def test_every_picture_becomes_a_png_of_its_name_and_size(tiny_checkpoint, holiday, tmp_path):
    out, told = tmp_path / "out", []

    found = translate(
        tiny_checkpoint("cyclegan"), holiday, out, progress=lambda done, total: told.append((done, total))
    )

    assert found.written == (out / "a.png", out / "b.png", out / "day-2__c.png")
    assert [size(path) for path in found.written] == [
        ("PNG", "RGB", (37, 41)),
        ("PNG", "RGB", (64, 33)),
        ("PNG", "RGB", (18, 90)),
    ]
    assert found.skipped == ()
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_it_writes_what_the_checkpoints_network_makes(tiny_checkpoint, holiday, tmp_path):
    approach, _ = load_approach(tiny_checkpoint("cyclegan"), CPU)
    back = approach.directions[1]

    translate(tiny_checkpoint("cyclegan"), holiday, tmp_path / "out", back.name)

    made = translate_one(approach, back, to_tensor(read_picture(holiday / "a.png")))["fake"]
    assert (read_picture(tmp_path / "out" / "a.png") == to_uint8(made)).all()


def test_one_picture_can_be_named_alone(tiny_checkpoint, holiday, tmp_path):
    found = translate(tiny_checkpoint("cyclegan"), holiday / "b.jpg", tmp_path / "out")

    assert found.written == (tmp_path / "out" / "b.png",)


def test_a_translation_that_was_stopped_goes_on_without_making_a_picture_again(tiny_checkpoint, holiday, tmp_path):
    first = translate(tiny_checkpoint("cyclegan"), holiday, tmp_path / "out")
    whole = {path.name: path.read_bytes() for path in first.written}
    times = {path.name: path.stat().st_mtime_ns for path in first.written}
    first.written[1].unlink()

    again = translate(tiny_checkpoint("cyclegan"), holiday, tmp_path / "out")

    assert {path.name: path.read_bytes() for path in again.written} == whole
    assert again.written[0].stat().st_mtime_ns == times["a.png"]


def test_pictures_of_another_direction_are_made_anew(tiny_checkpoint, holiday, tmp_path):
    there = translate(tiny_checkpoint("cyclegan"), holiday, tmp_path / "out", "old-to-new").written[0].read_bytes()
    back = translate(tiny_checkpoint("cyclegan"), holiday, tmp_path / "out", "new-to-old").written[0].read_bytes()
    alone = translate(tiny_checkpoint("cyclegan"), holiday, tmp_path / "else", "new-to-old").written[0].read_bytes()

    assert back == alone != there


def test_directions_that_take_turns_in_one_folder_are_told_apart_picture_by_picture(tiny_checkpoint, holiday, tmp_path):
    checkpoint, out = tiny_checkpoint("cyclegan"), tmp_path / "out"
    translate(checkpoint, holiday / "a.png", out, "old-to-new")
    first = (out / "a.png").read_bytes()

    translate(checkpoint, holiday / "b.jpg", out, "new-to-old")
    assert (out / "a.png").read_bytes() == first
    translate(checkpoint, holiday / "a.png", out, "new-to-old")

    assert (out / "a.png").read_bytes() != first


def test_a_picture_that_c2c_did_not_make_is_never_replaced(tiny_checkpoint, holiday, tmp_path):
    own = write(tmp_path / "out" / "a.png", 3, 3)
    before = own.read_bytes()

    with pytest.raises(OutputError, match="c2c did not make it"):
        translate(tiny_checkpoint("cyclegan"), holiday, tmp_path / "out")

    assert own.read_bytes() == before


def test_a_file_that_cannot_be_read_is_skipped_by_name_and_the_others_go_on(tiny_checkpoint, holiday, tmp_path):
    (holiday / "a.png").write_bytes((holiday / "a.png").read_bytes()[:40])

    found = translate(tiny_checkpoint("cyclegan"), holiday, tmp_path / "out")

    assert [path.name for path in found.written] == ["b.png", "day-2__c.png"]
    assert [skipped.path for skipped in found.skipped] == [str(holiday / "a.png")]
    assert "a.png" in found.skipped[0].reason


def test_a_folder_of_broken_files_alone_is_an_error(tiny_checkpoint, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.png").write_bytes(b"no picture")

    with pytest.raises(NoPictures, match=r"None of the pictures .*a\.png"):
        translate(tiny_checkpoint("cyclegan"), tmp_path / "broken", tmp_path / "out")


@pytest.mark.parametrize(("name", "words"), [("nowhere", "does not exist"), ("empty", "holds no JPEG, PNG or WebP")])
def test_nothing_to_translate_is_an_error(name, words, tiny_checkpoint, tmp_path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(NoPictures, match=words):
        translate(tiny_checkpoint("cyclegan"), tmp_path / name, tmp_path / "out")


def test_pictures_are_never_replaced_by_their_translation(tiny_checkpoint, holiday):
    with pytest.raises(OutputError, match="Say another folder"):
        translate(tiny_checkpoint("cyclegan"), holiday, holiday)
    with pytest.raises(OutputError, match="Say another folder"):
        translate(tiny_checkpoint("cyclegan"), holiday / "a.png", holiday)


def test_a_translation_may_lie_beside_a_jpeg(tiny_checkpoint, holiday):
    assert translate(tiny_checkpoint("cyclegan"), holiday / "b.jpg", holiday).written == (holiday / "b.png",)


@pytest.mark.parametrize(("direction", "words"), [(None, "None was named"), ("old-to-old", "'old-to-old' is none of")])
def test_a_checkpoint_of_several_directions_must_be_told_which(direction, words, tiny_checkpoint, holiday, tmp_path):
    with pytest.raises(CheckpointError, match=words) as found:
        translate(tiny_checkpoint("cyclegan"), holiday, tmp_path / "out", direction)

    assert "old-to-new and new-to-old" in str(found.value)
    assert "--direction old-to-new" in str(found.value)


def test_a_checkpoint_of_one_direction_need_not_be_told(tiny_checkpoint, holiday, tmp_path):
    found = translate(tiny_checkpoint("chain"), holiday / "a.png", tmp_path / "out", None)

    assert size(found.written[0]) == ("PNG", "RGB", (37, 41))


def test_image_to_depth_writes_16_bit_metres(tiny_checkpoint, holiday, tmp_path):
    translate(tiny_checkpoint("old-depth"), holiday / "a.png", tmp_path / "out", None)

    metres = read_depth(tmp_path / "out" / "a.png")
    assert metres.shape == (41, 37)
    known = metres[metres > 0]
    assert ((known >= 0.99) & (known <= 200.01)).all()


def test_depth_to_image_reads_16_bit_metres_and_refuses_colours(tiny_checkpoint, tmp_path):
    write_depth(tmp_path / "depth" / "a.png", np.full((40, 52), 7.0, np.float32))
    write(tmp_path / "depth" / "b.png")

    found = translate(tiny_checkpoint("depth-new"), tmp_path / "depth", tmp_path / "out", None)

    assert [size(path) for path in found.written] == [("PNG", "RGB", (52, 40))]
    assert "b.png" in found.skipped[0].path
    assert "16-bit grey PNG" in found.skipped[0].reason


def test_no_checkpoint_is_an_error(holiday, tmp_path):
    with pytest.raises(CheckpointError, match="holds no checkpoint"):
        translate(tmp_path / "nothing", holiday, tmp_path / "out")


def test_depth_is_seen_in_the_code_of_the_recipe(tiny_table):
    tiny_table["approaches"]["old-depth"] |= {"near_m": 2.0, "far_m": 50.0}
    tiny_table["approaches"]["depth-new"] |= {"near_m": 2.0, "far_m": 50.0}
    recipe = recipe_from(tiny_table)

    assert [(code_of(recipe, name).near_m, code_of(recipe, name).far_m) for name in ("old-depth", "chain")] == [
        (2.0, 50.0)
    ] * 2


def test_an_input_is_a_picture_or_a_depth_code(tiny_checkpoint, tmp_path):
    to_depth, _ = load_approach(tiny_checkpoint("old-depth"), CPU)
    to_image, description = load_approach(tiny_checkpoint("depth-new"), CPU)
    code = code_of(recipe_from(description.recipe), "depth-new")
    write_depth(tmp_path / "depth.png", np.full((3, 4), code.near_m, np.float32))
    Image.new("RGB", (4, 3), "white").save(tmp_path / "white.png")

    assert torch.equal(load_input(tmp_path / "white.png", to_depth.directions[0], code), torch.ones(3, 3, 4))
    depth = load_input(tmp_path / "depth.png", to_image.directions[0], code)
    assert depth[0].flatten().tolist() == pytest.approx([-1] * 12)
    assert (depth[1] == 1).all()
    with pytest.raises(PictureError):
        load_input(tmp_path / "white.png", to_image.directions[0], code)
