"""Neural style transfer, which optimises each picture; its feature network has weights of chance, as slow as any."""

import torch
from torch import nn
from torchvision.models.vgg import cfgs, make_layers

from bench.cases.noise import noise
from bench.cases.registry import Work, case
from c2c.approaches.neural_style import NeuralStyle
from c2c.models.vgg import CAFFE, VGGFeatures
from c2c.recipe import Direction, NeuralStyleRecipe

STEPS = 4


@case(
    "neural style step {size}",
    region="an evaluation of the loss and its gradient by VGG-16, with its share of L-BFGS and the content's features",
    size=(128, 256),
    quick=lambda size: size == 128,
    alone=True,
)
def style_step(device: torch.device, size: int) -> Work:
    style = NeuralStyle(NeuralStyleRecipe(content="a", style="b", steps=STEPS), (Direction("a", "b"),))
    style._vgg = _vgg().to(device)
    style.networks.to(device)
    style.fit(noise(1, 3, size, size, device=device).flip(3))
    picture = noise(1, 3, size, size, device=device)
    evaluations = _evaluations(style, picture)
    return Work(lambda: style.generate(picture, style.directions[0]), evaluations, "s/step")


def _vgg() -> VGGFeatures:
    features = make_layers(cfgs["D"])
    for layer in features:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return VGGFeatures("vgg16 of chance", "", features, CAFFE)


def _evaluations(style: NeuralStyle, picture: torch.Tensor) -> int:
    """How often one picture is evaluated: the line search may go beyond the steps that were asked for."""
    passes: list[int] = []
    hook = style.vgg.register_forward_hook(lambda *_: passes.append(1))
    style.generate(picture, style.directions[0])
    hook.remove()
    return len(passes) - 1  # the first is the content's
