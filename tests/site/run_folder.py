"""A small but complete run's folder, drawn with numpy and written with the real record types."""

import hashlib
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from c2c.data.video import write_video as write_mp4
from c2c.records import (
    ChangeRecord,
    CheckedCase,
    CheckedQuality,
    CheckedSide,
    CheckRecord,
    CityRecord,
    ClassChanges,
    ClassTable,
    CrawledPlace,
    CrawlRecord,
    Event,
    Kept,
    LicenceCount,
    Panel,
    Provenance,
    Recognised,
    RunRecord,
    Sample,
    SceneDepth,
    Score,
    ScoreRecord,
    Skipped,
    Stage,
    Strength,
    TimingRecord,
    TrainingRecord,
    TranslationRecord,
    VideoRecord,
    write_record,
)
from c2c.records.types import Modality, Status

STEMS = tuple(f"street-{index:03d}" for index in range(6))
CITIES = ("paris", "burano")
WHERE = Provenance(
    created="2026-11-22T12:00:00+00:00",
    command="c2c run toytown-small --out runs/toytown",
    recipe="toytown-small",
    recipe_sha256=hashlib.sha256(b"recipe").hexdigest(),
    seed=7,
    versions={"c2c": "0.1.0", "python": "3.11.7", "torch": "2.6.0", "numpy": "2.0.1", "pillow": "11.0.0"},
    machine={"processor": "A processor", "cores": 2, "memory_gib": 7.8, "gpu": "none", "threads": 2, "load": 0.4},
)
RECIPE = {
    "name": "toytown-small",
    "title": "Toytown, small",
    "seed": 7,
    "cities": {"paris": {"source": "toytown", "train": 24}, "burano": {"source": "toytown", "train": 24}},
    "approaches": [{"name": "cyclegan", "kind": "cyclegan", "steps": 400, "lambda_cycle": 10.0}],
}


def street_depth(size: int, seed: int) -> np.ndarray:
    """Depth in metres of a straight street, (size, size); 0 = sky."""
    chance = np.random.default_rng(seed)
    height, half_width = 5 + 9 * chance.random(), 4 + 4 * chance.random()
    x = (np.arange(size) + 0.5 - size * (0.4 + 0.2 * chance.random()))[None, :] / size
    z = (size * 0.55 - np.arange(size) - 0.5)[:, None] / size
    wall = half_width / np.maximum(np.abs(x), 1e-3) * 0.5
    ground = 1.6 * 0.5 / np.maximum(-z, 1e-3)
    depth = np.where(z < 0, np.minimum(wall, ground), wall)
    return np.where((z * depth / 0.5 > height) | (depth > 120), 0, depth)


def street_colour(size: int, seed: int, city: str, blur: float = 0.0) -> np.ndarray:
    """A street in a city's colours, uint8 (size, size, 3)."""
    chance = np.random.default_rng(seed + 1000)
    depth = street_depth(size, seed)
    rows, columns = np.mgrid[0:size, 0:size] / size
    house = np.floor(np.log1p(np.maximum(depth, 0)) * 4).astype(int) * 2 + (columns > 0.5)
    burano = np.array([[214, 69, 65], [242, 177, 52], [64, 145, 108], [77, 144, 200], [200, 90, 160], [240, 225, 200]])
    paris = np.array([[226, 214, 190], [215, 203, 180], [235, 226, 206]])
    walls = (burano if city == "burano" else paris)[chance.integers(0, 99, 64) % (6 if city == "burano" else 3)]
    picture = walls[house % 64].astype(float)
    window = ((np.sin(rows * depth * 5) > 0.4) & (np.sin(depth * 4) > 0.2))[..., None]
    picture = np.where(window, picture * 0.45, picture)
    road = (rows > 0.55) & (np.abs(depth - 1.6 * 0.5 / np.maximum(rows - 0.55, 1e-3)) < 0.6)
    picture = np.where(road[..., None], np.array([70, 130, 140] if city == "burano" else [105, 104, 102]), picture)
    sky = np.stack([150 + 60 * rows, 185 + 40 * rows, 225 + 10 * rows], axis=-1)
    haze = np.exp(-depth / 60)[..., None]
    picture = np.where((depth == 0)[..., None], sky, picture * haze + 210 * (1 - haze))
    return np.clip(picture + blur * chance.normal(0, 30, picture.shape), 0, 255).astype(np.uint8)


