"""The generators of a run as ONNX graphs, for a page that translates a visitor's own picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from c2c import __version__
from c2c.approaches import Direction
from c2c.errors import CheckpointError
from c2c.exchange.onnx_graph import export_onnx
from c2c.paths import sha256_of
from c2c.pipeline.folder import RunFolder
from c2c.pipeline.reporter import Progress
from c2c.recipe import Recipe, digest
from c2c.records.graphs import Graph, graph_file, read_graph, write_graph_facts
from c2c.training.checkpoint import kept, newest, read_description


@dataclass(frozen=True)
class Wanted:
    """One direction of a trained approach."""

    approach: str
    way: Direction
    checkpoint: Path


@dataclass(frozen=True)
class RunGraphs:
    """The graphs of a run, and why one is missing."""

    graphs: tuple[Graph, ...]
    problems: tuple[str, ...]


def export_graphs(folder: RunFolder, progress: Progress) -> RunGraphs:
    """Write every generator of a run that makes pictures out of pictures as a graph; one that is there is kept.

    Of an approach that was trained with several seeds, the first is taken.

    Raises:
        RunError: the folder holds no run.
        CheckpointError: none of its approaches has such a generator.
        OutputError: a package that this needs is not installed, or the folder cannot be written to.
    """
    recipe = folder.read_recipe()
    wanted = list(_wanted(folder, recipe))
    graphs, problems = [], []
    for number, each in enumerate(wanted, start=1):
        try:
            graphs.append(_graph(folder, recipe, each))
        except CheckpointError as error:
            problems.append(f"{each.approach}, {each.way.name}: {error}")
        progress(number, len(wanted))
    if not graphs:
        why = "\n".join(problems) or "A trained CycleGAN, CUT, depth chain or imported generator was needed."
        raise CheckpointError(f"{folder.root} has no network that makes pictures out of pictures.\n{why}")
    return RunGraphs(tuple(graphs), tuple(problems))


def _wanted(folder: RunFolder, recipe: Recipe) -> Iterator[Wanted]:
    """The directions from image to image of every approach with networks that are trained."""
    for name, own in recipe.approaches.items():
        repeats_another = name.rpartition("-seed-")[0] in recipe.approaches
        place = folder.checkpoints(name)
        if own.needs == "style_pictures" or repeats_another or newest(place) is None:
            continue
        checkpoint = kept(place, own.training.keep)
        for way in recipe.directions_of(name):
            if checkpoint and (way.takes, way.gives) == ("image", "image"):
                yield Wanted(name, way, checkpoint)


def _graph(folder: RunFolder, recipe: Recipe, wanted: Wanted) -> Graph:
    """The graph of one direction, written unless the one that is there is of the same networks."""
    description = read_description(wanted.checkpoint)
    made_from = digest([__version__, torch.__version__, description.key, description.step, wanted.way.name])
    file = graph_file(folder.root, wanted.approach, wanted.way.name)
    if (there := read_graph(file)) and there.made_from == made_from:
        return there
    for old in (file.with_suffix(".json"), file):
        old.unlink(missing_ok=True)
    metadata = export_onnx(wanted.checkpoint, file, wanted.way.name).metadata
    graph = Graph(
        approach=wanted.approach,
        approach_kind=recipe.approaches[wanted.approach].kind,
        direction=wanted.way.name,
        source=wanted.way.source,
        target=wanted.way.target,
        trained_size=recipe.size_of(wanted.approach),
        multiple_px=int(metadata["c2c.multiple_px"]),
        shortest_px=int(metadata["c2c.shortest_px"]),
        size_bytes=file.stat().st_size,
        sha256=sha256_of(file),
        made_from=made_from,
    )
    write_graph_facts(file, graph)
    return graph
