"""The record types: one result a file, with all that is needed to trace it.

Records know neither torch nor HTML, so a site can be rebuilt from them on any machine.
Paths in a record are relative to the run's folder and use forward slashes.
"""

from dataclasses import dataclass, field
from typing import Literal

SCHEMA = 1

Modality = Literal["image", "depth"]
Status = Literal["done", "failed", "diverged"]


@dataclass(frozen=True)
class Provenance:
    """Where a number comes from: the settings, the versions and the machine."""

    created: str  # UTC, ISO 8601
    command: str  # as typed
    recipe: str
    recipe_sha256: str
    seed: int
    versions: dict[str, str]  # c2c, python, torch, torchvision, torchmetrics, numpy, pillow
    machine: dict[str, str | int | float]  # processor, cores, threads, memory_gib, gpu, system, load


@dataclass(frozen=True)
class Stage:
    """One stage of a run."""

    name: str  # "prepare", "train cyclegan", "translate cyclegan", …
    status: Literal["done", "kept", "failed"]  # kept: its inputs had not changed
    seconds: float
    message: str = ""


@dataclass(frozen=True)
class RunRecord:
    """The run as a whole: its resolved recipe and how its stages went."""

    title: str
    recipe: dict  # resolved, every default written out
    stages: tuple[Stage, ...]
    seconds: float
    provenance: Provenance
    kind: Literal["run"] = "run"
    schema: int = SCHEMA


@dataclass(frozen=True)
class Skipped:
    """A file that could not be used, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class CityRecord:
    """The pictures of one city."""

    city: str
    source: Literal["toytown", "folder"]
    root: str
    pictures: dict[str, int]  # split -> count
    with_depth: int
    skipped: tuple[Skipped, ...]
    manifest: str
    manifest_sha256: str
    provenance: Provenance
    note: str = ""  # licence or origin, as the recipe states it
    kind: Literal["city"] = "city"
    schema: int = SCHEMA


@dataclass(frozen=True)
class Event:
    """Something that was noticed in a training."""

    step: int
    what: str  # "non-finite", "collapse", "copying", "idle discriminator", "rolled back"
    message: str


@dataclass(frozen=True)
class Sample:
    """What an approach made of a validation picture at a step."""

    step: int
    direction: str
    picture: str  # stem
    input: str  # its file
    output: str  # its file


@dataclass(frozen=True)
class Kept:
    """A checkpoint that was kept, with its score on the validation pictures."""

    step: int
    score: float | None  # None: there is no validation
    checkpoint: str


@dataclass(frozen=True)
class TrainingRecord:
    """One approach's training: how long, on what, and the losses on the way."""

    approach: str
    approach_kind: str
    status: Status
    message: str
    settings: dict
    step: int
    steps: int
    seconds: float  # summed over all sittings
    losses: dict[str, list[tuple[int, float]]]  # name -> (step, mean since the point before)
    parameters: dict[str, int]
    checkpoint: str
    device: str
    precision: str
    peak_memory_bytes: int | None
    data: dict[str, str]  # city -> manifest SHA-256
    provenance: Provenance
    rates: list[tuple[int, float]] = field(default_factory=list)  # (step, learning rate)
    gradient_norms: dict[str, list[tuple[int, float]]] = field(default_factory=dict)  # name -> (step, norm)
    validation: dict[str, list[tuple[int, float]]] = field(default_factory=dict)  # "kid paris-to-burano" -> curve
    score_name: str = ""  # what decides which step is best: "kid", the mean of its directions, or "abs_rel"
    last: Kept | None = None
    best: Kept | None = None
    translates: Literal["last", "best"] = "last"  # which of the two made the pictures of this run
    events: tuple[Event, ...] = ()
    samples: tuple[Sample, ...] = ()
    log: str = ""  # file of JSON lines, in the order in which things happened
    processes: int = 1  # that trained together
    kind: Literal["training"] = "training"
    schema: int = SCHEMA


@dataclass(frozen=True)
class Panel:
    """One column of a gallery: a folder that holds a file for each picture name."""

    role: Literal["input", "output", "middle", "reconstruction", "truth"]
    modality: Modality
    folder: str
    caption: str


@dataclass(frozen=True)
class TranslationRecord:
    """One approach, one direction, one size: which pictures were made."""

    approach: str
    approach_kind: str
    direction: str  # "paris-to-burano"
    source: str  # "paris", or "paris depth"
    target: str
    status: Status
    message: str
    trained_size: int | None  # None for an approach that is not trained
    size: int
    panels: tuple[Panel, ...]
    pictures: tuple[str, ...]  # stems: each panel's folder holds <stem>.png
    seconds: float
    checkpoint: str
    provenance: Provenance
    kind: Literal["translation"] = "translation"
    schema: int = SCHEMA


@dataclass(frozen=True)
class Score:
    """One number with its protocol."""

    metric: str  # "kid", "frechet", "fid", "l1", "ssim", "perceptual", "abs_rel", "rmse_m", "delta_1.25"
    value: float
    better: Literal["lower", "higher"]
    against: Literal["reference", "truth", "dressed truth"]  # dressed: the target city's dress on the source's shapes
    n: int
    n_reference: int
    protocol: dict[str, str]  # what moves the number: extractor, weights hash, resize, codec, …
    fingerprint: str  # hash of the protocol; unlike fingerprints are never ranked together
    spread: float | None = None
    spread_is: str = ""  # "standard deviation over 20 subsets of 24"
    per_picture: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoreRecord:
    """All scores of one subject in one direction at one size."""

    subject: str  # the approach's name, or "copy-the-input", "real-against-real"
    subject_kind: Literal["approach", "reference"]
    approach_kind: str  # "" for a reference row
    direction: str
    source: str
    target: str
    trained_size: int | None
    size: int
    scores: tuple[Score, ...]
    provenance: Provenance
    note: str = ""
    keeps_shape: bool = True  # False: the approach may change the shape of things
    kind: Literal["score"] = "score"
    schema: int = SCHEMA


@dataclass(frozen=True)
class TimingRecord:
    """One timed case."""

    case: str  # "generator cyclegan 128 cpu"
    approach: str
    what: Literal["translate", "train"]
    size: int
    batch: int
    device: Literal["cpu", "cuda"]
    status: Literal["measured", "skipped", "failed"]
    reason: str  # "no CUDA device"
    unit: Literal["images/s", "s/step", "s/image"]
    samples: tuple[float, ...]  # in `unit`, one a block
    median: float | None
    interquartile_range: float | None
    timed_region: str  # what is inside the clock
    threads: int
    peak_memory_bytes: int | None
    provenance: Provenance
    kind: Literal["timing"] = "timing"
    schema: int = SCHEMA


Record = RunRecord | CityRecord | TrainingRecord | TranslationRecord | ScoreRecord | TimingRecord

TYPES: dict[str, type] = {
    "run": RunRecord,
    "city": CityRecord,
    "training": TrainingRecord,
    "translation": TranslationRecord,
    "score": ScoreRecord,
    "timing": TimingRecord,
}