def write_panel(run: Path, panel: Panel, size: int, city: str, stems: tuple[str, ...], noise: float) -> None:
    """Draw every picture of one panel."""
    folder = run / panel.folder
    folder.mkdir(parents=True, exist_ok=True)
    for seed, stem in enumerate(stems):
        if panel.modality == "depth":
            values = np.round(street_depth(size, seed) * (1 + 0.1 * noise) * 256).clip(0, 65535).astype(np.uint16)
            Image.fromarray(values).save(folder / f"{stem}.png")
        else:
            Image.fromarray(street_colour(size, seed, city, noise)).save(folder / f"{stem}.png")


def direction_of(source: str, target: str) -> str:
    """A direction's name; within one city it is the picture that is drawn from its depth."""
    return f"{source}-depth-to-image" if source == target else f"{source}-to-{target}"


def translation(
    run: Path,
    approach: str,
    kind: str,
    source: str,
    target: str,
    size: int,
    columns: list[tuple[str, Modality, str, str]],
    status: Status = "done",
    stems: tuple[str, ...] = STEMS,
) -> TranslationRecord:
    """Draw the pictures of a translation and write its record; columns are (role, modality, folder, city)."""
    direction = direction_of(source, target)
    base = f"pictures/{approach}/{direction}/{size}"
    captions = {
        "input": f"the test picture, {source}",
        "middle": "depth that the network sees in it",
        "output": f"drawn as {target} by {approach}",
        "reconstruction": "translated back again",
        "truth": f"the same layout drawn as {target}",
    }
    panels = tuple(
        Panel(role, modality, f"{base}/{folder}", captions[role])  # type: ignore[arg-type]
        for role, modality, folder, _ in columns
    )
    if status == "done":
        for panel, (role, _, _, city) in zip(panels, columns, strict=True):
            noise = 0.0 if role in ("input", "truth") else 0.6
            write_panel(run, panel, size, city, stems, noise)
    record = TranslationRecord(
        approach=approach,
        approach_kind=kind,
        direction=direction,
        source=source,
        target=target,
        status=status,
        message="" if status == "done" else "Training diverged at step 31: generator = nan.",
        trained_size=None if kind == "neural_style" else 128,
        size=size,
        panels=panels,
        pictures=stems if status == "done" else (),
        seconds=3.2,
        checkpoint=f"checkpoints/{approach}/last.pt",
        provenance=WHERE,
    )
    write_record(run / "records", record)
    return record


def score(
    metric: str,
    value: float,
    n: int = 6,
    extractor: str = "efficientnet-lite0",
    truth: Literal["truth", "dressed truth"] = "truth",
) -> Score:
    """One score, with a value for each picture where the metric has one."""
    to_set = metric in ("kid", "frechet", "fid")
    protocol = (
        {"extractor": extractor, "resize": "bicubic antialiased to 224"} if to_set else {"codec": "png", "truth": truth}
    )
    return Score(
        metric=metric,
        value=value,
        better="higher" if metric in ("ssim", "delta_1.25") else "lower",
        against="reference" if to_set else truth,
        n=n,
        n_reference=n,
        protocol=protocol,
        fingerprint=hashlib.sha256(json.dumps(protocol).encode()).hexdigest()[:12],
        spread=abs(value) * 0.08 if metric == "kid" else None,
        spread_is="standard deviation over 20 subsets of 5" if metric == "kid" else "",
        per_picture={} if to_set else {s: value * (1 + 0.1 * ((i * 3) % 5 - 2)) for i, s in enumerate(STEMS)},
    )


def scored(
    run: Path,
    subject: str,
    kind: str,
    source: str,
    target: str,
    size: int,
    scores: tuple[Score, ...],
    note: str = "",
) -> ScoreRecord:
    """Write a score record; an empty kind makes it a reference row."""
    record = ScoreRecord(
        subject=subject,
        subject_kind="approach" if kind else "reference",
        approach_kind=kind,
        direction=direction_of(source, target),
        source=source,
        target=target,
        trained_size=128 if kind and kind != "neural_style" else None,
        size=size,
        scores=scores,
        provenance=WHERE,
        note=note,
    )
    write_record(run / "records", record)
    return record


