"""The probing stage: what a cycle hides in its middle picture, and which half of a depth chain loses.

A probe looks at a few test pictures at the size of training. It starts from the pictures that the translation saved, so
that only what is new goes through a network.
"""

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from c2c.approaches import Approach, Direction
from c2c.approaches.depth_chain import DepthChain
from c2c.data.datasets import to_uint8
from c2c.data.depth_code import DepthCode
from c2c.data.manifest import ManifestEntry
from c2c.data.pictures import write_picture
from c2c.data.splits import spread
from c2c.evaluation.features import features_of
from c2c.evaluation.pictures import read_depth_m, read_picture
from c2c.evaluation.probes import (
    JPEG_QUALITY,
    NOISE_SIGMA,
    Compared,
    as_jpeg,
    depth_findings,
    hidden_share,
    others_of,
    with_noise,
)
from c2c.evaluation.score import depth_scores, kid_score
from c2c.evaluation.structure import structure_details, structure_distance
from c2c.models.features import EfficientNetLite0
from c2c.pipeline.cities import manifest_of, test_entries, views_of, views_of_tests
from c2c.pipeline.reporter import Progress
from c2c.pipeline.run import Run
from c2c.pipeline.translating import translate_key, truth_folder
from c2c.recipe import DepthChainRecipe, Recipe
from c2c.records import Panel, ProbeRecord, Score, Trial, write_record
from c2c.training.checkpoint import load_approach
from c2c.translation.folder import code_of
from c2c.translation.panels import DEPTH, FAKE, RECONSTRUCTED, pad_to_multiple

PICTURES = 8  # of a test set that are probed, spread evenly: some seconds on two cores
PROBES = "probes"  # folder of their pictures, beside the panels of the translation

HARMS: dict[str, Callable[[Tensor, int], Tensor]] = {
    "8-bit": lambda pictures, seed: pictures,  # as they are saved
    "jpeg": lambda pictures, seed: as_jpeg(pictures),
    "noise": with_noise,
}
SAID = {  # the middle picture, then the depth
    "as trained": "as the network made it",
    "8-bit": "as it is saved, 8 bits a channel",
    "jpeg": f"as JPEG of quality {JPEG_QUALITY}, 4:2:0",
    "noise": f"with noise, sigma {NOISE_SIGMA:g} of the range",
    "other": "of another picture",
    "true": "true depth",
    "predicted": "predicted depth",
    "shuffled": "another picture's depth",
    "blank": "no depth anywhere",
}


def is_probed(recipe: Recipe, name: str) -> bool:
    """Whether there is a look inside this approach: it goes both ways, or is a depth chain."""
    return isinstance(recipe.approaches[name], DepthChainRecipe) or any(
        back_of(direction, recipe.directions_of(name)) for direction in recipe.directions_of(name)
    )


def back_of(direction: Direction, directions: Iterable[Direction]) -> Direction | None:
    """The direction that leads back, if there is one."""
    wanted = (direction.target, direction.source, direction.gives, direction.takes)
    return next((d for d in directions if (d.source, d.target, d.takes, d.gives) == wanted and d != direction), None)


def probe_key(run: Run, name: str) -> str:
    """What the probes of an approach depend on."""
    cities = {city for d in run.recipe.directions_of(name) for city in (d.source, d.target)}
    return run.key(translate_key(run, name), [manifest_of(run, c).sha256 for c in sorted(cities)], run.recipe.seed)


def probe(run: Run, name: str, progress: Progress) -> str:
    """Probe an approach in every direction, and record it; returns a line that tells what was found."""
    approach, _ = load_approach(run.folder.checkpoints(name), run.device, run.recipe.approaches[name].training.keep)
    approach.networks.to(run.device).eval()
    network = EfficientNetLite0().to(run.device)
    told = []
    for number, direction in enumerate(approach.directions, start=1):
        back = back_of(direction, approach.directions)
        job = _Job(run, name, approach, direction, network)
        if isinstance(approach, DepthChain):
            told.append(_probe_chain(job, approach))
        elif back and RECONSTRUCTED in approach.panels(direction):
            told.append(_probe_cycle(job, back))
        progress(number, len(approach.directions))
    return ", ".join(told)


