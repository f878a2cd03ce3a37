import sys
from types import SimpleNamespace

import pytest
import torch

from c2c.training import energy
from c2c.training.energy import EnergyMeter

CPU = torch.device("cpu")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A function that sets the counter of a processor, in microjoules; it starts anew after 999,999."""
    monkeypatch.setattr(energy, "POWERCAP", tmp_path)

    def count(microjoules, number=0):
        zones = {f"intel-rapl:{number}": f"package-{number}", f"intel-rapl:{number}:0": "core", "intel-rapl:9": "psys"}
        for zone, name in zones.items():  # a core is a part of a package, and packages are of the whole platform
            folder = tmp_path / zone
            folder.mkdir(exist_ok=True)
            (folder / "name").write_text(f"{name}\n")
            (folder / "energy_uj").write_text(f"{microjoules}\n")
            (folder / "max_energy_range_uj").write_text("999999\n")

    return count


def test_a_machine_that_tells_nothing_has_no_energy(tmp_path, monkeypatch):
    monkeypatch.setattr(energy, "POWERCAP", tmp_path)

    assert EnergyMeter(CPU).joules() == {}


def test_all_processors_are_added_and_their_parts_are_not(package):
    package(100_000)
    package(500_000, number=1)
    meter = EnergyMeter(CPU)
    package(300_000)
    package(600_000, number=1)

    assert meter.joules() == {"processor": 0.3}


def test_a_counter_that_starts_anew_loses_nothing(package):
    package(900_000)
    meter = EnergyMeter(CPU)
    package(100_000)
    assert meter.joules() == {"processor": 0.2}
    package(50_000)

    assert meter.joules() == {"processor": pytest.approx(1.15)}


def test_a_later_sitting_goes_on_from_what_the_earlier_took(package):
    package(0)
    meter = EnergyMeter(CPU, {"processor": 40.0, "gpu": 90.0})
    package(250_000)

    assert meter.joules() == {"processor": 40.25}


def test_after_a_sitting_that_could_not_tell_nothing_is_told(package):
    package(0)

    assert EnergyMeter(CPU, {}).joules() == {}


def test_a_counter_that_vanishes_is_left_out(package, tmp_path):
    package(0)
    meter = EnergyMeter(CPU)
    (tmp_path / "intel-rapl:0" / "energy_uj").unlink()

    assert meter.joules() == {}


def test_a_gpu_is_read_by_its_own_number_and_told_in_joules(monkeypatch, tmp_path):
    monkeypatch.setattr(energy, "POWERCAP", tmp_path)
    counted = [5_000, 5_000, 12_500]  # mJ
    nvml = SimpleNamespace(
        NVMLError=OSError,
        nvmlInit=lambda: None,
        nvmlDeviceGetHandleByUUID=lambda name: name,
        nvmlDeviceGetTotalEnergyConsumption=lambda handle: {"GPU-7": counted}[handle].pop(0),
    )
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: SimpleNamespace(uuid="7"))

    assert EnergyMeter(torch.device("cuda")).joules() == {"gpu": 7.5}
