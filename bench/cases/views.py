"""Panoramas: cutting views out of one in memory, and reading depth payloads."""

import functools
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import torch

from bench.cases.registry import Work, case
from c2c.collect.depth_payload import decode, encode
from c2c.geometry.packed import box_for, pack
from c2c.geometry.planes import DepthPlanes, panorama_rays
from c2c.geometry.views import colour_views, depth_view, six_views
from c2c.process import tune_process

PROCESSES = 2  # each at a panorama of its own, as `c2c views` works
HEIGHT_PX = 1664  # an older rig's panorama; the newest are 8192


@case(
    "six views 264 of panoramas 3328x1664",
    region="colour at 90 degrees, antialiased, 8 bits, from pixels in memory; 2 processes, a panorama each",
    devices=("cpu",),
)
def six_colour_views(device: torch.device) -> Work:
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(PROCESSES, mp_context=context, initializer=tune_process)
    panoramas = 4 * PROCESSES  # so that waiting for the last is little of it
    return Work(
        lambda: list(pool.map(_cut, range(panoramas))), panoramas * len(six_views()), "views/s", close=pool.shutdown
    )


def _cut(number: int) -> None:
    colour_views(pack(_panorama(), box_for(six_views()[0], HEIGHT_PX)), six_views())


@functools.cache
def _panorama() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (HEIGHT_PX, 2 * HEIGHT_PX, 3), dtype=np.uint8)


@case(
    "six depth views 264 of a payload",
    region="planar depth at 90 degrees from 117 planes in memory, edges left out; one thread",
    devices=("cpu",),
)
def six_depth_views(device: torch.device) -> Work:
    planes, cameras = _planes(), six_views()
    return Work(lambda: [depth_view(planes, camera, edges=False) for camera in cameras], len(cameras), "views/s")


@case(
    "decode depth payload 512x256",
    region="text to planes, 117 of them, frame checked; one thread",
    devices=("cpu",),
)
def decode_payload(device: torch.device) -> Work:
    text = encode(_planes())
    return Work(lambda: decode(text), unit="payloads/s")


def _planes() -> DepthPlanes:
    """Upright and level planes all around, each seen in one sector of directions."""
    rays = panorama_rays(256, 512)
    sector = ((np.arctan2(rays[0], rays[1]) / np.pi + 1) * 29).astype(np.uint8)  # 0 to 57
    index = np.where(rays[2] > 0.4, 0, np.where(rays[2] < -0.2, 59 + sector, 1 + sector)).astype(np.uint8)
    turns = np.radians((np.arange(58) + 0.5) * (360 / 58) - 180)
    walls = np.stack([np.sin(turns), np.cos(turns), 0 * turns, 8 + np.arange(58) % 7], axis=1)
    ground = np.stack([0 * turns, 0 * turns, 0 * turns - 1, 2.4 + np.arange(58) / 500], axis=1)
    return DepthPlanes(index, np.concatenate([np.zeros((1, 4)), walls, ground]).astype(np.float32))
