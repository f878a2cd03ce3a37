"""Toytown, the embedded default: procedural Manhattan, Paris and Burano with exact depth and classes."""

from c2c.toytown.layout import StreetLayout, Viewpoint
from c2c.toytown.materials import CLASS_COLOURS, CLASSES
from c2c.toytown.render import View, render
from c2c.toytown.scene import Scene, build_scene

CITIES = ("manhattan", "paris", "burano")

__all__ = [
    "CITIES",
    "CLASSES",
    "CLASS_COLOURS",
    "Scene",
    "StreetLayout",
    "View",
    "Viewpoint",
    "build_scene",
    "render",
]
