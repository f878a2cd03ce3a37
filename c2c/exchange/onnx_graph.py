"""An approach as an ONNX graph: from a picture to the translated picture, for programs without torch.

The graph takes `picture`, (N, channels, H, W) in [-1, 1] with sides that are multiples of what its metadata says, and
gives `translated`, likewise. What the graph is tells its metadata, under keys that begin with "c2c.".
"""

import importlib.util
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim

from c2c import __version__
from c2c.approaches import Approach, Direction
from c2c.approaches.pix2pix import CHANNELS
from c2c.errors import CheckpointError, OutputError
from c2c.exchange.new_files import new_files
from c2c.exchange.trained import trained
from c2c.recipe import Recipe, digest
from c2c.translation.folder import direction_named
from c2c.translation.panels import SHORTEST_PX

OPSET, IR_VERSION = 18, 8  # the oldest that torch writes without converting, and the format of its time
CHECKED_PX = ((128, 128), (256, 256), (128, 320))  # height and width, each rounded up to a multiple
CHECKED_BATCHES = (1, 2)
TOLERANCE = 1 / 255  # half a step of an 8-bit picture


@dataclass(frozen=True)
class Check:
    """How far the graph was from torch on pictures of one shape."""

    shape: tuple[int, int, int, int]
    difference: float  # the largest of any pixel, on the scale from -1 to 1


@dataclass(frozen=True)
class ExportedGraph:
    """What was written, and how well it agrees with torch."""

    file: Path
    metadata: dict[str, str]
    checks: tuple[Check, ...]


class _Translator(nn.Module):
    """One direction of an approach as a module, for torch to trace."""

    def __init__(self, approach: Approach, direction: Direction) -> None:
        super().__init__()
        self.networks = approach.networks
        self.approach, self.direction = approach, direction

    def forward(self, picture: Tensor) -> Tensor:
        return self.approach.generate(picture, self.direction)


def export_onnx(checkpoint: Path, out: Path, direction: str | None = None) -> ExportedGraph:
    """Write one direction of a checkpoint as an ONNX graph of any batch, height and width, and check it against torch.

    The check runs the graph with ONNX Runtime on noise of several shapes; the file appears only after it.

    Args:
        checkpoint: a checkpoint's folder, or the folder of an approach's checkpoints.
        out: the file.
        direction: name of the direction; None: the only one.

    Raises:
        CheckpointError: there is none, it does not know the direction, or it translates by no network.
        OutputError: a package that this needs is not installed; the file is there already, or cannot be written.
    """
    _need("onnx", "onnxscript", "onnxruntime")
    approach, recipe, name = trained(checkpoint)
    way = direction_named(approach, direction)
    if approach.needs == "style_pictures":
        raise CheckpointError(
            f"{checkpoint} optimises each picture by itself, so there is no network that a graph could hold. "
            "An approach that is trained was needed, such as CycleGAN."
        )
    metadata = _metadata(approach, way, recipe, name)
    return ExportedGraph(out, metadata, write_graph(approach, way, metadata, out))


def write_graph(approach: Approach, way: Direction, metadata: dict[str, str], out: Path) -> tuple[Check, ...]:
    """Write one direction of an approach as an ONNX graph; returns how it compares with torch.

    Raises:
        CheckpointError: torch cannot write it, or ONNX Runtime makes other pictures of it; there is no file then.
        OutputError: the file is there already, or cannot be written.
    """
    with new_files(out) as (part,):
        part.write_bytes(_graph(approach, way, metadata))
        checks = tuple(_checks(part, approach, way))
        worst = max(checks, key=lambda check: check.difference)
        if not worst.difference <= TOLERANCE:
            raise CheckpointError(
                f"The graph of {type(approach).__name__} differs from torch by {worst.difference:.2g} on a picture of "
                f"{worst.shape}; at most {TOLERANCE:.2g} was needed. It is not kept. Try other versions of torch and "
                "onnxruntime."
            )
    return checks


def _need(*packages: str) -> None:
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        raise OutputError(
            f"ONNX graphs need {' and '.join(missing)}, not installed here. Install what they need:\n"
            '    python -m pip install "c2c[onnx]"\nor, in a checkout of c2c:\n    python -m pip install -e ".[onnx]"'
        )


