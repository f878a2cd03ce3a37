"""`c2c score`: a run, or any two folders."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import click

from c2c.cli.common import device_option, terminal_reporter, together


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("reference", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--paired", is_flag=True, help="Also compare pictures of the same name: L1, SSIM, perceptual distance.")
@click.option("--jpeg", is_flag=True, help="Take JPEG where both folders hold it; never compare with PNG.")
@click.option("--depth", is_flag=True, help="Compare depth maps of the same name instead; the reference may be sparse.")
@click.option("--far-m", default=80.0, show_default=True, help="With --depth: points farther away do not count.")
@click.option("--crop", type=click.Choice(["none", "garg"]), default="none", help="With --depth: where points count.")
@click.option(
    "--extractor", default="efficientnet-lite0", show_default=True, help="Or squeezenet, mobilenetv2, inception-fid."
)
@click.option(
    "--weights",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The extractor's file, if it is not on this machine yet; its hash is checked.",
)
@click.option("--json", "as_json", is_flag=True, help="Print records for machines.")
@device_option
@together
def score(
    folder: Path,
    reference: Path | None,
    paired: bool,
    jpeg: bool,
    depth: bool,
    far_m: float,
    crop: Literal["none", "garg"],
    extractor: str,
    weights: Path | None,
    as_json: bool,
    device: str,
) -> None:
    """Score a run's translated pictures, or the PNG pictures of FOLDER against those of REFERENCE.

    \b
    Examples:
        c2c score runs/toytown
        c2c score translated/ real/ --json
        c2c score predicted/ lidar/ --depth
    """
    from c2c.cli.summary import exit_if_failed, print_score_table, print_scores
    from c2c.evaluation.laser import Mask, score_depth_folders
    from c2c.evaluation.score import score_folders
    from c2c.models.devices import pick_device
    from c2c.models.features import feature_name, load_features
    from c2c.pipeline import open_run, stages
    from c2c.records import ScoreRecord, of_type, read_records
    from c2c.weights import add

    if reference is None:
        job = open_run(folder, device, terminal_reporter())
        stages.score_all(job)
        records = of_type(read_records(folder / "records"), ScoreRecord)
        if as_json:
            click.echo(json.dumps([asdict(record) for record in records], indent=1))
        else:
            print_score_table(folder)
        exit_if_failed(job.stages)
        return
    if depth:
        scores = score_depth_folders(folder, reference, Mask(far_m=far_m, crop=crop))
    else:
        if weights:
            add(feature_name(extractor), weights)
        network = load_features(feature_name(extractor), pick_device(device))
        scores = score_folders(folder, reference, network, paired=paired, jpeg=jpeg)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in scores], indent=1))
    else:
        print_scores(scores)