@dataclass(frozen=True)
class _Job:
    """One approach in one direction, and where its pictures are."""

    run: Run
    name: str
    approach: Approach
    direction: Direction
    network: EfficientNetLite0

    @property
    def size(self) -> int:
        return self.run.recipe.size_of(self.name)

    @property
    def made(self) -> Path:
        """Folder of the panels that the translation made."""
        return self.run.folder.pictures(self.name, self.direction.name, self.size)

    @property
    def truth(self) -> Path | None:
        """Folder of the true pictures, where there are some."""
        return truth_folder(self.run, self.direction, self.size)

    def entries(self, with_depth: bool = False) -> list[ManifestEntry]:
        """The test pictures that are probed."""
        tests = test_entries(self.run, manifest_of(self.run, self.direction.source))
        chosen = [entry for entry in tests if entry.depth is not None] if with_depth else tests
        return chosen if len(chosen) <= PICTURES else spread(chosen, PICTURES)

    def stems(self, entries: list[ManifestEntry]) -> list[str]:
        manifest = manifest_of(self.run, self.direction.source)
        return [manifest.stem_of(entry) for entry in entries]

    def views(self, entries: list[ManifestEntry], kind: str = "image") -> Path:
        return views_of(self.run, manifest_of(self.run, self.direction.source), entries, self.size, kind)

    def save(self, fed: str, stems: list[str], pictures: Tensor) -> str:
        """Save what a network made; gives the folder as records write it."""
        folder = self.made / PROBES / fed
        shutil.rmtree(folder, ignore_errors=True)
        for stem, picture in zip(stems, pictures, strict=True):
            write_picture(folder / f"{stem}.png", picture.permute(1, 2, 0).numpy())
        return self.run.folder.relative(folder)

    def panel(self, folder: Path | str, role: str, caption: str, modality: str = "image") -> Panel:
        """A column of pictures."""
        where = folder if isinstance(folder, str) else self.run.folder.relative(folder)
        return Panel(role, modality, where, caption)  # type: ignore[arg-type]

    def record(self, **found: object) -> None:
        record = ProbeRecord(
            approach=self.name,
            approach_kind=self.run.recipe.approaches[self.name].kind,
            direction=self.direction.name,
            source=self.direction.source,
            target=self.direction.target,
            size=self.size,
            provenance=self.run.provenance(),
            **found,  # type: ignore[arg-type]
        )
        write_record(self.run.folder.records, record)


def _probe_cycle(job: _Job, back: Direction) -> str:
    """Harm the middle pictures, and see what the way back still makes of them."""
    entries, seed = job.entries(), job.run.recipe.seed
    stems, inputs = job.stems(entries), job.views(entries)
    truth = Compared(stems, _pictures(inputs, stems), "input", job.network)
    middle, trained = (_pictures(job.made / panel, stems) for panel in (FAKE, RECONSTRUCTED))
    as_trained = truth.scores(trained, _fed("as trained"))
    other = truth.l1(trained[others_of(len(stems), seed)], _fed("other"))
    trials, findings = [Trial("as trained", SAID["as trained"], as_trained)], []
    panels = [
        job.panel(inputs, "input", "real"),
        job.panel(job.made / FAKE, "output", "generated: the middle picture"),
        job.panel(job.made / RECONSTRUCTED, "reconstruction", "reconstructed, as trained"),
    ]
    for harm, do in HARMS.items():
        pictures = torch.stack([_generated(job.approach, back, _as_float(one)) for one in do(middle, seed)])
        folder = job.save(harm, stems, pictures)
        control = truth.l1(do(trained, seed), _fed(harm) | {"harmed": "the reconstruction"})
        scores = truth.pixel_scores(pictures, _fed(harm))
        trials.append(Trial(harm, SAID[harm], scores, control))
        panels.append(job.panel(folder, "reconstruction", f"reconstructed, {harm} in between"))
        findings.append(hidden_share(harm, scores[0], control, as_trained[0], other))
    job.record(
        probe="cycle",
        metric="l1",
        trials=(*trials, Trial("other", SAID["other"], (other,))),
        findings=tuple(findings),
        depth_scores=(),
        panels=tuple(panels),
        pictures=tuple(stems),
    )
    share = findings[-1].value
    return f"{job.direction.name}: " + ("nothing comes back" if share is None else f"{share:.0%} hidden from noise")


