import pytest
import torch

from c2c.errors import ScoreError
from c2c.evaluation.features import features_of
from c2c.evaluation.pictures import read_picture


def test_features_come_in_the_order_of_the_pictures(draw, colours):
    paths = draw("a", 11)  # more than a batch

    found = features_of(paths, colours)

    assert found.n == 11
    assert found.size == (32, 24)
    assert found.folder == paths[0].parent
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


def test_mixed_sizes_are_refused(draw, colours):
    with pytest.raises(ScoreError, match=r"is 32x24 but .* is 16x16"):
        features_of([*draw("a", 2), *draw("b", 1, size=(16, 16))], colours)
