"""The cases under pytest-benchmark: `python -m pytest bench --benchmark-only -k "resnet and 128"`."""

import pytest
import torch

from bench.cases import CASES, Case
from bench.measure import NO_CUDA


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_case(benchmark, case: Case) -> None:
    if case.device == "cuda" and not torch.cuda.is_available():
        pytest.skip(NO_CUDA)
    torch.manual_seed(0)
    work = case.make(torch.device(case.device))

    def waited() -> None:
        work.call()
        if case.device == "cuda":
            torch.cuda.synchronize()

    try:
        benchmark.pedantic(waited, rounds=5, warmup_rounds=1)
    finally:
        work.close()
    benchmark.extra_info |= {"region": case.region, "items a call": work.items}