def samples(run: Path, approach: str, source: str, target: str, steps: tuple[int, ...]) -> tuple[Sample, ...]:
    """Draw what an approach made of three validation pictures at each step, less noisy from step to step."""
    folder, direction = f"checkpoints/{approach}/samples", direction_of(source, target)
    made = []
    for seed, stem in enumerate(f"{index:04d}" for index in range(3)):
        before = f"{folder}/input/{direction}/{stem}.png"
        (run / before).parent.mkdir(parents=True, exist_ok=True)
        if source == target:
            metres = street_depth(64, seed + 50)
            Image.fromarray((metres * 256).clip(0, 65535).astype(np.uint16)).save(run / before)
        else:
            Image.fromarray(street_colour(64, seed + 50, source)).save(run / before)
        for step in steps:
            after = f"{folder}/step-{step:08d}/{direction}/{stem}.png"
            (run / after).parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(street_colour(64, seed + 50, target, blur=200 / step)).save(run / after)
            made.append(Sample(step, direction, stem, before, after))
    return tuple(made)


def watched(run: Path, approach: str, *directions: tuple[str, str]) -> dict:
    """What a training record holds when the training was watched: KID at eight steps, the sixth of them the best."""
    steps = range(50, 401, 50)
    curve = [(step, 0.05 + 0.15 * np.exp(-step / 80) + 0.0001 * abs(step - 300)) for step in steps]
    apart = {f"kid {direction_of(*cities)}": curve for cities in directions}
    if len(directions) > 1:
        apart = {name: [(s, v * (0.9 + 0.2 * i)) for s, v in curve] for i, name in enumerate(apart)}
    every = range(10, 401, 10)
    return {
        "rates": [(s, 2e-4 * min(1.0, (400 - s) / 200)) for s in every],
        "gradient_norms": {
            name: [(s, scale * (1 + 0.3 * float(np.sin(s)) + 30 / s)) for s in every]
            for name, scale in (("generators", 2.0), ("discriminators", 0.4))
        },
        "validation": {**apart, "kid": curve},
        "score_name": "kid",
        "last": Kept(400, curve[-1][1], f"checkpoints/{approach}/step-00000400"),
        "best": Kept(300, curve[5][1], f"checkpoints/{approach}/best/step-00000300"),
        "translates": "best",
        "samples": tuple(
            sample for cities in directions for sample in samples(run, approach, *cities, (50, 100, 200, 300, 400))
        ),
        "log": f"checkpoints/{approach}/log.jsonl",
        "processes": 2,
        "clock": [(step, 0.231 * step * len(directions)) for step in every],
    }


SETTINGS = {"size": 128, "learning_rate": 2e-4, "lambda_cycle": 10.0, "generator": {"channels": 16, "blocks": 6}}


def training(
    run: Path,
    approach: str,
    kind: str,
    status: Status = "done",
    names: tuple[str, ...] = (),
    settings: dict[str, object] | None = None,
    **more: object,
) -> None:
    """Write a training record with smooth losses, or one that broke off; `more` are further fields."""
    steps = 400
    last = 30 if status == "diverged" else steps
    losses = {
        name: [(s, float(np.exp(-s / 120) + 0.2 + 0.05 * np.sin(s * (i + 1)))) for s in range(10, last + 1, 10)]
        for i, name in enumerate(names)
    }
    if status == "diverged":
        losses = {name: [*points[:-1], (last, float("nan"))] for name, points in losses.items()}
    write_record(
        run / "records",
        TrainingRecord(
            approach=approach,
            approach_kind=kind,
            status=status,
            message="" if status == "done" else "Training diverged at step 31: generator = nan.",
            settings=settings or SETTINGS,
            step=last,
            steps=steps,
            seconds=92.4,
            losses=losses,
            parameters={"generator_ab": 703_491, "discriminator_b": 2_764_737},
            checkpoint=f"checkpoints/{approach}/last.pt",
            device="cpu",
            precision="float32",
            peak_memory_bytes=1_234_567_890,
            data={"paris": "ab" * 32, "burano": "cd" * 32},
            provenance=WHERE,
            **more,  # type: ignore[arg-type]
        ),
    )


