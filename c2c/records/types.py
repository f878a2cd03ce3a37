"""The record types: one result a file, with all that is needed to trace it.

Records know neither torch nor HTML, so a site can be rebuilt from them on any machine.
Paths in a record are relative to the run's folder and use forward slashes.
"""

from dataclasses import dataclass, field
from typing import Literal

SCHEMA = 1

Modality = Literal["image", "depth"]
Status = Literal["done", "failed", "diverged"]
Against = Literal[
    "reference",  # other real pictures of the target city
    "truth",
    "dressed truth",  # the target city's dress on the source's shapes
    "input",
]


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
    short_sides: tuple[int, int, int] | None = None  # of the pictures, in px: the smallest, the median, the largest
    notices: tuple[str, ...] = ()  # files kept with the run that came with the pictures: licences, attributions
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
    clock: list[tuple[int, float]] = field(default_factory=list)  # (step, seconds so far, validation included)
    energy: dict[str, list[tuple[int, float]]] = field(default_factory=dict)  # "processor", "gpu" -> (step, J so far)
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
    against: Against
    n: int
    n_reference: int
    protocol: dict[str, str]  # what moves the number: extractor, weights hash, resize, codec, …
    fingerprint: str  # hash of the protocol; unlike fingerprints are never ranked together
    spread: float | None = None
    spread_is: str = ""  # "standard deviation over 20 subsets of 24"
    per_picture: dict[str, float] = field(default_factory=dict)
    interval: tuple[float, float] | None = None  # of 95%
    interval_is: str = ""  # "bootstrap over pictures of both sides, 200 draws"
    draws: tuple[float, ...] = ()  # the value on resampled pictures, for the interval of a difference; alike for like N


@dataclass(frozen=True)
class ScoreRecord:
    """All scores of one subject in one direction at one size."""

    subject: str  # the approach's name, or that of a reference row, see `c2c.recipe.references`
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
class ScaleRecord:
    """What an approach made at one size, reduced to the size it was trained at, and scored there."""

    approach: str
    approach_kind: str
    family: tuple[str, ...]  # approaches that differ in the size and length of training only, this one among them
    trainings: tuple[str, ...]  # whose cost is its cost: its own, or those of its halves
    direction: str
    source: str
    target: str
    trained_size: int
    size: int  # it was applied at
    scores: tuple[Score, ...]  # at `trained_size`; none where `size` is not larger, or there is no reference
    reduced_by: str  # "" where nothing was reduced
    refused: str  # why no score at `size` counts; "" where all do
    note: str  # on the pictures it was trained on
    provenance: Provenance
    keeps_shape: bool = True  # False: the approach may change the shape of things
    kind: Literal["scale"] = "scale"
    schema: int = SCHEMA


@dataclass(frozen=True)
class Trial:
    """What a network made of one kind of input, and how far that is from what it should be."""

    fed: str  # "as trained", "8-bit", "jpeg", "noise", "other"; or "true", "predicted", "shuffled", "blank"
    said: str  # in words
    scores: tuple[Score, ...]
    control: Score | None = None  # the same harm done to the result instead: its cost where nothing is hidden


@dataclass(frozen=True)
class Finding:
    """One number drawn from several trials of the same pictures."""

    name: str  # "hidden share, noise"
    value: float | None  # None: the trials do not differ by more than chance, so nothing can be said
    interval: tuple[float, float] | None  # of 95%
    definition: str


@dataclass(frozen=True)
class ProbeRecord:
    """What an approach does with inputs that it was not made for: a look inside."""

    probe: Literal["cycle", "chain"]
    approach: str
    approach_kind: str
    direction: str
    source: str
    target: str
    size: int
    metric: str  # that the findings are in
    trials: tuple[Trial, ...]
    findings: tuple[Finding, ...]
    depth_scores: tuple[Score, ...]  # of a chain's predicted depth, where the true one is known
    panels: tuple[Panel, ...]  # each folder holds <stem>.png
    pictures: tuple[str, ...]  # stems
    provenance: Provenance
    kind: Literal["probe"] = "probe"
    schema: int = SCHEMA


@dataclass(frozen=True)
class Strength:
    """How strongly pictures change, in units of Delta E (CIELAB): the mean over pixels, then over pictures."""

    value: float
    interval: tuple[float, float] | None  # of 95%, by the bootstrap over pictures; None for a single picture
    thirds: tuple[float, float, float]  # of the upper, middle and lower third of the pictures
    per_picture: dict[str, float]


