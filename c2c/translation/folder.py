"""Any pictures through a checkpoint: one file or a folder, of any sizes, into PNG files of the same names."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch

from c2c.approaches import Approach, Direction
from c2c.data.datasets import to_tensor
from c2c.data.depth_code import DepthCode
from c2c.data.pictures import DEPTH_SCALE, read_depth, read_picture
from c2c.data.stems import unique_stems
from c2c.data.walk import find_pictures
from c2c.errors import CheckpointError, NoPictures, OutputError, PictureError
from c2c.models.devices import pick_device
from c2c.recipe import Recipe
from c2c.records import Skipped, write_atomically
from c2c.training import processes
from c2c.training.checkpoint import load_approach, recipe_of
from c2c.training.loop import Progress
from c2c.translation.panels import SHORTEST_PX, save_panel, translate_one


@dataclass(frozen=True)
class Translated:
    """What was written, and what could not be read."""

    written: tuple[Path, ...]
    skipped: tuple[Skipped, ...]
    padded: int  # had sides that the networks cannot take: padded, and cropped back
    multiple: int  # of pixels that the networks take


def translate_folder(
    checkpoint: Path, pictures: Path, out: Path, direction: str | None, device: str, progress: Progress
) -> Translated:
    """Translate a picture, or every picture below a folder, and write out/<name>.png.

    A translation that was stopped goes on; pictures of another checkpoint or direction are made anew.

    Args:
        checkpoint: a checkpoint's folder, or the folder of an approach's checkpoints.
        pictures: a picture or a folder; 16-bit depth PNG where the direction takes depth.
        out: where the PNG files go.
        direction: name of the direction; None: the only one.
        device: "cpu", "cuda" or "auto".
        progress: called with the pictures done and all pictures.

    Raises:
        CheckpointError: there is none, or it does not know the direction.
        NoPictures: there is nothing to translate.
        OutputError: a translated picture would have the place of another picture, which c2c did not make.
    """
    chosen = pick_device(device)
    approach, description = load_approach(checkpoint, chosen)
    approach.networks.eval()
    way = direction_named(approach, direction)
    recipe = recipe_of(description)
    code = code_of(recipe, description.approach)
    sources, skipped = _sources(pictures)
    made_by = f"{description.key} {description.step} {way.name}"
    processes.decided_by_first(lambda: _make_room(out, list(sources), made_by))
    scale = recipe.cities[way.source].depth_scale
    written, padded = [], 0
    mine = processes.share(list(sources.items()))
    for number, (stem, path) in enumerate(mine, start=1):
        target = out / f"{stem}.png"
        try:
            if not target.is_file():
                picture = load_input(path, way, code, scale)
                made = translate_one(approach, way, picture.to(chosen))
                padded += any(side % approach.multiple or side < SHORTEST_PX for side in picture.shape[1:])
                save_panel(target, made["fake"], way.gives, code)
            written.append(target)
        except PictureError as error:
            skipped.append(Skipped(str(path), str(error)))
        progress(number, len(mine))
    written = sorted(path for part in processes.gather(written) for path in part)
    skipped = list(dict.fromkeys(one for part in processes.gather(skipped) for one in part))
    if not written:
        raise NoPictures(f"None of the pictures in {pictures} could be used; the first: {skipped[0].reason}")
    return Translated(tuple(written), tuple(skipped), sum(processes.gather(padded)), approach.multiple)


def code_of(recipe: Recipe, name: str) -> DepthCode:
    """The code in which an approach sees depth."""
    return DepthCode(*recipe.approaches[name].depth_range_m(recipe))


def load_input(path: Path, direction: Direction, code: DepthCode, scale: float = DEPTH_SCALE) -> torch.Tensor:
    """What a direction takes, from its file: (3, H, W) in [-1, 1], or a depth code (2, H, W).

    Args:
        path: a picture, or a depth map.
        direction: says which.
        code: how the approach sees depth.
        scale: a depth map's value of one metre.

    Raises:
        PictureError: the file cannot be used; it is named.
    """
    if direction.takes == "depth":
        return code.encode(torch.from_numpy(read_depth(path, scale))[None, None])[0]
    return to_tensor(read_picture(path))


def direction_named(approach: Approach, name: str | None) -> Direction:
    """The direction of that name; None: the only one.

    Raises:
        CheckpointError: there is none of that name, or there are several and none was named.
    """
    known = {direction.name: direction for direction in approach.directions}
    if name is None and len(known) == 1:
        return approach.directions[0]
    if name is None or name not in known:
        said = "None was named" if name is None else f"{name!r} is none of them"
        raise CheckpointError(
            f"This checkpoint translates {' and '.join(known)}. {said}. Say, for example:\n"
            f"    --direction {next(iter(known))}"
        )
    return known[name]


def _make_room(out: Path, stems: list[str], made_by: str) -> None:
    """Keep the pictures in `out` that are of this translation, and remove those of another that c2c made there."""
    mark = out / ".made-by.json"
    makers: dict[str, str] = json.loads(mark.read_text(encoding="utf-8")) if mark.is_file() else {}
    there = {stem: path for stem in stems if (path := out / f"{stem}.png").is_file()}
    for stem, path in there.items():
        if stem not in makers:
            raise OutputError(
                f"{path} is there already, and c2c did not make it. Say another folder, such as\n    --out translated"
            )
    for stem, path in there.items():
        if makers[stem] != made_by:
            path.unlink()
    write_atomically(mark, json.dumps(makers | dict.fromkeys(stems, made_by), indent=1) + "\n")


def _sources(pictures: Path) -> tuple[dict[str, Path], list[Skipped]]:
    if pictures.is_file():
        return {pictures.stem: pictures}, []
    if not pictures.is_dir():
        raise NoPictures(f"{pictures} does not exist. A picture, or a folder of pictures, was needed.")
    found, skipped = find_pictures(pictures)
    if not found:
        raise NoPictures(f"{pictures} holds no JPEG, PNG or WebP pictures.")
    stems = unique_stems([file.path for file in found])
    return {stem: pictures / path for path, stem in stems.items()}, skipped
