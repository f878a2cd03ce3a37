"""How a network's weights begin."""

from torch import nn


def initialise_weights(network: nn.Module, gain: float = 0.02) -> nn.Module:
    """The network with convolutions from N(0, gain) and batch norms from N(1, gain), biases zero.

    Source: Zhu et al. 2017, section 7.2, https://arxiv.org/abs/1703.10593
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(layer.weight, 0.0, gain)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, gain)
            nn.init.zeros_(layer.bias)
    return network


def initialise_xavier(network: nn.Module, gain: float = 0.02) -> nn.Module:
    """The network with convolutions and linear layers from N(0, gain * sqrt(2 / (inputs + outputs))), biases zero.

    An output's inputs are all that it sees: channels times places.

    Source: Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html; the gain is that of CUT's authors.
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.xavier_normal_(layer.weight, gain)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return network
