"""What the cases share: the device, and pictures of noise, since no case's speed depends on what they show."""

from collections.abc import Callable

import pytest
import torch


@pytest.fixture(params=["cpu", "cuda"])
def device(request: pytest.FixtureRequest) -> torch.device:
    """Each device in turn; without a GPU its cases are skipped, never passed."""
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    return torch.device(request.param)


@pytest.fixture
def noise() -> Callable[..., torch.Tensor]:
    """Uniform noise in [-1, 1] of any shape, the same every time."""
    return lambda *shape: torch.rand(*shape, generator=torch.Generator().manual_seed(0)) * 2 - 1