def timing(run: Path, case: str, approach: str, what: str, size: int, device: str, median: float | None) -> None:
    """Write a timing record; a median of None is a case that was skipped."""
    write_record(
        run / "records",
        TimingRecord(
            case=case,
            approach=approach,
            what=what,  # type: ignore[arg-type]
            size=size,
            batch=1,
            device=device,  # type: ignore[arg-type]
            status="measured" if median else "skipped",
            reason="" if median else "no CUDA device",
            unit="s/step" if what == "train" else "images/s",
            samples=(median * 0.97, median, median * 1.04) if median else (),
            median=median,
            interquartile_range=median * 0.05 if median else None,
            timed_region="the generator's forward pass, inputs on the device",
            threads=2,
            peak_memory_bytes=None,
            provenance=WHERE,
        ),
    )


def checked(case: str, verdict: str, effect: float | None = None, seed: int = 0, **more: object) -> CheckedCase:
    """A case of a check: 9 rounds of two versions of which the second costs so much more, or one never measured."""
    chance = np.random.default_rng(seed)
    noise, blocks = (tuple(float(r) for r in np.exp(chance.normal(0, 0.02, n))) for n in (9, 60))
    ratios = tuple((1 + effect) * float(r) for r in np.exp(chance.normal(0, 0.02, 9))) if effect is not None else ()
    before = tuple(0.01 * block for block in blocks) if ratios else ()
    after = tuple(block * (1 + (effect or 0)) for block in before)
    sides = [CheckedSide(s, float(np.median(s)) if s else None, 40 * 2**20 if s else None) for s in (before, after)]
    known = {
        "case": case, "region": "the call alone", "unit": "s/call" if ratios else "", "better": "lower",
        "verdict": verdict, "reason": "", "effect": effect,
        "interval": None if effect is None else (effect - 0.03, effect + 0.03),
        "threshold": 0.05 if ratios else None, "p": 0.001 if ratios else None, "ratios": ratios,
        "noise": noise if ratios else (), "before": sides[0], "after": sides[1], "memory": "tie" if ratios else "",
    }  # fmt: skip
    return CheckedCase(**(known | more))  # type: ignore[arg-type]


def write_check(run: Path, *cases: CheckedCase, quality: tuple[CheckedQuality, ...] = ()) -> CheckRecord:
    """Write the record of a check of the working tree against a commit."""
    record = CheckRecord(
        before="0123456789abcdef" * 2, after="working tree", against="main", cases=cases, level=0.99, looks=4,
        budget_s=300.0, seconds=212.0, quick=True, fingerprint="feedbeef", load=(0.4, 0.6),
        notes=("The working tree has changes that are not committed.",), provenance=WHERE, quality=quality,
    )  # fmt: skip
    write_record(run / "records", record)
    return record


def crawled(city: str) -> CrawlRecord:
    """How a city's pictures could have been collected: a street of a dozen panoramas, in every state."""
    states = [*["done"] * 9, "queued", "failed", "outside"]
    return CrawlRecord(
        city=city,
        sources={"panoramax": 7, "streetview": 2},
        centre=(48.86, 2.34),
        radius_m=60.0,
        order="dfs",
        terms={"google-streetview": "2026-11-01T10:00:00+00:00"},
        states={state: states.count(state) for state in states},
        failures={"it is <not> there": 1},
        licences=(
            LicenceCount("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/", True, 7),
            LicenceCount("all rights reserved", "", False, 2),
        ),
        with_depth=2,
        bytes=9_000_000,
        captured=("2019-05", "2021-07-04"),
        fetched=("2026-11-01T10:00:00+00:00", "2026-11-01T11:00:00+00:00"),
        places=tuple(
            CrawledPlace(48.86 + at * 5e-5, 2.34, state, at + 1 if state == "done" else 0, at - 1 if at else None)
            for at, state in enumerate(states)
        ),
        provenance=WHERE,
    )