@dataclass(frozen=True)
class ClassTable:
    """What the pixels of each class of the input have become: a row for each class before, a column for each after."""

    shares: tuple[tuple[float, ...], ...]  # each row sums to 1; a class that the input has not is a row of nought
    low: tuple[tuple[float, ...], ...]  # ends of the intervals of 95%, by the bootstrap over pictures
    high: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Recognised:
    """How well the classifier knows one class, on real test pictures that it was not fitted on."""

    city: str  # where it was measured: the target, or the source where the target has too little of the class
    share: float  # of that city's pixels
    recall: float | None  # of the pixels of the class, those called so
    precision: float | None  # of the pixels called so, those that are of the class
    shown: bool  # both are at least the bound


@dataclass(frozen=True)
class ClassChanges:
    """Which classes become which: those of the input and of the truth are known, the others read by a classifier."""

    names: tuple[str, ...]  # of the classes, in the order of rows and columns
    colours: tuple[str, ...]  # of the class maps, "#rrggbb"
    input_shares: tuple[float, ...]  # of the input's pixels, by class
    output: ClassTable
    truth: ClassTable  # of the true translation, from its own class map
    truth_as_read: ClassTable  # the same pictures, their classes read by the classifier
    input_as_read: ClassTable  # nothing was changed, and the classes were read by the classifier
    truth_form: Literal["truth", "dressed truth"]
    recognised: tuple[Recognised, ...]  # by class
    accuracy: float  # of the classifier, on real test pictures of the target
    accuracy_source: float
    bound: float  # least recall and precision of a class that is shown
    agreement: Score  # share of the pixels whose class is the true translation's
    agreement_of_truth: float  # the same, for the true pictures themselves: more cannot be reached
    agreement_of_input: float  # the same, for the input handed back
    folders: dict[str, str]  # "input", "output", "truth" -> folder of class maps
    protocol: dict[str, str]


@dataclass(frozen=True)
class SceneDepth:
    """How well the depth of the true scene is read off pictures, by a small network fitted on real ones."""

    truth_form: Literal["truth", "dressed truth"]
    output: tuple[Score, ...]  # AbsRel, RMSE and delta < 1.25, read off the generated pictures
    truth: dict[str, float]  # metric -> read off the true pictures: more cannot be reached
    input: dict[str, float]  # off the input handed back
    place: dict[str, float]  # from where in the picture a point lies, without looking at the picture


@dataclass(frozen=True)
class ChangeRecord:
    """What an approach changed in one direction, at the size it was trained at."""

    approach: str
    approach_kind: str
    direction: str
    source: str
    target: str
    size: int
    inputs: str  # folder of the pictures before
    outputs: str  # and after
    maps: str  # folder of a heat map for each picture
    mean_map: str  # its file
    top: float  # the change that the maps' last colour stands for
    colours: tuple[str, ...]  # of the maps, from no change to `top`
    strength: Strength
    true_strength: Strength | None  # of the true translation, where it is known
    classes: ClassChanges | None  # Toytown only
    protocol: dict[str, str]
    provenance: Provenance
    depth: SceneDepth | None = None  # Toytown only
    kind: Literal["change"] = "change"
    schema: int = SCHEMA


@dataclass(frozen=True)
class VideoRecord:
    """One video, and how much it flickers: an approach's translation of a video, or a reference beside it."""

    subject: str  # the approach's name, or that of a reference row, see `c2c.recipe.references`
    subject_kind: Literal["approach", "reference"]
    approach_kind: str  # "" for a reference row
    direction: str
    source: str
    target: str
    size: int  # side of the frames
    file: str  # MP4, to look at; the scores are those of the frames
    folder: str  # of the frames, <frame-0001>.png and so on
    strip: str  # a picture of some frames in a row
    shown: tuple[int, ...]  # which, from 1
    frames: int
    frames_per_second: float
    origin: str  # "a drive through Toytown", or the name of the file
    scores: tuple[Score, ...]  # flicker, and the warping error
    provenance: Provenance
    note: str = ""
    keeps_shape: bool = True  # False: the approach may change the shape of things
    kind: Literal["video"] = "video"
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


CheckVerdict = Literal["better", "worse", "tie", "inconclusive", "missing", "failed", "skipped"]


@dataclass(frozen=True)
class CheckedSide:
    """What one version of c2c did in one case of a check."""

    samples: tuple[float, ...]  # in the case's unit, one a block, over all rounds
    median: float | None
    peak_memory_bytes: int | None


