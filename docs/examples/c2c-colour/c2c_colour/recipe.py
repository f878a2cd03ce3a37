"""What a recipe can say about the approach; imported without torch."""

from dataclasses import dataclass
from typing import ClassVar

from c2c.recipe import ApproachRecipe, Direction, Needs, Recipe


@dataclass(frozen=True, kw_only=True)
class ColourRecipe(ApproachRecipe):
    """A change of colour that gives pictures of city A the colours of city B."""

    needs: ClassVar[Needs] = "unpaired"
    approach: ClassVar[str] = "c2c_colour.approach:Colour"

    a: str
    b: str
    covariance_weight: float = 1.0  # beside the weight of the mean, which is 1

    def cities(self, recipe: Recipe) -> tuple[str, ...]:
        """Source, then target."""
        return self.a, self.b

    def directions(self, recipe: Recipe) -> tuple[Direction, ...]:
        """There; shapes stay."""
        return (Direction(self.a, self.b),)