def write_cities_and_run(run: Path) -> None:
    """Write the records of the data and of the run as a whole."""
    for city in CITIES:
        write_record(
            run / "records",
            CityRecord(
                city=city,
                source="toytown",
                root=f"data/{city}",
                pictures={"train": 24, "test": len(STEMS)},
                with_depth=30,
                skipped=(Skipped("torn.jpg", "image file is truncated"),) if city == "burano" else (),
                manifest=f"data/{city}/manifest.json",
                manifest_sha256="ab" * 32,
                provenance=WHERE,
                note="Drawn by c2c; no rights reserved." if city == "paris" else "",
            ),
        )
    write_record(run / "records", crawled("paris"))
    stages = (
        Stage("prepare", "kept", 0.1),
        Stage("train cyclegan", "done", 92.4),
        Stage("train pix2pix-wild", "failed", 4.0, "Training diverged at step 31: generator = nan."),
        Stage("translate cyclegan", "done", 6.3),
    )
    write_record(run / "records", RunRecord("Toytown, small", RECIPE, stages, 130.4, WHERE))


def write_translations(run: Path) -> None:
    """Draw the pictures of four approaches, and record a fifth that failed."""
    for source, target in (CITIES, CITIES[::-1]):
        for size in (128, 256):
            translation(run, "cyclegan", "cyclegan", source, target, size, [
                ("input", "image", "real", source),
                ("output", "image", "fake", target),
                ("reconstruction", "image", "reconstructed", source),
                ("truth", "image", "truth", target),
            ])  # fmt: skip
    translation(run, "pix2pix", "pix2pix", "paris", "paris", 128, [
        ("input", "depth", "real", "paris"),
        ("output", "image", "fake", "paris"),
        ("truth", "image", "truth", "paris"),
    ])  # fmt: skip
    translation(run, "depth_chain", "depth_chain", "paris", "burano", 128, [
        ("input", "image", "real", "paris"),
        ("middle", "depth", "depth", "paris"),
        ("output", "image", "fake", "burano"),
        ("truth", "image", "truth", "burano"),
    ])  # fmt: skip
    translation(run, "neural_style", "neural_style", "paris", "burano", 128, [
        ("input", "image", "real", "paris"),
        ("output", "image", "fake", "burano"),
    ])  # fmt: skip
    translation(run, "pix2pix-wild", "pix2pix", "paris", "paris", 128, [], status="failed")


def write_scores(run: Path) -> None:
    """Write scores of every approach that has pictures, with floor and ceiling."""
    for source, target in (CITIES, CITIES[::-1]):
        for size in (128, 256):
            worse = 1.5 if size == 256 else 1.0
            scored(run, "real-against-real", "", source, target, size, (score("kid", 0.004), score("frechet", 11.0)))
            scored(run, "copy-the-input", "", source, target, size, (
                score("kid", 0.21 * worse), score("frechet", 96.0 * worse), score("l1", 0.31), score("ssim", 0.22),
            ))  # fmt: skip
            scored(run, "cyclegan", "cyclegan", source, target, size, (
                score("kid", 0.061 * worse), score("frechet", 41.3 * worse), score("l1", 0.18), score("ssim", 0.47),
            ))  # fmt: skip
    scored(run, "depth_chain", "depth_chain", "paris", "burano", 128, (
        score("kid", 0.044), score("frechet", 38.0), score("l1", 0.16), score("l1", 0.12, truth="dressed truth"),
    ))  # fmt: skip
    scored(run, "neural_style", "neural_style", "paris", "burano", 128, (score("kid", 0.25), score("l1", 0.34)))
    scored(run, "pix2pix", "pix2pix", "paris", "paris", 128, (score("kid", 0.03), score("l1", 0.12)))


CLASSES = ("sky", "building", "road", "water", "boat")
BECOME = ((0.9, 0.1, 0, 0, 0), (0.2, 0.7, 0, 0.05, 0.05), (0, 0, 0.35, 0.63, 0.02), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0))
SHOULD = ((1.0, 0, 0, 0, 0), (0.45, 0.55, 0, 0, 0), (0, 0.02, 0, 0.91, 0.07), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0))
STAY = ((0.98, 0.02, 0, 0, 0), (0.03, 0.97, 0, 0, 0), (0, 0.04, 0.96, 0, 0), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0))


def class_table(shares: tuple[tuple[float, ...], ...]) -> ClassTable:
    """Shares with intervals of 4 points to either side."""
    low, high = (tuple(tuple(min(1, max(0, s + by)) for s in row) for row in shares) for by in (-0.04, 0.04))
    return ClassTable(shares, low, high)


