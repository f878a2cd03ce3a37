import importlib.util
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

import c2c
from c2c.approaches import Approach, Direction
from c2c.errors import CheckpointError, OutputError
from c2c.exchange.importing import import_checkpoint
from c2c.exchange.onnx_graph import export_onnx, write_graph
from c2c.recipe import digest
from c2c.training.checkpoint import read_description, recipe_of

WAY = Direction("old", "new")


def run(file, picture):
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return torch.from_numpy(session.run(["translated"], {"picture": picture.numpy()})[0])


def nodes(file):
    return Counter(node.op_type for node in onnx.load(file).graph.node)


@pytest.fixture(scope="module")
def graphs(tiny_checkpoint, tmp_path_factory):
    """A function that writes the graph of an approach of the tiny recipe, once."""
    made = {}

    def graph(name, direction=None):
        if (name, direction) not in made:
            out = tmp_path_factory.mktemp("graphs") / f"{name}.onnx"
            made[name, direction] = export_onnx(tiny_checkpoint(name), out, direction)
        return made[name, direction]

    return graph


CASES = [
    ("cyclegan", "old-to-new", (3, 3), 4),
    ("old-depth", None, (3, 2), 32),
    ("chain", None, (3, 3), 32),
]


@pytest.mark.parametrize(("name", "direction", "channels", "multiple"), CASES)
def test_a_graph_translates_any_batch_and_size_as_torch_does(
    name, direction, channels, multiple, graphs, tiny_checkpoint, loaded
):
    done, approach = graphs(name, direction), loaded(tiny_checkpoint(name))
    way = next(way for way in approach.directions if way.name == done.metadata["c2c.direction"])
    for batch, height, width in ((1, 32, 32), (3, 64, 96), (2, 160, 32), (1, 8 * multiple, 9 * multiple)):
        picture = torch.rand(batch, channels[0], height, width) * 2 - 1

        made = run(done.file, picture)

        assert made.shape == (batch, channels[1], height, width)
        assert torch.allclose(made, approach.generate(picture, way), atol=1e-5)


@pytest.mark.parametrize(("name", "direction", "channels", "multiple"), CASES)
def test_every_graph_was_compared_with_torch_at_several_sizes(name, direction, channels, multiple, graphs):
    checks = graphs(name, direction).checks

    assert [check.shape for check in checks] == [
        (batch, channels[0], *size) for size in ((128, 128), (256, 256), (128, 320)) for batch in (1, 2)
    ]
    assert max(check.difference for check in checks) < 1e-5


def test_a_network_of_somebody_else_becomes_a_graph(theirs, their_file, tmp_path, loaded):
    file = their_file(theirs("unet", levels=7, c=1, inside=2).state_dict())
    import_checkpoint(file, tmp_path / "ours", "old", "old", "running")

    done = export_onnx(tmp_path / "ours", tmp_path / "theirs.onnx")

    assert [check.shape for check in done.checks[1::2]] == [(2, 2, 128, 128), (2, 2, 256, 256), (2, 2, 128, 384)]
    approach, picture = loaded(tmp_path / "ours"), torch.rand(1, 2, 384, 128) * 2 - 1
    assert torch.allclose(run(done.file, picture), approach.generate(picture, WAY), atol=1e-4)
    assert "InstanceNormalization" not in nodes(done.file)


def test_the_way_back_is_a_graph_of_its_own(tiny_checkpoint, tmp_path, loaded):
    done = export_onnx(tiny_checkpoint("cyclegan"), tmp_path / "back.onnx", "new-to-old")
    approach, picture = loaded(tiny_checkpoint("cyclegan")), torch.rand(1, 3, 32, 48) * 2 - 1

    assert done.metadata["c2c.direction"] == "new-to-old"
    assert torch.allclose(run(done.file, picture), approach.generator_ba(picture), atol=1e-5)


def test_a_graph_says_what_it_is(graphs, tiny_checkpoint):
    done = graphs("cyclegan", "old-to-new")
    recipe = recipe_of(read_description(tiny_checkpoint("cyclegan")))

    found = onnxruntime.InferenceSession(done.file).get_modelmeta().custom_metadata_map

    assert found == done.metadata
    assert found == {
        "c2c.version": c2c.__version__,
        "c2c.recipe_sha256": digest(recipe),
        "c2c.kind": "cyclegan",
        "c2c.direction": "old-to-new",
        "c2c.takes": "image",
        "c2c.gives": "image",
        "c2c.range": "-1 1",
        "c2c.multiple_px": "4",
        "c2c.shortest_px": "16",
    }


def test_a_graph_of_depth_says_from_where_to_where(graphs):
    found = graphs("old-depth").metadata

    assert (found["c2c.gives"], found["c2c.near_m"], found["c2c.far_m"]) == ("depth", "1.0", "200.0")
    assert (found["c2c.multiple_px"], found["c2c.shortest_px"]) == ("32", "32")


