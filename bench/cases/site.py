"""Building the site of a run of noise whose records are whole."""

import shutil
from pathlib import Path

import torch

from bench.cases.registry import Work, case
from bench.cases.scratch import in_scratch
from bench.large_run import write_large_run
from c2c.site import build_site

PICTURES = 90  # in six galleries of five


@case(
    "site first build",
    region="reading the records, packing 90 pictures of 128 px and laying out every page, into an empty folder",
    devices=("cpu",),
)
def first_build(device: torch.device) -> Work:
    def prepared(run: Path) -> Work:
        write_large_run(run, PICTURES, 128)

        def build() -> None:
            shutil.rmtree(run / "site", ignore_errors=True)
            build_site(run)

        return Work(build)

    return in_scratch(prepared)


@case(
    "site second build",
    region="the same again where nothing has changed: no picture is packed",
    devices=("cpu",),
    quick=True,
)
def second_build(device: torch.device) -> Work:
    def prepared(run: Path) -> Work:
        write_large_run(run, PICTURES, 128)
        build_site(run)
        return Work(lambda: build_site(run))

    return in_scratch(prepared)