def class_changes(folders: dict[str, str]) -> ClassChanges:
    """Roads that become water, read by a classifier that does not recognise boats."""
    recognised = tuple(
        Recognised(city, share, recall, precision, recall >= 0.6)
        for city, share, recall, precision in (
            ("burano", 0.35, 0.99, 0.98), ("burano", 0.3, 0.95, 0.9), ("paris", 0.28, 0.96, 0.97),
            ("burano", 0.3, 0.94, 0.96), ("burano", 0.05, 0.41, 0.7),
        )
    )  # fmt: skip
    return ClassChanges(
        names=CLASSES,
        colours=("#9fd3ff", "#e9c46a", "#6b6b76", "#2a9d8f", "#f4e285"),
        input_shares=(0.14, 0.58, 0.28, 0.0, 0.0),
        output=class_table(BECOME),
        truth=class_table(SHOULD),
        truth_as_read=class_table(SHOULD),
        input_as_read=class_table(STAY),
        truth_form="truth",
        recognised=recognised,
        accuracy=0.93,
        accuracy_source=0.95,
        bound=0.6,
        agreement=score("class_agreement", 0.71),
        agreement_of_truth=0.94,
        agreement_of_input=0.38,
        folders=folders,
        protocol={"classifier": "small"},
    )


def scene_depth() -> SceneDepth:
    """Depth that is read off generated pictures worse than off the truth, and better than from the place alone."""
    return SceneDepth(
        truth_form="truth",
        output=(score("abs_rel", 0.21), score("rmse_m", 9.1), score("delta_1.25", 0.68)),
        truth={"abs_rel": 0.14, "rmse_m": 7.0, "delta_1.25": 0.81},
        input={"abs_rel": 0.19, "rmse_m": 8.5, "delta_1.25": 0.7},
        place={"abs_rel": 0.26, "rmse_m": 10.9, "delta_1.25": 0.6},
    )


