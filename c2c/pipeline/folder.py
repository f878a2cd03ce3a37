"""Where everything lies in a run's folder, and the ledger of stages that are done.

data/<city>/                                      manifest, and what was drawn or cropped
checkpoints/<approach>/
pictures/<approach>/<direction>/<size>/<panel>/   one PNG a test picture
records/*.json
site/index.html
recipe.json, stages.json
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from c2c.errors import RunError
from c2c.recipe import Recipe, recipe_from, resolved
from c2c.records import write_atomically
from c2c.training import processes


@dataclass(frozen=True)
class RunFolder:
    """The paths of one run."""

    root: Path

    @property
    def records(self) -> Path:
        """Folder of the records."""
        return self.root / "records"

    @property
    def site(self) -> Path:
        """Folder of the site."""
        return self.root / "site"

    def city(self, name: str) -> Path:
        """Folder of a city."""
        return self.root / "data" / name

    def manifest(self, city: str) -> Path:
        """File of a city's manifest."""
        return self.city(city) / "manifest.json"

    def checkpoints(self, approach: str) -> Path:
        """Folder of an approach's checkpoints."""
        return self.root / "checkpoints" / approach

    def pictures(self, approach: str, direction: str, size: int) -> Path:
        """Folder of the panels that an approach made."""
        return self.root / "pictures" / approach / direction / str(size)

    def relative(self, path: Path) -> str:
        """A path as records write it."""
        return path.relative_to(self.root).as_posix()

    def write_recipe(self, recipe: Recipe) -> None:
        """Keep the recipe of this run.

        Raises:
            RunError: the folder belongs to a run of another recipe.
        """
        path = self.root / "recipe.json"
        if path.is_file() and (other := self.read_recipe().name) != recipe.name:
            raise RunError(
                f"{self.root} holds a run of the recipe {other!r}, not {recipe.name!r}.\nChoose another --out."
            )
        write_atomically(path, json.dumps(resolved(recipe), indent=1) + "\n")

    def read_recipe(self) -> Recipe:
        """The recipe of this run.

        Raises:
            RunError: the folder holds no run.
        """
        path = self.root / "recipe.json"
        try:
            return recipe_from(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise RunError(
                f"{self.root} holds no run: {path.name} cannot be read.\n"
                f"Begin one:\n    c2c prepare toytown --out {self.root}"
            ) from error

    def start_afresh(self, folder: Path, key: str) -> None:
        """Make `folder` the place of a stage's output: emptied if what lies there was made from other inputs."""
        mark = folder / ".key"
        if not mark.is_file() or mark.read_text(encoding="utf-8") != key:
            shutil.rmtree(folder, ignore_errors=True)
            write_atomically(mark, key)


class Ledger:
    """Which stages are done, and from which inputs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.keys: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.keys = {}

    def is_done(self, stage: str, key: str) -> bool:
        """Whether a stage was done from the same inputs."""
        return self.keys.get(stage) == key

    def mark(self, stage: str, key: str) -> None:
        """Note that a stage is done."""
        self.keys[stage] = key
        self._write()

    def forget(self, *stages: str) -> None:
        """Note that stages are not done, whatever they were before."""
        if not self.keys.keys().isdisjoint(stages):
            self.keys = {stage: key for stage, key in self.keys.items() if stage not in stages}
            self._write()

    def _write(self) -> None:
        if processes.is_first():
            write_atomically(self.path, json.dumps(self.keys, indent=1) + "\n")