@dataclass(frozen=True)
class CheckedCase:
    """One benchmark case of two versions, timed in turns.

    All ratios are of cost, after by before: above 1 is worse, whether the unit counts seconds or images a second.
    """

    case: str
    region: str  # what is inside the clock
    unit: str  # "s/call", "images/s"; "" where it was never measured
    better: Literal["lower", "higher"]  # which end of the unit
    verdict: CheckVerdict
    reason: str  # in words: why it is missing, failed, skipped or undecided
    effect: float | None  # ratio - 1: 0.1 is 10% worse, -0.1 is 10% better
    interval: tuple[float, float] | None  # of the effect, at the check's level
    threshold: float | None  # smallest effect that counts here, never below what the machine does to unchanged code
    p: float | None  # chance of as large an effect without any difference, before the looks are paid for
    ratios: tuple[float, ...]  # one a round
    noise: tuple[float, ...]  # the same rounds of before against itself
    before: CheckedSide
    after: CheckedSide
    memory: Literal["better", "worse", "tie", ""] = ""  # peak memory; "" where it is not known
    output_difference: float | None = None  # largest change of a fixed call's numbers; None where it gives none


@dataclass(frozen=True)
class CheckedQuality:
    """A score of a small recipe, trained by two versions of c2c with the same seed."""

    approach: str
    direction: str
    metric: str
    verdict: CheckVerdict
    reason: str  # of a verdict that needs one
    before: float | None
    after: float | None
    interval: tuple[float, float] | None  # of after less before, over resampled pictures
    chance: float | None  # what another seed changes in the version before; 0: nobody looked, for nothing changed


@dataclass(frozen=True)
class CheckRecord:
    """Whether a version of c2c is slower or faster than another, on one machine."""

    before: str  # commit
    after: str  # commit, or "working tree"
    against: str  # the revision as it was asked for
    cases: tuple[CheckedCase, ...]
    level: float  # of all intervals: 0.95 holds the true effect in 95 of 100
    looks: int  # how often a case may be decided; the allowance for false alarms is shared among all
    budget_s: float
    seconds: float  # used
    quick: bool
    fingerprint: str  # of the machine's facts that must agree
    load: tuple[float, float]  # before and after the check
    notes: tuple[str, ...]  # "the working tree has changes that are not committed"
    provenance: Provenance
    quality: tuple[CheckedQuality, ...] = ()  # nothing: not asked for
    twins: float = 0.0  # how much processes of the same code differ for all of their lives: sd of the log of their cost
    kind: Literal["check"] = "check"
    schema: int = SCHEMA


@dataclass(frozen=True)
class BenchRecord:
    """One case of the benchmark harness, timed once on one machine at one commit."""

    case: str  # "resnet 128 batch 1 latency cpu"
    region: str  # what is inside the clock
    device: Literal["cpu", "cuda"]
    status: Literal["measured", "skipped", "failed"]
    reason: str  # why it was not measured: "no CUDA device"
    unit: str  # "s/call", "s/step", "images/s"
    better: Literal["lower", "higher"]
    samples: tuple[float, ...]  # in `unit`, one a block
    median: float | None
    interquartile_range: float | None
    first_call_s: float | None  # before any sample: compiling, autotuning and what is otherwise done only once
    parts: dict[str, tuple[float, ...]]  # seconds of "data", "forward", "backward", "optimizer", one a step
    peak_memory_bytes: int | None  # beyond what was held before the case was made; on CUDA, of the device
    load_before: float  # processes running or waiting, the mean of a minute; -1 where unknown
    load_after: float
    others_busy: float | None  # processors that other programs kept busy meanwhile, on average
    commit: str  # "" outside of a git checkout
    dirty: bool  # whether the checkout held changes that no commit has
    fingerprint: str  # of the machine: what differs in it is never compared
    provenance: Provenance
    kind: Literal["bench"] = "bench"
    schema: int = SCHEMA


@dataclass(frozen=True)
class Ratio:
    """How many times as much as another: the median over rounds."""

    value: float
    interval: tuple[float, float] | None  # of the median; None where there are too few rounds


@dataclass(frozen=True)
class PeerTiming:
    """One program that translated a folder of pictures, timed from outside."""

    program: str  # its name in the file that asked for it
    command: str  # with {input} and {output}
    folder: str  # where it was started
    status: Literal["measured", "failed"]
    reason: str  # why it failed
    seconds: tuple[float, ...]  # all pictures, from its start to its end, one a round
    start_s: tuple[float, ...]  # the same with a single picture: nearly all of it is starting
    processor_s: tuple[float, ...]  # of all processors, with all pictures
    pictures_written: int
    peak_memory_bytes: int | None  # of its largest process
    whole: Ratio | None  # `seconds` by those of the first program; None for that itself
    a_picture: Ratio | None  # the same for each further picture, the start taken off


