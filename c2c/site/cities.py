"""Pictures of a city as it really is: the test views that a run holds of it."""

from pathlib import Path

from c2c.records import Panel, ProbeRecord, TranslationRecord
from c2c.records.types import Modality
from c2c.site.galleries import Cell
from c2c.site.placing import Placer
from c2c.site.reading import RunFolder
from c2c.site.words import title_case

BADGES: dict[Modality, str] = {"image": "Real", "depth": "True depth"}


def examples_of(run: RunFolder, city: str, placer: Placer, most: int, modality: Modality = "image") -> tuple[Cell, ...]:
    """Up to `most` real pictures of a city, spread evenly over its test pictures; brings them into the site."""
    folder, stems = _views(run, city, modality)
    cells = []
    for stem in _spread(stems, most):
        alt = f"{BADGES[modality]}: {title_case(city)}, picture {stem}"
        cells.append(Cell("input", BADGES[modality], placer.place(folder, stem, modality, alt)))
    return tuple(cell for cell in cells if cell.picture.shown)


def _views(run: RunFolder, city: str, modality: Modality) -> tuple[str, tuple[str, ...]]:
    """The folder of a city's largest views, and their names."""
    named = [(panel, size, stems) for panel, size, stems in _panels(run, city) if _shows(panel, modality)]
    if named:
        panel, _, stems = max(named, key=lambda found: (len(found[2]), found[1]))
        return panel.folder, stems
    return _on_disk(run.root, city, modality)


def _panels(run: RunFolder, city: str) -> list[tuple[Panel, int, tuple[str, ...]]]:
    """The panels of every record about translations out of a city."""
    records = [*(f.record for f in run.of(TranslationRecord)), *(f.record for f in run.of(ProbeRecord))]
    return [(panel, r.size, r.pictures) for r in records if r.source == city for panel in r.panels]


def _shows(panel: Panel, modality: Modality) -> bool:
    """Whether a panel shows the city itself, and nothing that was made of it; its true depth is its own as well."""
    return panel.modality == modality and (panel.role == "input" or (panel.role, modality) == ("truth", "depth"))


def _on_disk(root: Path, city: str, modality: Modality) -> tuple[str, tuple[str, ...]]:
    """The largest test views that lie in the run of a city that nothing is translated from."""
    views = root / "data" / city / "views"
    if not views.resolve().is_relative_to(root.resolve()):
        return "", ()
    folders = [path for path in views.glob(f"{modality}-*") if path.name.rpartition("-")[2].isdigit()]
    if not folders:
        return "", ()
    largest = max(folders, key=lambda path: int(path.name.rpartition("-")[2]))
    return largest.relative_to(root).as_posix(), tuple(sorted(path.stem for path in largest.glob("*.png")))


def _spread(stems: tuple[str, ...], most: int) -> list[str]:
    """Up to `most` names, evenly spaced."""
    count = min(most, len(stems))
    return [stems[(2 * number + 1) * len(stems) // (2 * count)] for number in range(count)]
