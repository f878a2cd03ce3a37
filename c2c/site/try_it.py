"""The page where a visitor translates a picture of his own: in his browser, with nothing sent anywhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from c2c.records import TranslationRecord
from c2c.records.graphs import Graph, graph_file
from c2c.site.galleries import approach_file
from c2c.site.placing import Picture, Placer
from c2c.site.reading import RunFolder
from c2c.site.runtime import LICENCE, NAME, SCRIPT, VERSION
from c2c.site.words import approach_name, direction_name, enumerate_words, slug, title_case

FILE = "try.html"
ENLARGED = (1, 2, 4)  # times the size of training that a picture can be translated at
LONGEST_PX = 1024  # side; larger ones do not fit into the memory that a browser gives
EXAMPLES = 4  # test pictures of each city, for visitors without a photo


@dataclass(frozen=True)
class TryIt:
    """What the page runs: graphs of the run, and the files of onnxruntime-web by name."""

    graphs: tuple[Graph, ...]
    runtime: Mapping[str, Path]


@dataclass(frozen=True)
class Size:
    """A side that a picture can be translated at."""

    px: int
    label: str


@dataclass(frozen=True)
class Network:
    """One generator that can be chosen."""

    label: str
    href: str
    approach_file: str
    source: str
    sizes: tuple[Size, ...]
    size_bytes: int
    save_as: str  # what the name of a saved picture ends with


@dataclass(frozen=True)
class Example:
    """A test picture that can be tried."""

    picture: Picture
    title: str
    city: str


@dataclass(frozen=True)
class Trial:
    """All that the page shows."""

    lede: str
    about: tuple[str, ...]
    networks: tuple[Network, ...]
    examples: tuple[Example, ...]
    runtime: str  # name and version
    script: str
    licence: str
    runtime_bytes: int


def trial_of(try_it: TryIt, run: RunFolder, placer: Placer) -> Trial:
    """The page of some graphs; brings them, what runs them and test pictures to try them with into the site."""
    for graph in try_it.graphs:
        placer.files.copy(graph_file(run.root, graph.approach, graph.direction), _network_href(graph))
    for name, path in try_it.runtime.items():
        placer.files.copy(path, f"runtime/{name}")
    networks = tuple(_network(graph) for graph in try_it.graphs)
    sources = {graph.source: None for graph in try_it.graphs}
    runtime_bytes = sum(path.stat().st_size for path in try_it.runtime.values())
    return Trial(
        lede="See a photo of yours in the look of another city. The network runs here, in this browser; the photo "
        "stays on this device and is sent nowhere.",
        about=_about(try_it.graphs, runtime_bytes),
        networks=networks,
        examples=tuple(example for city in sources for example in _examples(city, try_it.graphs, run, placer)),
        runtime=f"{NAME} {VERSION}",
        script=f"runtime/{SCRIPT}",
        licence=f"runtime/{LICENCE}",
        runtime_bytes=runtime_bytes,
    )


def _network(graph: Graph) -> Network:
    approach = approach_name(graph.approach, graph.approach_kind)
    return Network(
        label=f"{approach}: {direction_name(graph.source, graph.target, graph.direction)}",
        href=_network_href(graph),
        approach_file=approach_file(graph.approach),
        source=graph.source,
        sizes=tuple(_sizes(graph)),
        size_bytes=graph.size_bytes,
        save_as=slug(f"{graph.approach}-{graph.direction}"),
    )


def _network_href(graph: Graph) -> str:
    return f"networks/{slug(f'{graph.approach}-{graph.direction}')}.onnx"


def _sizes(graph: Graph) -> Iterator[Size]:
    """The size of training, and larger ones; each as large as the network's multiple asks for."""
    wanted = [max(times * graph.trained_size, graph.shortest_px) for times in ENLARGED]
    sides = dict.fromkeys(px + -px % graph.multiple_px for px in wanted)
    for number, px in enumerate(sides):
        if number == 0 or px <= LONGEST_PX:
            yield Size(px, f"{px} px, as trained" if px == graph.trained_size else f"{px} px")


def _examples(city: str, graphs: tuple[Graph, ...], run: RunFolder, placer: Placer) -> Iterator[Example]:
    """The first test pictures of a city, from the smallest translation that shows them."""
    ways = {(graph.approach, graph.direction) for graph in graphs if graph.source == city}
    records = [filed.record for filed in run.of(TranslationRecord)]
    fitting = [record for record in records if (record.approach, record.direction) in ways and record.pictures]
    if not fitting:
        return
    record = min(fitting, key=lambda record: record.size)
    inputs = [panel for panel in record.panels if (panel.role, panel.modality) == ("input", "image")]
    for panel in inputs[:1]:
        for stem in record.pictures[:EXAMPLES]:
            alt = f"Real: a test picture of {title_case(city)}, {stem}"
            picture = placer.place(panel.folder, stem, "image", alt)
            if isinstance(picture, Picture):
                yield Example(picture, title_case(city), city)


def _about(graphs: tuple[Graph, ...], runtime_bytes: int) -> tuple[str, ...]:
    cities = enumerate_words(sorted({title_case(city) for graph in graphs for city in (graph.source, graph.target)}))
    largest = max(graph.size_bytes for graph in graphs)
    return (
        "The centre square of the photo is cut out and brought to the chosen size by the filter that the test "
        "pictures went through, so the network sees it as it saw those.",
        f"The networks have seen pictures of {cities}, as this run has them, and nothing else. Whatever you "
        "choose is painted with what they learnt there.",
        f"With the first photo about {_megabytes(runtime_bytes + largest)} are loaded from this site; they are kept "
        "by the browser.",
    )


def _megabytes(count: int) -> str:
    return f"{max(1, round(count / 1e6))} MB"