def _probe_chain(job: _Job, chain: DepthChain) -> str:
    """Feed the second half with other depth than the predicted one."""
    code = code_of(job.run.recipe, job.name)
    entries = job.entries(with_depth=True)
    known = len(entries) > 1
    entries = entries if known else job.entries()
    stems, inputs = job.stems(entries), job.views(entries)
    depths = job.views(entries, "depth") if known else job.made / DEPTH
    pictures = _drawn(job, chain, [_depth_code(depths / f"{stem}.png", code) for stem in stems], known)
    pictures["predicted"] = _pictures(job.made / FAKE, stems)
    folders = {fed: job.save(fed, stems, made) for fed, made in pictures.items() if fed != "predicted"}
    folders["predicted"] = job.run.folder.relative(job.made / FAKE)
    scored = _scored(job, inputs, stems, pictures, folders)
    metric = "perceptual" if any(score.metric == "perceptual" for score in scored["predicted"]) else "structure"
    errors = {fed: next(score for score in scores if score.metric == metric) for fed, scores in scored.items()}
    predicted, true = ({stem: folder / f"{stem}.png" for stem in stems} for folder in (job.made / DEPTH, depths))
    shown = [fed for fed in ("true", "predicted", "shuffled", "blank") if fed in pictures]
    job.record(
        probe="chain",
        metric=metric,
        trials=tuple(Trial(fed, SAID[fed], scored[fed]) for fed in shown),
        findings=(findings := depth_findings(errors)),
        depth_scores=depth_scores(predicted, true, code.far_m) if known else (),
        panels=(
            job.panel(inputs, "input", "real"),
            *([job.panel(depths, "truth", "true depth", "depth")] if known else []),
            job.panel(job.made / DEPTH, "middle", "predicted depth", "depth"),
            *(job.panel(folders[fed], "output", f"generated from {SAID[fed]}") for fed in shown),
            *([job.panel(job.truth, "truth", "the true picture")] if job.truth else []),
        ),
        pictures=tuple(stems),
    )
    lost = {finding.name: finding.value for finding in findings}.get("share of the predicted depth")
    return f"{job.direction.name}: " + ("no true depth" if lost is None else f"{lost:.0%} lost to the predicted depth")


def _drawn(job: _Job, chain: DepthChain, codes: list[Tensor], known: bool) -> dict[str, Tensor]:
    """What the second half makes of each picture's own depth where it is the true one, of another's, and of none."""
    renderer = chain.halves[1]

    def draw(given: list[Tensor]) -> Tensor:
        return torch.stack([_generated(renderer, renderer.directions[0], one) for one in given])

    others = [codes[other] for other in others_of(len(codes), job.run.recipe.seed)]
    blank = code_of(job.run.recipe, job.name).encode(torch.zeros(1, 1, job.size, job.size))[0]
    pictures = {"true": draw(codes)} if known else {}
    shuffled = draw(others)
    return pictures | {"shuffled": shuffled, "blank": draw([blank]).expand_as(shuffled)}


def _scored(
    job: _Job, inputs: Path, stems: list[str], pictures: Mapping[str, Tensor], folders: Mapping[str, str]
) -> dict[str, tuple[Score, ...]]:
    """The scores of what was drawn from each depth: against the truth where there is one, else by structure and KID."""
    if job.truth:
        against = "dressed truth" if job.direction.source != job.direction.target else "truth"
        true = Compared(stems, _pictures(job.truth, stems), against, job.network)
        return {fed: true.scores(made, _fed(fed)) for fed, made in pictures.items()}
    real = Compared(stems, _pictures(inputs, stems), "input", job.network)
    reference = features_of(views_of_tests(job.run, job.direction.target, job.size), job.network)
    scored: dict[str, tuple[Score, ...]] = {}
    for fed, made in pictures.items():
        values = structure_distance(job.network, real.pictures, made).tolist()
        structure = real.score("structure", values, structure_details(job.network) | _fed(fed))
        paths = [job.run.folder.root / folders[fed] / f"{stem}.png" for stem in stems]
        scored[fed] = (structure, kid_score(paths, reference, job.network))
    return scored


def _fed(fed: str) -> dict[str, str]:
    """What the protocol of a probe's score states beside."""
    return {"fed": SAID[fed]}


def _pictures(folder: Path, stems: list[str]) -> Tensor:
    """Saved pictures, (N, 3, H, W) uint8."""
    return torch.stack([read_picture(folder / f"{stem}.png") for stem in stems])


def _as_float(picture: Tensor) -> Tensor:
    """An 8-bit picture in [-1, 1]."""
    return picture.float() / 127.5 - 1


def _depth_code(path: Path, code: DepthCode) -> Tensor:
    """The code (2, H, W) of a depth map."""
    return code.encode(torch.from_numpy(read_depth_m(path)).float()[None, None])[0]


@torch.no_grad()
def _generated(approach: Approach, direction: Direction, picture: Tensor) -> Tensor:
    """What an approach makes of one picture or depth code (C, H, W), as it would be saved: (3, H, W) uint8."""
    height, width = picture.shape[1:]
    device = next(approach.networks.parameters()).device
    made = approach.generate(pad_to_multiple(picture[None].to(device), approach.multiple), direction)
    return torch.from_numpy(to_uint8(made[0, :, :height, :width])).permute(2, 0, 1)
