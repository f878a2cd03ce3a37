import pytest
import torch

from c2c.errors import DeviceError
from c2c.models.devices import pick_device


def test_the_cpu_is_always_there():
    assert pick_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize(("there", "device"), [(False, "cpu"), (True, "cuda")])
def test_auto_is_cuda_where_there_is_some(there, device, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)

    assert pick_device("auto").type == device


def test_asking_for_cuda_without_cuda_is_an_error_in_words(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    with pytest.raises(DeviceError, match="finds no CUDA device"):
        pick_device("cuda")


@pytest.mark.parametrize("name", ["gpu", "tpu", "cuda:99", ""])
def test_a_device_that_is_not_known_is_an_error_that_names_those_that_are(name):
    with pytest.raises(DeviceError, match="cpu, cuda and auto"):
        pick_device(name)
