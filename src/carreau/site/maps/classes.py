"""Classes of equal numbers, with bounds that can be read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MOST = 6
COLOURS = tuple(f"c{step}" for step in range(1, MOST + 1))
UNKNOWN = "unknown"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Classes:
    """`breaks` are the lower bounds of the classes after the first, ascending; a class holds its lower bound."""

    breaks: tuple[float, ...]

    @property
    def colours(self) -> tuple[str, ...]:
        """The colour of each class, the ramp spread evenly over them."""
        last = len(self.breaks)
        return tuple(COLOURS[round(place * (MOST - 1) / last)] for place in range(last + 1)) if last else (COLOURS[2],)

    def of(self, values: Floats) -> npt.NDArray[np.int64]:
        """The class of each value, from 0; -1 for NaN."""
        return np.where(np.isnan(values), -1, np.searchsorted(self.breaks, values, side="right"))

    def colours_of(self, values: Floats) -> list[str]:
        """The colour of each value."""
        colours = (*self.colours, UNKNOWN)  # -1 is the last
        return [colours[place] for place in self.of(values)]


def classes(values: Floats | Sequence[float], decimals: int, most: int = MOST) -> Classes:
    """At most `most` classes of about as many values each; NaN counts for nothing.

    A break is the value at its rank, brought down to `decimals` (-2: to the hundred). No class is empty.
    """
    known = np.sort(np.asarray(values, dtype=np.float64))
    known = known[~np.isnan(known)]
    if not known.size:
        return Classes(())
    ranks = np.arange(1, most) * known.size // most
    breaks = np.unique(brought_down(known[ranks], decimals))
    below = np.searchsorted(known, breaks, side="left")
    return Classes(tuple(float(one) for one in breaks[np.diff(below, prepend=0) > 0]))


def brought_down(values: Floats, decimals: int) -> Floats:
    """The largest number of so many decimals that is not above each value."""
    rounded = np.round(values, decimals)
    return np.where(rounded > values, np.round(rounded - 10.0**-decimals, decimals), rounded)


def brought_up(values: Floats, decimals: int) -> Floats:
    """The smallest number of so many decimals that is not below each value."""
    return -brought_down(-values, decimals)