def _metadata(approach: Approach, way: Direction, recipe: Recipe, name: str) -> dict[str, str]:
    near_m, far_m = recipe.approaches[name].depth_range_m(recipe)
    depth = {"near_m": near_m, "far_m": far_m} if "depth" in (way.takes, way.gives) else {}
    told = {
        "version": __version__,
        "recipe_sha256": digest(recipe),
        "kind": recipe.approaches[name].kind,
        "direction": way.name,
        "takes": way.takes,
        "gives": way.gives,
        "range": "-1 1",
        "multiple_px": approach.multiple,
        "shortest_px": max(SHORTEST_PX, approach.multiple),
        **depth,
    }
    return {f"c2c.{key}": str(value) for key, value in told.items()}


def _graph(approach: Approach, way: Direction, metadata: dict[str, str]) -> bytes:
    """The graph as ONNX stores it."""
    multiple = approach.multiple
    fewest = -(-SHORTEST_PX // multiple)  # so often the multiple goes into the shortest side, rounded up
    example = torch.zeros(2, CHANNELS[way.takes], 3 * fewest * multiple, 4 * fewest * multiple)
    height, width = (Dim(name, min=fewest) for name in ("height", "width"))
    if multiple > 1:
        height, width = multiple * height, multiple * width
    try:
        with warnings.catch_warnings(action="ignore"), torch.no_grad():  # they speak to those who write exporters
            program = torch.onnx.export(
                _Translator(approach, way).eval(),
                (example,),
                input_names=["picture"],
                output_names=["translated"],
                opset_version=OPSET,
                dynamic_shapes=({0: Dim("batch", min=1), 2: height, 3: width},),
                custom_translation_table={torch.ops.aten.group_norm.default: _group_norm},
                dynamo=True,
                verbose=False,
            )
    except Exception as error:  # whatever an approach from outside c2c does that ONNX cannot say
        cause: BaseException = error
        while cause.__cause__:
            cause = cause.__cause__
        raise CheckpointError(
            f"{type(approach).__name__} cannot be written as a graph by torch {torch.__version__}: "
            f"{type(cause).__name__}: {str(cause).strip().partition(chr(10))[0]}"
        ) from error
    assert program is not None
    model = program.model_proto
    model.ir_version = IR_VERSION
    graph = model.graph
    for part in (graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        part.ClearField("metadata_props")  # stack traces, with folders of this machine; newer than that format
        part.ClearField("doc_string")
    for key, value in metadata.items():
        model.metadata_props.add(key=key, value=value)
    return model.SerializeToString()


def _group_norm(
    x: Any,
    num_groups: int,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Any:
    """Group norm as ONNX says it; with a group a channel it is instance norm, one node where torch writes five."""
    from onnxscript import opset18

    op: Any = opset18  # its types are those of all that a node may hold
    channels = x.shape[1]
    if num_groups == channels:
        weight = op.Constant(value_floats=[1.0] * channels) if weight is None else weight
        bias = op.Constant(value_floats=[0.0] * channels) if bias is None else bias
        return op.InstanceNormalization(x, weight, bias, epsilon=eps)
    one, none = op.Constant(value_floats=[1.0] * num_groups), op.Constant(value_floats=[0.0] * num_groups)
    groups = op.Reshape(x, op.Constant(value_ints=[0, num_groups, -1]))
    normed = op.Reshape(op.InstanceNormalization(groups, one, none, epsilon=eps), op.Shape(x))
    each = op.Constant(value_ints=[1, channels, *[1] * (len(x.shape) - 2)])
    normed = normed if weight is None else op.Mul(normed, op.Reshape(weight, each))
    return normed if bias is None else op.Add(normed, op.Reshape(bias, each))


def _checks(file: Path, approach: Approach, way: Direction) -> Iterator[Check]:
    """The largest difference between graph and torch for each batch and size, on noise."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    generator = torch.Generator().manual_seed(0)
    sizes = dict.fromkeys(tuple(side + -side % approach.multiple for side in size) for size in CHECKED_PX)
    for height, width in sizes:
        for batch in CHECKED_BATCHES:
            shape = batch, CHANNELS[way.takes], height, width
            picture = torch.rand(shape, generator=generator) * 2 - 1
            with torch.no_grad():
                wanted = approach.generate(picture, way)
            found = torch.from_numpy(session.run(None, {"picture": picture.numpy()})[0])
            yield Check(shape, float((found - wanted).abs().max()))
