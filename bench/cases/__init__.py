"""Every case that can be timed, by name: importing this package registers them all."""

from bench.cases import crawl, networks, pictures, scores, site, style, toytown, training, views
from bench.cases.registry import CASES, Case, Work, case

__all__ = [
    "CASES",
    "Case",
    "Work",
    "case",
    "crawl",
    "networks",
    "pictures",
    "scores",
    "site",
    "style",
    "toytown",
    "training",
    "views",
]
