import dataclasses

import pytest
import torch

from bench.cases import CASES, registry
from bench.cases.registry import Work, case
from bench.cases.scratch import in_scratch
from bench.large_run import WHERE
from bench.measure import Measured
from bench.run import chosen_cases, record_of
from c2c.records import file_name
from c2c.timing.machine import LoadWatch


@pytest.fixture
def empty(monkeypatch):
    """A registry without a case."""
    monkeypatch.setattr(registry, "CASES", {})
    return registry.CASES


def test_a_case_is_registered_once_for_each_device_and_choice_of_parameters(empty):
    @case("draw {size}", region="drawing {size} px", size=(8, 16), quick=lambda size: size == 8, alone=True)
    def draw(device, size):
        return Work(lambda: (device.type, size))

    assert list(empty) == ["draw 8 cpu", "draw 16 cpu", "draw 8 cuda", "draw 16 cuda"]
    assert empty["draw 16 cpu"].region == "drawing 16 px"
    assert [found.quick for found in empty.values()] == [True, False, True, False]
    assert all(found.alone for found in empty.values())
    assert empty["draw 16 cpu"].make(torch.device("cpu")).call() == ("cpu", 16)


def test_a_name_belongs_to_one_case(empty):
    declared = case("draw", region="drawing", devices=("cpu",))
    declared(lambda device: Work(int))

    with pytest.raises(ValueError, match="'draw cpu'"):
        declared(lambda device: Work(int))


def test_a_unit_says_which_way_is_better_and_how_items_count():
    style, features = Work(int, items=4, unit="s/step"), Work(int, items=8, unit="images/s")

    assert (style.better, style.in_unit(2.0)) == ("lower", 0.5)
    assert (features.better, features.in_unit(2.0)) == ("higher", 4.0)


def test_every_case_says_what_is_inside_the_clock_and_has_a_record_file_of_its_own():
    assert all("{" not in f"{found.name}{found.region}" and found.region for found in CASES.values())
    assert all(found.name == name and name.endswith(f" {found.device}") for name, found in CASES.items())

    empty_record = record_of(CASES["toytown 128 cpu"], Measured("skipped"), LoadWatch(), _Nowhere())
    files = {file_name(dataclasses.replace(empty_record, case=name)) for name in CASES}
    assert len(files) == len(CASES)


def test_each_architecture_has_each_size_and_batch_with_latency_and_throughput_apart():
    for network in ("resnet", "cut resnet", "unet"):
        for size in (128, 256, 512):
            assert f"{network} {size} batch 1 latency cpu" in CASES
            assert all(f"{network} {size} batch {batch} throughput cuda" in CASES for batch in (1, 8, 32))


def test_quick_cases_are_few_and_of_every_kind():
    quick = [found.name for found in chosen_cases(quick=True) if found.device == "cpu"]

    assert len(quick) <= 12
    for kind in ("resnet", "unet", "step", "neural style", "features", "frechet", "kid", "toytown", "site", "photo"):
        assert any(kind in name for name in quick)


def test_cases_are_chosen_by_all_the_words_in_their_name():
    chosen = [found.name for found in chosen_cases("CUT 512 latency")]

    assert chosen == ["cut resnet 512 batch 1 latency cpu", "cut resnet 512 batch 1 latency cuda"]
    assert chosen_cases("no such case") == []


def test_a_scratch_folder_goes_with_its_work_or_when_nothing_comes_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    work = in_scratch(lambda folder: Work(lambda: list(folder.parent.iterdir())))
    assert len(work.call()) == 1
    work.close()

    with pytest.raises(ZeroDivisionError):
        in_scratch(lambda folder: Work(int, items=1 // 0))
    assert list(tmp_path.iterdir()) == []


class _Nowhere:
    commit, dirty, fingerprint, proof = "", False, "f", WHERE
