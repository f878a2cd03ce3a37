"""What cases are fed: pictures of noise, the same every time, since no case's speed depends on what they show."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from c2c.data.pictures import write_depth


def noise(*shape: int, device: torch.device | str = "cpu") -> torch.Tensor:
    """Uniform noise in [-1, 1]."""
    generator = torch.Generator().manual_seed(0)
    return (torch.rand(*shape, generator=generator) * 2 - 1).to(device)


def write_photo(path: Path, seed: int = 0, width: int = 640, height: int = 480) -> Path:
    """A JPEG of coarse noise, about as hard to decode as a photograph; gives its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(seed).integers(0, 255, (height // 10, width // 10, 3), dtype=np.uint8)
    photo = Image.fromarray(values).resize((width, height), Image.Resampling.BICUBIC)
    photo.save(path, "JPEG", quality=90)
    return path


def write_city(folder: Path, pictures: int = 8, first_seed: int = 0) -> Path:
    """A folder of photos in rgb/ with their depth in depth/; gives the folder."""
    for seed in range(first_seed, first_seed + pictures):
        write_photo(folder / "rgb" / f"{seed:03d}.jpg", seed)
        (folder / "depth").mkdir(exist_ok=True)
        metres = np.random.default_rng(seed).uniform(3, 90, (480, 640)).astype(np.float32)
        write_depth(folder / "depth" / f"{seed:03d}.png", metres)
    return folder