def change(run: Path, approach: str, source: str, target: str, size: int, on_toytown: bool) -> None:
    """Draw the maps of what an approach changed, and write its record."""
    direction = direction_of(source, target)
    base = f"pictures/{approach}/{direction}/{size}"
    folders = {role: f"{base}/classes-{role}" for role in ("input", "output", "truth")} if on_toytown else {}
    for folder in (f"{base}/change", *folders.values()):
        write_panel(run, Panel("output", "image", folder, ""), size // 2, target, STEMS, 0.0)
    Image.fromarray(street_colour(size, 0, target)).save(run / f"{base}/change-mean.png")
    found = {stem: 20.0 + 3 * number for number, stem in enumerate(STEMS)}
    strength = Strength(27.5, (24.0, 31.0), (21.0, 26.0, 35.5), found)
    write_record(
        run / "records",
        ChangeRecord(
            approach=approach,
            approach_kind=approach,
            direction=direction,
            source=source,
            target=target,
            size=size,
            inputs=f"{base}/real",
            outputs=f"{base}/fake",
            maps=f"{base}/change",
            mean_map=f"{base}/change-mean.png",
            top=60.0,
            colours=("#000004", "#bc3754", "#fcffa4"),
            strength=strength,
            true_strength=Strength(33.0, (30.0, 36.0), (30.0, 33.0, 36.0), found) if on_toytown else None,
            classes=class_changes(folders) if on_toytown else None,
            depth=scene_depth() if on_toytown else None,
            protocol={"measure": "CIELAB 1976"},
            provenance=WHERE,
        ),
    )


def video(run: Path, subject: str, kind: str, flicker: float, motion: str = "exact") -> None:
    """Write a video of a few frames with its strip, and its record; an empty kind makes it a reference."""
    folder = f"pictures/{subject}/paris-to-burano/32/video"
    (run / folder).mkdir(parents=True, exist_ok=True)
    frames = [street_colour(32, seed, "burano" if kind else "paris") for seed in range(4)]
    Image.fromarray(frames[0]).save(run / folder / "frame-0001.png")
    Image.fromarray(np.concatenate(frames, axis=1)).save(run / folder / "strip.png")
    write_mp4(run / folder / "video.mp4", frames, Fraction(4))
    spread = (flicker - 0.3, flicker + 0.3) if subject != "copy-the-input" else (0.0, 0.0)
    scores = tuple(
        replace(score(metric, value), against="input", protocol=protocol, fingerprint=motion, interval=ends, n=3)
        for metric, value, ends in (("flicker", flicker, spread), ("warping_error", flicker + 2, None))
        for protocol in ({"motion": motion},)
    )
    record = VideoRecord(
        subject=subject, subject_kind="approach" if kind else "reference", approach_kind=kind,
        direction="paris-to-burano", source="paris", target="burano", size=32, file=f"{folder}/video.mp4",
        folder=folder, strip=f"{folder}/strip.png", shown=(1, 2, 3, 4), frames=4, frames_per_second=4.0,
        origin="a drive through Toytown", scores=scores, provenance=WHERE, keeps_shape=kind != "cyclegan",
    )  # fmt: skip
    write_record(run / "records", record)


def write_videos(run: Path) -> None:
    """Videos of two approaches beside all references."""
    video(run, "copy-the-input", "", 0.0)
    video(run, "cyclegan", "cyclegan", 3.5)
    video(run, "depth_chain", "depth_chain", 1.25)
    video(run, "true-translation", "", 0.5, motion="exact, of the video's own shapes")
    video(run, "true-dress", "", -0.75)
    video(run, "colour-shift", "", -0.125)


def write_small_run(run: Path) -> Path:
    """Write a run of two approaches without training, at 32 px, that one stage failed in. Returns the folder."""
    write_cities_and_run(run)
    real, made = ("input", "image", "real", "paris"), ("output", "image", "fake", "burano")
    translation(run, "cyclegan", "cyclegan", *CITIES, 32, [real, made])
    translation(run, "pix2pix", "pix2pix", "paris", "paris", 32, [("input", "depth", "real", "paris"), made])
    scored(run, "cyclegan", "cyclegan", *CITIES, 32, (score("kid", 0.06), score("l1", 0.18)))
    timing(run, "generator cyclegan 32 cpu", "cyclegan", "translate", 32, "cpu", 31.0)
    return run


def write_run(run: Path, scores: bool = True) -> Path:
    """Write the whole run into a folder; without scores it is a run half way. Returns the folder."""
    write_cities_and_run(run)
    write_translations(run)
    noticed = (
        Event(120, "non-finite", "generator_ab was not a number; its update was left out."),
        Event(350, "collapse", "Pictures of paris-to-burano came out alike: 0.02 of the spread of real ones."),
    )
    names = ("generator", "cycle", "identity", "discriminator_a")
    both = watched(run, "cyclegan", CITIES, CITIES[::-1])
    training(run, "cyclegan", "cyclegan", names=names, events=noticed, **both)
    one = watched(run, "pix2pix", ("paris", "paris"))
    training(run, "pix2pix", "pix2pix", names=("generator", "l1", "discriminator"), **one)
    training(run, "depth_chain", "depth_chain", names=("l1",))
    training(run, "pix2pix-wild", "pix2pix", "diverged", names=("generator",))
    if scores:
        write_scores(run)
        change(run, "cyclegan", *CITIES, 128, on_toytown=True)
        change(run, "neural_style", *CITIES, 128, on_toytown=False)
        write_videos(run)
        write_check(
            run,
            checked("decode a picture", "tie", 0.01),
            checked("resnet 128 batch 1 cpu", "worse", 0.12, seed=1, output_difference=0.002),
            checked("resnet 128 batch 1 cuda", "skipped", reason="no CUDA device"),
            checked("toytown street", "missing", reason="only the version before has it"),
        )
        for approach, speed in (("cyclegan", 31.0), ("pix2pix", 58.0)):
            timing(run, f"generator {approach} 128 cpu", approach, "translate", 128, "cpu", speed)
            timing(run, f"generator {approach} 256 cpu", approach, "translate", 256, "cpu", speed / 4)
            timing(run, f"generator {approach} 128 cuda", approach, "translate", 128, "cuda", None)
            timing(run, f"training {approach} 128 cpu", approach, "train", 128, "cpu", 6 / speed)
    return run
