import threading

import pytest
import torch
from PIL import Image

from c2c.errors import ScoreError
from c2c.evaluation import features as module
from c2c.evaluation.features import features_of
from c2c.evaluation.pictures import CODEC, JPEG, contents_sha256, pixels_sha256, read_picture


def test_features_come_in_the_order_of_the_pictures(draw, colours):
    paths = draw("a", 27)  # more than three batches

    found = features_of(paths, colours)

    assert found.n == 27
    assert found.size == (32, 24)
    assert found.codec == CODEC
    assert found.folder == paths[0].parent
    assert found.sha256 == contents_sha256([pixels_sha256(read_picture(path)) for path in paths])
    for path, row in zip(paths, found.features, strict=True):
        torch.testing.assert_close(row, colours(read_picture(path)[None])[0])


def test_a_set_keeps_its_hash_in_any_order_and_loses_it_with_any_picture(draw, colours):
    paths = draw("a", 4)

    assert features_of(paths, colours).sha256 == features_of(paths[::-1], colours).sha256
    assert features_of(paths, colours).sha256 != features_of(paths[1:], colours).sha256


def test_a_picture_that_gives_no_finite_features_is_named(draw):
    paths = draw("a", 3)

    def broken(images):
        return torch.where(torch.arange(len(images))[:, None] == 1, torch.nan, torch.ones(len(images), 4))

    broken.name = "broken"
    with pytest.raises(ScoreError, match=r"not finite numbers for .*001\.png"):
        features_of(paths, broken)


def test_a_network_that_gives_no_row_for_each_picture_is_refused(draw, colours):
    def maps(images):
        return images.float()

    maps.name = "maps"
    with pytest.raises(ScoreError, match=r"maps gives \(2, 3, 24, 32\) for 2 pictures"):
        features_of(draw("a", 2), maps)


def test_mixed_sizes_are_refused(draw, colours):
    with pytest.raises(ScoreError, match=r"is 32x24 but .* is 16x16"):
        features_of([*draw("a", 2), *draw("b", 1, size=(16, 16))], colours)


def test_no_pictures_are_refused(colours):
    with pytest.raises(ScoreError, match="no pictures"):
        features_of([], colours)


def test_one_broken_file_among_many_is_named(draw, colours):
    paths = draw("a", 40, size=(64, 64))
    paths[29].write_bytes(paths[29].read_bytes()[:100])

    with pytest.raises(ScoreError, match=r"029\.png is broken"):
        features_of(paths, colours)


def test_a_header_that_promises_more_pixels_than_any_memory_holds_is_refused_by_name(draw, colours):
    path = draw("a", 1)[0]
    content = bytearray(path.read_bytes())
    content[16:24] = b"\x70\0\0\0" * 2
    path.write_bytes(content)

    with pytest.raises(ScoreError, match=r"000\.png is broken"):
        features_of([path], colours)


def test_a_picture_that_changes_its_size_while_it_is_scored_is_named(monkeypatch, draw, colours):
    paths = draw("a", 2)
    monkeypatch.setattr(module, "common_form", lambda *_: ((16, 16), CODEC))

    with pytest.raises(ScoreError, match=r"000\.png was 16x16 a moment ago"):
        features_of(paths, colours)


def test_no_thread_is_left_behind_by_a_broken_file(draw, colours):
    paths = draw("a", 40, size=(64, 64))
    paths[3].write_bytes(paths[3].read_bytes()[:100])
    before = threading.active_count()

    with pytest.raises(ScoreError):
        features_of(paths, colours)

    assert threading.active_count() == before


def test_the_network_waits_for_nothing_and_the_reader_runs_only_a_little_ahead(monkeypatch, draw, colours):
    paths, read, seen = draw("a", 80), [], []
    monkeypatch.setattr(module, "read_picture", lambda path, jpeg: read.append(path) or read_picture(path, jpeg))

    def slow(images):
        seen.append(len(images))
        assert len(read) <= sum(seen) + 4 * module.BATCH  # two waiting, one being read, one in the queue's hand
        return colours(images)

    slow.name = "slow"

    assert features_of(paths, slow).n == 80
    assert seen == [module.BATCH] * 10


def test_large_pictures_come_fewer_at_a_time(monkeypatch, draw, colours):
    paths, seen = draw("a", 7), []
    monkeypatch.setattr(module, "MOST_PIXELS", 3 * 32 * 24)

    def counting(images):
        seen.append(len(images))
        return colours(images)

    counting.name = "counting"

    torch.testing.assert_close(features_of(paths, counting).features, features_of(paths, colours).features)
    assert seen == [3, 3, 1]


def test_features_that_outgrow_the_memory_are_mapped_from_a_file_and_are_the_same(monkeypatch, draw, colours):
    paths = draw("a", 30)
    held = features_of(paths, colours)

    monkeypatch.setattr(module, "HELD_BYTES", 30 * 12 * 4 - 1)
    mapped = features_of(paths, colours)

    assert torch.equal(mapped.features, held.features)
    assert mapped.features.is_contiguous()


def test_the_sums_of_a_set_are_those_of_its_features(draw, colours):
    found = features_of(draw("a", 20), colours)

    assert found.sums.n == 20
    torch.testing.assert_close(found.sums.covariance, found.features.double().T.cov(), rtol=1e-12, atol=1e-15)


def jpegs(draw, folder, count):
    """The pictures of `draw`, saved as JPEG."""
    paths = []
    for path in draw(folder, count):
        paths.append(path.with_suffix(".jpg"))
        Image.open(path).save(paths[-1], quality=90)
        path.unlink()
    return paths


def test_jpeg_is_taken_where_it_is_asked_for_and_stated(draw, colours):
    paths = jpegs(draw, "a", 5)

    found = features_of(paths, colours, jpeg=True)

    assert found.codec == JPEG
    assert found.features.shape == (5, 12)
    with pytest.raises(ScoreError, match=r"000\.jpg is no PNG"):
        features_of(paths, colours)


def test_png_beside_jpeg_is_refused_with_one_of_each(draw, colours):
    paths = [*draw("a", 2), *jpegs(draw, "b", 2)]

    with pytest.raises(ScoreError, match=r"a.000\.png is PNG but .*b.000\.jpg is JPEG"):
        features_of(paths, colours, jpeg=True)
