"""What each city paints on the parts of a town."""

from c2c.toytown.dress.burano import BURANO
from c2c.toytown.dress.manhattan import MANHATTAN
from c2c.toytown.dress.paris import PARIS

DRESSES = {dress.name: dress for dress in (MANHATTAN, PARIS, BURANO)}

__all__ = ["DRESSES"]
