"""Networks of a run as ONNX graphs: what lies in the run's folder `onnx/`, each graph beside what is known of it.

onnx/<approach>-<direction>.onnx    the graph
                           .json    a `Graph`, written last: a graph without one is not whole
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import msgspec

from c2c.records.store import write_json

FOLDER = "onnx"


@dataclass(frozen=True)
class Graph:
    """A generator of a run, from pictures to pictures, that runs without torch."""

    approach: str
    approach_kind: str
    direction: str
    source: str
    target: str
    trained_size: int  # side of the pictures that it was trained on, in pixels
    multiple_px: int  # of which the sides of its pictures are multiples
    shortest_px: int  # that a side may be
    size_bytes: int
    sha256: str
    made_from: str  # hash of the checkpoint and of the versions that wrote it
    format: Literal[1] = 1


def graph_file(run: Path, approach: str, direction: str) -> Path:
    """Where the graph of one direction lies."""
    return run / FOLDER / f"{approach}-{direction}.onnx"


def read_graph(file: Path) -> Graph | None:
    """What is known of a graph; None where it is not whole, or of another format."""
    try:
        graph = msgspec.json.decode(file.with_suffix(".json").read_bytes(), type=Graph)
        return graph if file.stat().st_size == graph.size_bytes else None
    except (OSError, msgspec.DecodeError):
        return None


def write_graph_facts(file: Path, graph: Graph) -> None:
    """Say of a graph that it is whole, and what it is."""
    write_json(file.with_suffix(".json"), asdict(graph))
