"""A large run to build a site from: `python bench/large_run.py FOLDER --pictures 10000`, then `c2c site FOLDER`.

Its records are whole and real; its pictures are noise of every coarseness, as hard to pack as a photograph.
"""

import argparse
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from c2c.records import (
    CityRecord,
    Panel,
    Provenance,
    RunRecord,
    Score,
    ScoreRecord,
    Stage,
    TimingRecord,
    TranslationRecord,
    write_record,
)

APPROACHES = ("cyclegan", "cut", "fastcut")
CITIES = ("paris", "burano")
PANELS = (("input", "real"), ("output", "fake"), ("reconstruction", "back"))
UNLIKE = 120  # pictures that are drawn; all others are copies of these
WHERE = Provenance("2026-11-22T12:00:00+00:00", "bench/large_run.py", "large", "0" * 64, 0, {"c2c": "0.1.0"}, {})


def write_large_run(folder: Path, pictures: int, size: int = 256) -> int:
    """Write a run of so many pictures, or a few less; returns how many there are."""
    drawn = list(_drawn(size))
    stems = tuple(f"street-{number:04d}" for number in range(pictures // (len(APPROACHES) * 2 * len(PANELS))))
    for approach in APPROACHES:
        for source, target in (CITIES, CITIES[::-1]):
            translation = _translation(approach, source, target, size, stems)
            for place, panel in enumerate(translation.panels):
                _write_panel(folder / panel.folder, stems, drawn, place)
            write_record(folder / "records", translation)
            write_record(folder / "records", _scores(translation))
        write_record(folder / "records", _timing(approach, size))
    for city in CITIES:
        counts = {"test": len(stems)}
        write_record(folder / "records", CityRecord(city, "folder", f"data/{city}", counts, 0, (), "", "", WHERE))
    stages = (Stage("translate", "done", 1.0),)
    write_record(folder / "records", RunRecord("A large run", {"name": "large"}, stages, 1.0, WHERE))
    return len(stems) * len(APPROACHES) * 2 * len(PANELS)


def _drawn(size: int) -> Iterator[bytes]:
    """Files of pictures of noise, from the whole picture down to single pixels."""
    for seed in range(UNLIKE):
        chance = np.random.default_rng(seed)
        picture = np.zeros((size, size, 3))
        for across in (2, 4, 8, 16, 32, 64, size):
            coarse = chance.normal(0, 90 / across**0.5, (across, across, 3))
            layers = [Image.fromarray(coarse[..., channel]).resize((size, size), 3) for channel in range(3)]
            picture += np.stack([np.asarray(layer) for layer in layers], axis=-1)
        buffer = io.BytesIO()
        Image.fromarray(np.clip(picture + 128, 0, 255).astype(np.uint8)).save(buffer, "png")
        yield buffer.getvalue()


def _write_panel(folder: Path, stems: tuple[str, ...], drawn: list[bytes], place: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, stem in enumerate(stems):
        (folder / f"{stem}.png").write_bytes(drawn[(number + place) % UNLIKE])


def _translation(approach: str, source: str, target: str, size: int, stems: tuple[str, ...]) -> TranslationRecord:
    direction = f"{source}-to-{target}"
    panels = tuple(
        Panel(role, "image", f"pictures/{approach}/{direction}/{size}/{name}", f"{name}, by {approach}")  # type: ignore[arg-type]
        for role, name in PANELS
    )
    return TranslationRecord(
        approach, approach, direction, source, target, "done", "", size, size, panels, stems, 1.0, "", WHERE
    )


def _scores(made: TranslationRecord) -> ScoreRecord:
    chance = np.random.default_rng(len(made.approach))
    scores = tuple(
        _score(metric, {stem: float(chance.uniform(0.1, 0.6)) for stem in made.pictures})
        for metric in ("perceptual", "ssim", "l1")
    )
    return ScoreRecord(
        made.approach, "approach", made.approach, made.direction, made.source, made.target, made.size, made.size,
        scores, WHERE,
    )  # fmt: skip


def _score(metric: str, values: dict[str, float]) -> Score:
    protocol = {"codec": "png"}
    return Score(
        metric=metric,
        value=sum(values.values()) / max(1, len(values)),
        better="higher" if metric == "ssim" else "lower",
        against="truth",
        n=len(values),
        n_reference=len(values),
        protocol=protocol,
        fingerprint=hashlib.sha256(str(protocol).encode()).hexdigest()[:12],
        per_picture=values,
    )


def _timing(approach: str, size: int) -> TimingRecord:
    return TimingRecord(
        f"generator {approach} {size} cpu", approach, "translate", size, 1, "cpu", "measured", "", "images/s",
        (3.0,), 3.0, 0.0, "the generator's forward pass", 2, None, WHERE,
    )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a large run, to build a site from.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=10_000)
    asked = parser.parse_args()
    print(write_large_run(asked.folder, asked.pictures), "pictures")