def test_a_norm_is_one_node_and_the_format_is_an_old_one(graphs):
    file = graphs("cyclegan", "old-to-new").file
    model = onnx.load(file)

    onnx.checker.check_model(model, full_check=True)
    assert (model.ir_version, model.opset_import[0].version) == (8, 18)
    assert nodes(file)["InstanceNormalization"] == 7
    assert not nodes(file).keys() & {"Reshape", "Shape", "Mul"}


def test_the_sides_are_named_with_their_multiple(graphs):
    for value in (*(model := onnx.load(graphs("chain").file)).graph.input, *model.graph.output):
        sides = [side.dim_param or side.dim_value for side in value.type.tensor_type.shape.dim]
        assert sides == ["batch", 3, "32*height", "32*width"]


def test_a_graph_names_no_folder_of_the_machine_that_wrote_it(graphs):
    content = graphs("cyclegan", "old-to-new").file.read_bytes()

    assert str(Path(c2c.__file__).parent).encode() not in content
    assert str(Path(torch.__file__).parent).encode() not in content


class Outside(Approach):
    """An approach from outside c2c, of a single network."""

    needs = "unpaired"
    translators = ("network",)

    def __init__(self, *layers):
        super().__init__((WAY,), {"network": nn.Sequential(*layers)})

    def generate(self, picture, direction):
        return self.networks["network"](picture)


class Fickle(nn.Module):
    """Does another thing while torch writes its graph."""

    def forward(self, x):
        return -x if torch.compiler.is_exporting() else x


class ByNumpy(nn.Module):
    """Leaves torch, where no graph can follow."""

    def forward(self, x):
        return torch.from_numpy(np.sort(x.numpy()))


@pytest.mark.parametrize("affine", [True, False])
def test_a_norm_over_groups_of_channels_is_written_too(affine, tmp_path):
    norm = nn.GroupNorm(2, 6, affine=affine)
    if affine:
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    approach = Outside(nn.Conv2d(3, 6, 3, padding=1), norm, nn.Conv2d(6, 3, 1))

    checks = write_graph(approach, WAY, {}, tmp_path / "a.onnx")

    assert len(checks) == 6
    picture = torch.rand(2, 3, 17, 31)  # any sides: its multiple is 1
    with torch.no_grad():
        assert torch.allclose(run(tmp_path / "a.onnx", picture), approach.generate(picture, WAY), atol=1e-5)


@pytest.mark.parametrize(
    ("layer", "words"),
    [(Fickle(), "The graph of Outside differs from torch by"), (ByNumpy(), "Outside cannot be written as a graph")],
)
def test_a_graph_that_is_not_the_network_is_not_kept(layer, words, tmp_path):
    with pytest.raises(CheckpointError, match=words) as found:
        write_graph(Outside(layer), WAY, {}, tmp_path / "a.onnx")

    assert list(tmp_path.iterdir()) == []
    assert "\n" not in str(found.value)  # none of torch's advice


def test_neural_style_has_no_network_to_write(checkpoint_of, tmp_path):
    folder = checkpoint_of("style", kind="neural_style", content="old", style="new")

    with pytest.raises(CheckpointError, match="optimises each picture by itself"):
        export_onnx(folder, tmp_path / "a.onnx")


@pytest.mark.parametrize(("direction", "words"), [(None, "None was named"), ("old-to-old", "'old-to-old' is none of")])
def test_a_checkpoint_of_several_directions_must_be_told_which(direction, words, tiny_checkpoint, tmp_path):
    with pytest.raises(CheckpointError, match=words) as found:
        export_onnx(tiny_checkpoint("cyclegan"), tmp_path / "a.onnx", direction)
    assert "--direction old-to-new" in str(found.value)


def test_a_file_that_is_there_is_never_replaced(tiny_checkpoint, tmp_path):
    (tmp_path / "a.onnx").write_text("mine")

    with pytest.raises(OutputError, match=r"a\.onnx is there already"):
        export_onnx(tiny_checkpoint("chain"), tmp_path / "a.onnx")

    assert (tmp_path / "a.onnx").read_text() == "mine"


@pytest.mark.parametrize("package", ["onnx", "onnxscript", "onnxruntime"])
def test_a_missing_package_is_named_with_how_to_install_it(package, tiny_checkpoint, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    assert importlib.util.find_spec(package) is None

    with pytest.raises(OutputError, match=rf"ONNX graphs need {package}, not installed here") as found:
        export_onnx(tiny_checkpoint("chain"), tmp_path / "a.onnx")

    assert 'pip install "c2c[onnx]"' in str(found.value)
    assert 'pip install -e ".[onnx]"' in str(found.value)


def test_the_graph_of_a_picture_in_eight_bits_is_that_of_torch(graphs, tiny_checkpoint, loaded):
    approach, pixels = loaded(tiny_checkpoint("cyclegan")), np.arange(48 * 40 * 3, dtype=np.uint8).reshape(48, 40, 3)
    picture = torch.from_numpy(pixels.transpose(2, 0, 1)[None] / np.float32(127.5) - 1).float()

    made = run(graphs("cyclegan", "old-to-new").file, picture)

    steps = (made - approach.generate(picture, approach.directions[0])).abs() * 127.5
    assert steps.max() < 0.01
