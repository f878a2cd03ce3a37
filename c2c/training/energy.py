"""The energy that a training takes, where the machine tells it: processors by RAPL, an NVIDIA GPU by NVML.

Both count what the whole processor or GPU took, whoever else was at work there. Linux lets only root read RAPL unless
told otherwise, and NVML needs the package nvidia-ml-py (`pip install "c2c[energy]"`); what is not told is left out.

Source: https://docs.kernel.org/power/powercap/powercap.html and
https://docs.nvidia.com/deploy/nvml-api/ (nvmlDeviceGetTotalEnergyConsumption)
"""

from collections.abc import Callable
from pathlib import Path

import torch

from c2c.training import processes

POWERCAP = Path("/sys/class/powercap")
Joules = dict[str, float]  # by part: "processor", "gpu"


class EnergyMeter:
    """Joules since a training began, by part; must be read every few minutes, or a counter comes round unseen.

    Args:
        device: the training's.
        before: what earlier sittings took, None for none; a part that one of them could not tell is told no more.
    """

    def __init__(self, device: torch.device, before: Joules | None = None) -> None:
        counters: dict[str, Callable[[], float] | None] = {"processor": _processors()}
        if device.type == "cuda" and processes.world() == 1:  # the GPUs of other processes are not read here
            counters["gpu"] = _gpu(device)
        self._counters = {part: counter for part, counter in counters.items() if counter is not None}
        if before is not None:
            self._counters = {part: counter for part, counter in self._counters.items() if part in before}
        self._before = before or {}
        self._began = {part: counter() for part, counter in self._counters.items()}

    def joules(self) -> Joules:
        """What each part took until now; a part that cannot be read any more is left out."""
        found = {}
        for part, counter in self._counters.items():
            try:
                found[part] = round(self._before.get(part, 0.0) + counter() - self._began[part], 3)
            except OSError:
                continue
        return found


class _Package:
    """One processor's counter, which starts anew at its range: 65 kJ on some, five minutes at 200 W."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "energy_uj"
        self._range = int((folder / "max_energy_range_uj").read_text(encoding="ascii"))
        self._last, self._sum = self._read(), 0

    def __call__(self) -> float:
        now = self._read()
        self._sum += (now - self._last) % (self._range + 1)
        self._last = now
        return self._sum / 1e6

    def _read(self) -> int:
        return int(self._file.read_text(encoding="ascii"))


def _processors() -> Callable[[], float] | None:
    """Joules of all processors together, None where one of them cannot be read."""
    try:
        packages = [_Package(folder) for folder in sorted(POWERCAP.glob("intel-rapl:*")) if _is_package(folder)]
    except (OSError, ValueError):
        return None
    return (lambda: sum(package() for package in packages)) if packages else None


def _is_package(zone: Path) -> bool:
    """Whether a zone is a whole processor: not a part of one, nor the platform around it (psys)."""
    return (zone / "name").read_text(encoding="ascii").startswith("package")


def _gpu(device: torch.device) -> Callable[[], float] | None:
    """Joules of a GPU, None where the driver's library or the GPU does not tell them."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{torch.cuda.get_device_properties(device).uuid}")
        pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)
    except pynvml.NVMLError:
        return None

    def joules() -> float:
        try:
            return pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1000
        except pynvml.NVMLError as error:
            raise OSError(str(error)) from error

    return joules
