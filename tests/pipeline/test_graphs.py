import json
from types import SimpleNamespace

import onnxruntime
import pytest

from c2c.errors import CheckpointError, RunError
from c2c.pipeline import graphs
from c2c.pipeline.folder import RunFolder
from c2c.pipeline.graphs import export_graphs
from c2c.recipe import recipe_from
from c2c.records.graphs import graph_file, read_graph


def silent(done, total):
    pass


@pytest.fixture
def folder(tiny_table, tiny_checkpoint, tmp_path):
    """A run's folder with untrained checkpoints of some approaches of the tiny recipe."""
    made = RunFolder(tmp_path / "run")
    tiny_table["approaches"]["untrained"] = dict(tiny_table["approaches"]["cyclegan"])
    tiny_table["approaches"]["style"] = {"kind": "neural_style", "content": "old", "style": "new"}
    made.write_recipe(recipe_from(tiny_table))
    for name in ("cyclegan", "old-depth", "chain"):
        made.checkpoints(name).parent.mkdir(exist_ok=True)
        made.checkpoints(name).symlink_to(tiny_checkpoint(name).parent)
    return made


@pytest.fixture
def quick(monkeypatch):
    """Stands in for the export, which its own tests hold to torch; keeps what was asked for."""
    asked = []

    def export(checkpoint, out, direction):
        asked.append(direction)
        out.parent.mkdir(exist_ok=True)
        out.write_bytes(b"a graph")
        return SimpleNamespace(metadata={"c2c.multiple_px": "4", "c2c.shortest_px": "16"})

    monkeypatch.setattr(graphs, "export_onnx", export)
    return asked


def test_every_generator_from_pictures_to_pictures_becomes_a_graph_that_runs(folder):
    found = export_graphs(folder, silent)

    ways = [(graph.approach, graph.direction) for graph in found.graphs]
    assert ways == [("cyclegan", "old-to-new"), ("cyclegan", "new-to-old"), ("chain", "old-to-new")]
    assert found.problems == ()
    first = found.graphs[0]
    assert (first.approach_kind, first.source, first.target) == ("cyclegan", "old", "new")
    assert (first.trained_size, first.multiple_px, first.shortest_px) == (32, 4, 16)
    for graph in found.graphs:
        file = graph_file(folder.root, graph.approach, graph.direction)
        assert read_graph(file) == graph
        told = onnxruntime.InferenceSession(file).get_modelmeta().custom_metadata_map
        assert told["c2c.direction"] == graph.direction


def test_a_graph_that_is_there_is_kept_and_one_that_is_torn_or_of_other_weights_is_not(folder, quick):
    before = export_graphs(folder, silent)
    assert len(quick) == 3
    assert export_graphs(folder, silent) == before
    assert len(quick) == 3

    graph_file(folder.root, "chain", "old-to-new").write_bytes(b"a gra")
    facts = graph_file(folder.root, "cyclegan", "new-to-old").with_suffix(".json")
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"made_from": "another step"}))
    assert export_graphs(folder, silent) == before
    assert quick[3:] == ["new-to-old", "old-to-new"]


def test_an_export_that_was_killed_before_its_facts_were_written_is_done_again(folder, quick):
    file = graph_file(folder.root, "cyclegan", "old-to-new")
    file.parent.mkdir()
    file.write_bytes(b"half of it")

    export_graphs(folder, silent)

    assert file.read_bytes() == b"a graph"


def test_of_several_seeds_the_first_is_taken(tiny_table, tiny_checkpoint, tmp_path, quick):
    run = RunFolder(tmp_path / "run")
    tiny_table["approaches"]["cyclegan"]["seeds"] = 2
    run.write_recipe(recipe_from(tiny_table))
    run.checkpoints("cyclegan").parent.mkdir()
    for name in ("cyclegan", "cyclegan-seed-2"):
        run.checkpoints(name).symlink_to(tiny_checkpoint("cyclegan").parent)

    assert [graph.approach for graph in export_graphs(run, silent).graphs] == ["cyclegan", "cyclegan"]


def test_one_that_cannot_be_written_is_told_and_the_others_are_there(folder, quick, monkeypatch):
    whole = graphs.export_onnx

    def export(checkpoint, out, direction):
        if direction == "new-to-old":
            raise CheckpointError("ByNumpy cannot be written as a graph.")
        return whole(checkpoint, out, direction)

    monkeypatch.setattr(graphs, "export_onnx", export)
    found = export_graphs(folder, silent)

    assert len(found.graphs) == 2
    assert found.problems == ("cyclegan, new-to-old: ByNumpy cannot be written as a graph.",)


def test_a_run_without_such_a_network_and_a_folder_without_a_run_are_named(tiny_recipe, tmp_path):
    folder = RunFolder(tmp_path / "run")
    with pytest.raises(RunError, match="run holds no run"):
        export_graphs(folder, silent)
    folder.write_recipe(tiny_recipe)

    with pytest.raises(CheckpointError, match="no network that makes pictures out of pictures") as found:
        export_graphs(folder, silent)

    assert "A trained CycleGAN" in str(found.value)
