"""Errors a person can act on: what was found, what was needed, and the next step.

Every error that c2c raises on purpose derives from `C2CError`; the command line prints its text
without a traceback and exits with status 1.
"""

from pathlib import Path


class C2CError(Exception):
    """Something a person can put right; the text says how."""


class RecipeError(C2CError):
    """A recipe holds a key or a value that cannot be used."""


class RecordError(C2CError):
    """A record cannot be read."""


class PictureError(C2CError):
    """A picture cannot be used; it is reported and skipped."""


class VideoError(C2CError):
    """A video cannot be used, or cannot be written."""


class NoPictures(C2CError):
    """A folder that should hold a city's pictures does not."""


class SplitError(C2CError):
    """A city cannot be split into training and test pictures as asked."""


class LeakError(C2CError):
    """Pictures of one split give away those of another."""


class ManifestError(C2CError):
    """A manifest cannot be read."""


class TooFewImages(C2CError):
    """A folder is too small for what is asked of it."""

    def __init__(self, folder: Path | str, found: int, needed: int, purpose: str) -> None:
        super().__init__(
            f"{folder} holds {found} usable pictures, but {purpose} needs at least {needed}.\n"
            "Add pictures to the folder, or ask for less of it in the recipe."
        )


class WeightsError(C2CError):
    """A pretrained network is missing or is not the file it should be."""


class ScoreError(C2CError):
    """Pictures cannot be scored as they are."""


class CheckpointError(C2CError):
    """A checkpoint is missing, torn, or of another network."""


class TrainingDiverged(C2CError):
    """A training went wrong, and its recipe says to stop there."""

    def __init__(self, step: int, what: str, message: str) -> None:
        self.step = step
        super().__init__(
            f"Training diverged at step {step}, {what}: {message}.\n"
            "The last checkpoint is kept. Try a lower learning rate, for example\n"
            "    --set training.learning_rate=0.0001 --start-over\n"
            'or let it go back and try again by itself: --set training.health.non_finite="roll_back"'
        )


class OutputError(C2CError):
    """Results cannot be written where they were asked for."""


class DeviceError(C2CError):
    """The device asked for is not on this machine."""


class VotesError(C2CError):
    """Votes of a blind study cannot be counted."""


class DownloadError(C2CError):
    """A file that others publish cannot be had, or is not the file it should be."""


class ServeError(C2CError):
    """Pages cannot be shown on this machine."""


class TemplatesError(C2CError):
    """A folder of one's own templates cannot be used."""


class RunError(C2CError):
    """A run's folder is missing something, or belongs to another run."""


class CollectError(C2CError):
    """Pictures cannot be collected from where they were asked for."""


class PayloadError(CollectError):
    """A depth payload is torn or hostile, or its frame is not that of its panorama."""


class DiskFull(CollectError):
    """There is no room for more pictures."""


class CrawlStopped(CollectError):
    """A crawl cannot go on now; what it has is kept."""
