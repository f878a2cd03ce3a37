"""Drawing Toytown: one process, from the seed to a picture with its depth and classes in memory."""

import torch

from bench.cases.registry import Work, case
from c2c.toytown import StreetLayout, build_scene, render

STREETS = 8  # drawn in turn, since no two are equally much work


@case(
    "toytown {size}",
    region="laying out, building and drawing one street in Paris, with depth and classes",
    devices=("cpu",),
    size=(128, 256),
    quick=lambda size: size == 128,
)
def toytown(device: torch.device, size: int) -> Work:
    def draw(seed: int) -> None:
        layout = StreetLayout.from_seed(seed)
        render(build_scene(layout, massing="paris", dress="paris"), layout.view(size))

    def draw_all() -> None:
        for seed in range(STREETS):
            draw(seed)

    return Work(draw_all, STREETS, "images/s")
