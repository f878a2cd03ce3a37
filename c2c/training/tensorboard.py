"""The log of a training for TensorBoard, which reads files of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from c2c.errors import OutputError
from c2c.training.log import Entry, TrainingLog


@contextmanager
def tensorboard(folder: Path, log: TrainingLog) -> Iterator[None]:
    """Write what is logged meanwhile to folder/tensorboard too; sample pictures included.

    Raises:
        OutputError: the package tensorboard is not installed.
    """
    if log.path is None:
        yield
        return
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise OutputError(
            "training.tensorboard = true needs the package tensorboard:\n    python -m pip install tensorboard"
        ) from error
    with SummaryWriter(str(folder / "tensorboard")) as writer:

        def write(entry: Entry) -> None:
            step = entry["step"]
            for what in ("losses", "gradient_norms", "validation"):
                for name, value in entry.get(what, {}).items():
                    writer.add_scalar(f"{what}/{name}", value, step)
            if "rate" in entry:
                writer.add_scalar("rate", entry["rate"], step)
            if "event" in entry:
                writer.add_text(entry["event"], entry["message"], step)
            for sample in entry.get("samples", ()):
                name = f"{sample['direction']}/{sample['picture']}"
                writer.add_image(name, _pixels(folder / sample["output"]), step, dataformats="HWC")

        log.listeners.append(write)
        yield


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))
