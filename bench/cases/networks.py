"""Translating: generators alone, untrained weights, float32, pictures already on the device."""

from collections.abc import Callable

import torch
from torch import nn

from bench.cases.noise import noise
from bench.cases.registry import Work, case
from c2c.models.resnet import ResNetGenerator
from c2c.models.unet import UNetGenerator

GENERATORS: dict[str, Callable[[int], nn.Module]] = {
    "resnet": lambda size: ResNetGenerator(),  # CycleGAN's, 9 blocks
    "cut resnet": lambda size: ResNetGenerator(upsample="blur", downsample="blur"),
    "unet": lambda size: UNetGenerator(3, 3, levels=7 if size == 128 else 8),  # pix2pix's UNet-128 and UNet-256
}
SIZES = (128, 256, 512)


@case(
    "{network} {size} batch 1 latency",
    region="the seconds until one translated picture is there: the generator's forward pass, waited for each time",
    network=tuple(GENERATORS),
    size=SIZES,
    quick=lambda network, size: (network, size) in {("resnet", 128), ("unet", 256)},
    alone=lambda network, size: size == 512,
)
def latency(device: torch.device, network: str, size: int) -> Work:
    call = _forward(network, size, 1, device)

    def waited() -> None:
        call()
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    return Work(waited, unit="s/call")


@case(
    "{network} {size} batch {batch} throughput",
    region="pictures a second: the generator's forward pass of {batch}, one after another without waiting between",
    network=tuple(GENERATORS),
    size=SIZES,
    batch=(1, 8, 32),
    quick=lambda network, size, batch: (network, size, batch) == ("resnet", 128, 8),
    alone=lambda network, size, batch: size * batch > 512,
)
def throughput(device: torch.device, network: str, size: int, batch: int) -> Work:
    return Work(_forward(network, size, batch, device), batch, "images/s")


def _forward(network: str, size: int, batch: int, device: torch.device) -> Callable[[], object]:
    generator = GENERATORS[network](size).to(device).eval()
    pictures = noise(batch, 3, size, size, device=device)

    @torch.inference_mode()
    def call() -> object:
        return generator(pictures)

    return call
