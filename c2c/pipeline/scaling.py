"""The scale stage: what was made larger than the training size is reduced to that size, and scored there.

Beside the scores, its records say which approaches are of one family, whose training an approach cost, and why a size
has no reference: real pictures are reduced to a size, never enlarged.
"""

from c2c.approaches import Direction
from c2c.evaluation.features import features_of
from c2c.evaluation.protocol import stating
from c2c.evaluation.scale import REDUCED_BY, l1_score, reduce_pictures
from c2c.evaluation.score import kid_score
from c2c.pipeline.cities import files_of_tests, manifest_of, too_small, views_of_tests, why_no_reference
from c2c.pipeline.reporter import Progress
from c2c.pipeline.run import Run
from c2c.pipeline.scoring import Scorer, is_translated, score_key
from c2c.pipeline.translating import truth_folder
from c2c.recipe import Recipe
from c2c.recipe.families import family_of, trained_size_of, trainings_of
from c2c.records import ScaleRecord, Score, ScoreRecord, of_type, read_records, write_record
from c2c.records.types import Against
from c2c.translation.panels import FAKE


def is_scaled(recipe: Recipe, name: str) -> bool:
    """Whether an approach was trained at one size, and its family is applied at two or more."""
    return trained_size_of(recipe, name) is not None and (
        len(recipe.sizes_of(name)) > 1 or len(family_of(recipe, name)) > 1
    )


def is_ready(run: Run, name: str) -> bool:
    """Whether an approach is to be scaled, and has its scores from today's inputs."""
    return (
        is_scaled(run.recipe, name)
        and is_translated(run, name)
        and run.ledger.is_done(f"score {name}", score_key(run, name))
    )


def scale_key(run: Run, name: str) -> str:
    """What the scale records of an approach depend on."""
    recipe = run.recipe
    return run.key("scale", score_key(run, name), family_of(recipe, name), trained_size_of(recipe, name))


class Scaler:
    """Scores what was reduced, one run, with the features that its scorer has already."""

    def __init__(self, run: Run, scorer: Scorer) -> None:
        self.run = run
        self.scorer = scorer

    def scale(self, name: str, progress: Progress) -> None:
        """Reduce what an approach made above its training size, score it there, and record every size."""
        recipe = self.run.recipe
        work = [(direction, size) for direction in recipe.directions_of(name) for size in recipe.sizes_of(name)]
        for number, (direction, size) in enumerate(work, start=1):
            write_record(self.run.folder.records, self._scaled(name, direction, size))
            progress(number, len(work))

    def _scaled(self, name: str, direction: Direction, size: int) -> ScaleRecord:
        run, recipe = self.run, self.run.recipe
        trained_size = trained_size_of(recipe, name)
        assert trained_size is not None  # see `is_scaled`
        reduced = size > trained_size and direction.gives == "image" and not _refused(run, direction, trained_size)
        return ScaleRecord(
            approach=name,
            approach_kind=recipe.approaches[name].kind,
            family=family_of(recipe, name),
            trainings=trainings_of(recipe, name),
            direction=direction.name,
            source=direction.source,
            target=direction.target,
            trained_size=trained_size,
            size=size,
            scores=self._scores(name, direction, size, trained_size) if reduced else (),
            reduced_by=REDUCED_BY if reduced else "",
            refused=_refused(run, direction, size),
            note=_learnt_from(run, name, trained_size),
            provenance=run.provenance(),
            keeps_shape=direction.keeps_shape,
        )

    def _scores(self, name: str, direction: Direction, size: int, trained_size: int) -> tuple[Score, ...]:
        """The scores at the training size of what was made at a larger one.

        L1 where the truth is known. KID, which takes most of the time, where it is not, or need not have these shapes.
        """
        run, network = self.run, self.scorer.network
        folder = run.folder.pictures(name, direction.name, size)
        reduced = reduce_pictures(
            files_of_tests(run, direction.source, folder / FAKE), folder / "reduced", trained_size
        )
        truth, scores = truth_folder(run, direction, trained_size), []
        if truth is None or not direction.keeps_shape:
            reference = self.scorer.features_of(views_of_tests(run, direction.target, trained_size))
            scores.append(kid_score(features_of(reduced, network), reference, network))
        if truth is not None:
            against: Against = "dressed truth" if _is_dressed(direction) else "truth"
            truths = [truth / path.name for path in reduced]
            scores.append(l1_score(reduced, truths, against))
        own = self._own_scores(name, direction, trained_size)
        return tuple(_stated_alike(score, own) for score in scores)

    def _own_scores(self, name: str, direction: Direction, size: int) -> tuple[Score, ...]:
        """What the approach scored at the size it was trained at."""
        for record in of_type(read_records(self.run.folder.records), ScoreRecord):
            if (record.subject, record.direction, record.size) == (name, direction.name, size):
                return record.scores
        return ()


def _stated_alike(score: Score, own: tuple[Score, ...]) -> Score:
    """A score that states what its sibling at the training size states beside: the split, and which checkpoint."""
    sibling = next((s for s in own if (s.metric, s.against) == (score.metric, score.against)), score)
    return stating(score, **{key: value for key, value in sibling.protocol.items() if key not in score.protocol})


def _is_dressed(direction: Direction) -> bool:
    """Whether the fitting truth is the target's dress on the same shapes."""
    return direction.keeps_shape and direction.source != direction.target


def _refused(run: Run, direction: Direction, size: int) -> str:
    """Why no score at a size counts: pictures to translate, or to compare with, that would have to be enlarged."""
    cities = dict.fromkeys((direction.source, direction.target))
    return "; ".join(why for city in cities if (why := why_no_reference(run, city, size)))


def _learnt_from(run: Run, name: str, trained_size: int) -> str:
    """How many pictures were enlarged for the training; "" where none was."""
    found = [
        too_small(manifest_of(run, city).split("train"), trained_size, f"training pictures of {city}")
        for city in dict.fromkeys(run.recipe.cities_of(name))
    ]
    return "; ".join(filter(None, found))