@dataclass(frozen=True)
class PeersRecord:
    """Programs that translated the same pictures in turns; the first is what the others are held against."""

    pictures: int
    rounds: int
    level: float  # of the intervals
    programs: tuple[PeerTiming, ...]
    load: tuple[float, float]  # of the machine, before and after
    provenance: Provenance
    kind: Literal["peers"] = "peers"
    schema: int = SCHEMA


@dataclass(frozen=True)
class VotesFile:
    """One voter's answers, as they were handed in."""

    file: str  # in the run's folder
    sha256: str
    voter: str  # the name that the voter chose, "" for none
    answers: int  # that count
    repeated: int  # that were given before, and do not count


@dataclass(frozen=True)
class Tally:
    """What voters said about the pictures of one approach in one direction, or about the real ones of one city."""

    subject: str  # the approach's name, or "real-against-real" for real pictures
    approach_kind: str  # "" for real pictures
    direction: str  # "" for real pictures
    source: str
    city: str  # that the pictures show, or should show
    answers: int
    taken_for_real: int
    cities: dict[str, int]  # city -> how often it was named; empty where there is only one
    seconds: float  # median time to an answer


@dataclass(frozen=True)
class Duel:
    """Which of two looked more like a city, in one direction."""

    direction: str
    source: str
    target: str
    a: str  # an approach's name, "copy-the-input", or "real-against-real" for a real picture
    b: str
    wins_a: int
    wins_b: int


@dataclass(frozen=True)
class VotesRecord:
    """What people said in the blind study: the files of all voters, added up."""

    study: str  # which pictures were shown
    files: tuple[VotesFile, ...]
    voters: int
    cities: tuple[str, ...]  # that could be named
    tallies: tuple[Tally, ...]
    duels: tuple[Duel, ...]
    provenance: Provenance
    kind: Literal["votes"] = "votes"
    schema: int = SCHEMA


@dataclass(frozen=True)
class CrawledPlace:
    """A panorama on the map of a crawl."""

    lat_deg: float
    lon_deg: float
    state: Literal["done", "queued", "failed", "outside"]
    number: int  # in which it was collected, from 1; 0 where it was not
    parent: int | None  # the position in this list of the panorama that led to it


@dataclass(frozen=True)
class LicenceCount:
    """How many pictures are under one licence."""

    licence: str
    licence_url: str
    redistributable: bool
    pictures: int


@dataclass(frozen=True)
class CrawlRecord:
    """How the pictures of a city were collected: from where, under which licences, and where on the map."""

    city: str
    sources: dict[str, int]  # name -> pictures
    centre: tuple[float, float] | None  # latitude and longitude in degrees; None: no crawl around a place
    radius_m: float | None
    order: str  # "dfs", "bfs", "nearest"; "" where it was no crawl
    terms: dict[str, str]  # that a person accepted -> when, UTC, ISO 8601
    states: dict[str, int]  # "done", "queued", "failed", "outside" -> panoramas
    failures: dict[str, int]  # why -> panoramas
    licences: tuple[LicenceCount, ...]
    with_depth: int
    bytes: int  # of the pictures
    captured: tuple[str, str]  # the first and the last, as the sources give dates; "" where unknown
    fetched: tuple[str, str]  # the first and the last, UTC, ISO 8601
    places: tuple[CrawledPlace, ...]
    provenance: Provenance
    stood_in: int = 0  # pictures that came from a private service in their source's place, such as Toytown's
    kind: Literal["crawl"] = "crawl"
    schema: int = SCHEMA


Record = (
    RunRecord
    | CityRecord
    | TrainingRecord
    | TranslationRecord
    | ScoreRecord
    | ScaleRecord
    | ProbeRecord
    | ChangeRecord
    | VideoRecord
    | TimingRecord
    | BenchRecord
    | VotesRecord
    | CheckRecord
    | PeersRecord
    | CrawlRecord
)

TYPES: dict[str, type] = {
    "run": RunRecord,
    "city": CityRecord,
    "training": TrainingRecord,
    "translation": TranslationRecord,
    "score": ScoreRecord,
    "scale": ScaleRecord,
    "probe": ProbeRecord,
    "change": ChangeRecord,
    "video": VideoRecord,
    "timing": TimingRecord,
    "bench": BenchRecord,
    "votes": VotesRecord,
    "check": CheckRecord,
    "peers": PeersRecord,
    "crawl": CrawlRecord,
}
