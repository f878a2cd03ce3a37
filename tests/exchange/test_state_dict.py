import pickle
import warnings
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from c2c.errors import CheckpointError
from c2c.exchange.state_dict import read_state_dict

STATE = OrderedDict(weight=torch.arange(12.0).reshape(3, 4), bias=torch.ones(3))


class Malice:
    """A pickle of it touches a file when it is opened carelessly."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def saved(value, path, **options):
    torch.save(value, path, **options)
    return path


def traced(path):
    with warnings.catch_warnings(action="ignore"):
        torch.jit.save(torch.jit.trace(nn.Conv2d(3, 4, 3), torch.ones(1, 3, 8, 8)), path)


@pytest.mark.parametrize("zipped", [True, False], ids=["as torch writes now", "as torch wrote before 1.6"])
def test_the_weights_of_a_state_dict_come_back_by_name(zipped, tmp_path):
    found = read_state_dict(saved(STATE, tmp_path / "a.pth", _use_new_zipfile_serialization=zipped))

    assert list(found) == ["weight", "bias"]
    assert all(torch.equal(found[name], STATE[name]) for name in STATE)


def test_the_prefix_of_data_parallel_is_taken_off(tmp_path):
    network = nn.DataParallel(nn.Conv2d(3, 4, 3))

    assert list(read_state_dict(saved(network.state_dict(), tmp_path / "a.pth"))) == ["weight", "bias"]


def test_a_prefix_that_only_some_names_have_stays(tmp_path):
    state = {"module.weight": torch.ones(1), "bias": torch.ones(1)}

    assert list(read_state_dict(saved(state, tmp_path / "a.pth"))) == list(state)


@pytest.mark.parametrize("zipped", [True, False])
def test_code_in_a_pickle_is_not_run(zipped, tmp_path):
    touched = tmp_path / "touched"
    path = saved({"weight": Malice(touched)}, tmp_path / "a.pth", _use_new_zipfile_serialization=zipped)
    with pytest.raises(CheckpointError, match="holds more than weights: opening it would run"):
        read_state_dict(path)
    assert not touched.exists()

    torch.load(path, weights_only=False)
    assert touched.exists()  # so the file does hold code


def test_a_bare_pickle_with_code_is_not_run_either(tmp_path):
    path, touched = tmp_path / "a.pkl", tmp_path / "touched"
    path.write_bytes(pickle.dumps(Malice(touched)))

    with pytest.raises(CheckpointError):
        read_state_dict(path)
    assert not touched.exists()


def test_a_whole_pickled_network_is_refused_with_how_to_save_its_weights(tmp_path):
    with pytest.raises(CheckpointError, match=r"Conv2d.*\n.*torch\.save\(network\.state_dict\(\)"):
        read_state_dict(saved(nn.Conv2d(3, 4, 3), tmp_path / "a.pth"))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([STATE], "holds a list"),
        (torch.ones(3), "holds a Tensor"),
        ({"state_dict": STATE}, "holds 'state_dict', a OrderedDict"),
        ({"weight": torch.eye(3).to_sparse()}, "holds 'weight', a Tensor"),
        ({"epoch": 3}, "holds 'epoch', a int"),
        ({0: torch.ones(1)}, "holds 0, a Tensor"),
        ({}, "no weights at all"),
        (torch.optim.Adam([nn.Parameter(torch.ones(1))]).state_dict(), "the state of an optimizer"),
    ],
    ids=str,
)
def test_what_is_no_state_dict_is_refused_by_what_it_holds(value, words, tmp_path):
    with pytest.raises(CheckpointError, match=words) as found:
        read_state_dict(saved(value, tmp_path / "a.pth"))
    assert "A state dict was needed" in str(found.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xff\xd8\xff\xe0 JFIF", "a JPEG picture"),
        (b"\x89PNG\r\n", "a PNG picture"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "the pointer of Git LFS"),
        (b"hello", "no file of torch, or only a part of one"),
        (bytes(5000), "no file of torch, or only a part of one"),
        (b"PK\x03\x04 and so on", "no file of torch, or only a part of one"),
    ],
    ids=str,
)
def test_a_file_of_another_kind_is_refused_by_what_it_looks_like(content, words, tmp_path):
    path = tmp_path / "a.pth"
    path.write_bytes(content)

    with pytest.raises(CheckpointError, match=words):
        read_state_dict(path)


def test_files_of_other_programs_are_refused_by_their_kind(tmp_path):
    save_file(dict(STATE), tmp_path / "safe.pth")
    traced(tmp_path / "traced.pth")

    with pytest.raises(CheckpointError, match="is a safetensors file"):
        read_state_dict(tmp_path / "safe.pth")
    with pytest.raises(CheckpointError, match="is a TorchScript program"):
        read_state_dict(tmp_path / "traced.pth")


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_part_of_a_file_is_refused(zipped, share, tmp_path):
    whole = saved(STATE, tmp_path / "a.pth", _use_new_zipfile_serialization=zipped).read_bytes()
    (tmp_path / "a.pth").write_bytes(whole[: int(share * len(whole))])

    with pytest.raises(CheckpointError, match="only a part of one") as found:
        read_state_dict(tmp_path / "a.pth")
    assert "weights_only" not in str(found.value)  # torch's advice to open it all the same


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"a\.pth cannot be read: No such file"):
        read_state_dict(tmp_path / "a.pth")
    with pytest.raises(CheckpointError, match="cannot be read: Is a directory"):
        read_state_dict(tmp_path)
