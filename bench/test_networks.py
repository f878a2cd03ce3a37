"""Translating and training: the networks alone, float32, with pictures already on the device."""

import dataclasses

import pytest
import torch

from c2c.approaches import build
from c2c.data.datasets import DepthBatch, UnpairedBatch
from c2c.models.resnet import ResNetGenerator
from c2c.models.unet import UNetGenerator
from c2c.recipe import load_recipe

ROUNDS = {"rounds": 5, "warmup_rounds": 1}


def settled(call, device: torch.device):
    """The call, waited for: on a GPU it would otherwise only be asked for."""

    def waited() -> None:
        call()
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    return waited


@pytest.mark.parametrize("size", [128, 256])
def test_resnet_generator_translates_one_picture(benchmark, noise, device, size):
    network, picture = ResNetGenerator().to(device).eval(), noise(1, 3, size, size).to(device)
    with torch.inference_mode():
        benchmark.pedantic(settled(lambda: network(picture), device), **ROUNDS)


@pytest.mark.parametrize("size", [256])
def test_unet_generator_translates_one_picture(benchmark, noise, device, size):
    network, picture = UNetGenerator(2, 3).to(device).eval(), noise(1, 2, size, size).to(device)
    with torch.inference_mode():
        benchmark.pedantic(settled(lambda: network(picture), device), **ROUNDS)


def test_cyclegan_of_the_demo_learns_one_step(benchmark, noise, device):
    approach = build(load_recipe("toytown"), "cyclegan")
    approach.networks.to(device).train()
    batch = UnpairedBatch(noise(1, 3, 128, 128).to(device), noise(1, 3, 128, 128).flip(3).to(device))
    benchmark.pedantic(settled(lambda: approach.training_step(batch), device), **ROUNDS)


def test_pix2pix_of_the_paper_learns_one_step(benchmark, noise, device):
    recipe = load_recipe("depth-paris")
    approach = build(dataclasses.replace(recipe, size=256), "depth-to-paris")
    approach.networks.to(device).train()
    batch = DepthBatch(noise(1, 3, 256, 256).to(device), noise(1, 2, 256, 256).to(device))
    benchmark.pedantic(settled(lambda: approach.training_step(batch), device), **ROUNDS)
