"""The crawl's own work on one panorama, without the service that it comes from."""

import io
import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from bench.cases.registry import Work, case
from bench.cases.scratch import in_scratch
from c2c.collect.asked import Asked
from c2c.collect.pictures import FoundPicture, Link, Place, Rights
from c2c.collect.sqlite_ledger import SqliteLedger
from c2c.collect.store import Store

KNOWN = 3000  # panoramas in the ledger before the clock runs
HERE = Place(48.8575, 2.3514)
RIGHTS = Rights("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", "nobody", "nobody", "", True)


@case(
    "crawl store",
    region="claiming a panorama among 3000 known, keeping its 1024x512 JPEG, payload and record on the disk, "
    "and queueing four neighbours, of which one is new",
    devices=("cpu",),
)
def crawl_store(device: torch.device) -> Work:
    return in_scratch(_prepared)


def _prepared(folder: Path) -> Work:
    store, ledger, numbers = Store(folder, free_bytes=0), SqliteLedger(folder), itertools.count(KNOWN)
    ledger.begin(Asked("panoramax", HERE, 1500.0))
    ledger.add([Link(f"{number}", HERE, None) for number in range(KNOWN)], None, 0)
    picture, payload = _jpeg(), "A" * 180_000  # as long as one of 512x256 is

    def visit() -> None:
        claimed = ledger.claim("bench", 1800.0)
        assert claimed is not None
        links = tuple(Link(f"{number}", HERE, None) for number in (next(numbers), 0, 1, 2))
        told = FoundPicture("panoramax", claimed.id, "panorama", HERE, "2026-11", 1024, 512, RIGHTS)
        found = replace(told, links=links, payload=payload)
        ledger.done(claimed.id, store.keep(found, picture), links)

    return Work(visit, unit="s/panorama", close=ledger.close)


def _jpeg() -> bytes:
    coarse = np.random.default_rng(0).integers(0, 256, (32, 64, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(coarse).resize((1024, 512), Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
    return file.getvalue()
