"""Who lives together: kinds of household, sizes, and the birth dates of every member."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.register.synthetic.margins import Random, shipped
from carreau.register.vocabulary import KIND_OF_HOUSEHOLD

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

KINDS = KIND_OF_HOUSEHOLD.categories.to_list()
ALONE, COUPLE, COUPLE_CHILDREN, LONE_PARENT, OTHER = (
    KINDS.index(kind) for kind in ("alone", "couple", "couple_children", "lone_parent", "other")
)
AGE_BANDS = ((18, 30), (30, 54), (54, 60), (60, 65), (65, 75), (75, 96))
DAYS_A_YEAR = 365.25
OLDEST_CHILD_AT_HOME = 27
YOUNGEST_PARENT, OLDEST_PARENT = 18, 50
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Persons:
    """Members of households, one entry a person: `household` (index), `age` in years; reference persons come first."""

    household: Ints
    age: Floats

    def consumption_units(self, households: int) -> Ints:
        """Tenths of consumption units of each household: 10 for the first person, 5 from 14 years on, 3 below."""
        scale: Mapping[str, int] = shipped().value("consumption_units")
        weight = np.where(self.age >= 14, scale["from_14"], scale["under_14"])
        first = np.diff(self.household, prepend=-1) != 0
        weight[first] = scale["first"]
        return np.bincount(self.household, weights=weight, minlength=households).astype(np.int64)

    def births(self, day: date) -> pl.Series:
        """For each household the list of its members' birth dates, in order."""
        days = (day - EPOCH).days - np.floor(self.age * DAYS_A_YEAR).astype(np.int32) - 1
        frame = pl.DataFrame({"household": self.household, "birth": days}).with_columns(pl.col("birth").cast(pl.Date))
        return frame.group_by("household", maintain_order=True).agg("birth")["birth"].rename("births")


def draw_sizes(kinds: Ints, sizes: Mapping[str, Mapping[int, float]], quantile: Floats) -> Ints:
    """Number of persons by kind: `quantile` in [0, 1) picks from the sizes of the kind, small to large."""
    result = np.where(kinds == COUPLE, 2, 1)
    for name, shares in sizes.items():
        chosen = kinds == KINDS.index(name)
        bounds = np.cumsum(list(shares.values())) / sum(shares.values())
        picked = np.searchsorted(bounds, quantile[chosen], side="right").clip(max=len(bounds) - 1)
        result[chosen] = np.array(list(shares))[picked]
    return result


def draw_ages(kinds: Ints, ages: Mapping[str, list[float]], random: Random) -> Floats:
    """Age of the reference person: a band by kind, then any age within it."""
    result = np.empty(len(kinds))
    low, high = np.array(AGE_BANDS, dtype=np.float64).T
    for name, shares in ages.items():
        chosen = np.flatnonzero(kinds == KINDS.index(name))
        bounds = np.cumsum(shares) / sum(shares)
        band = np.searchsorted(bounds, random.random(len(chosen)), side="right").clip(max=len(bounds) - 1)
        result[chosen] = low[band] + random.random(len(chosen)) * (high - low)[band]
    return result


def compose(kinds: Ints, sizes: Ints, ages: Floats, random: Random) -> Persons:
    """Members around reference persons: partners of a like age, children born when the parents were 18 to 50."""
    household = np.repeat(np.arange(len(kinds)), sizes)
    start = np.cumsum(sizes) - sizes
    position = np.arange(len(household)) - start[household]
    reference = ages[household]
    kind = kinds[household]
    age = reference.copy()
    partner = (position == 1) & ((kind == COUPLE) | (kind == COUPLE_CHILDREN))
    child = (position > 0) & ~partner & (kind != OTHER)
    age[child] = _child_ages(reference[child], random)
    oldest_child = np.zeros(len(kinds))
    np.maximum.at(oldest_child, household[child], age[child])
    like_reference = (reference[partner] + random.normal(-1, 4, partner.sum())).clip(18, 98)
    age[partner] = np.maximum(like_reference, oldest_child[household[partner]] + YOUNGEST_PARENT)
    housemate = (position > 0) & (kind == OTHER)
    age[housemate] = (reference[housemate] + random.uniform(-25, 25, housemate.sum())).clip(18, 98)
    return Persons(household, age)


def _child_ages(parent: Floats, random: Random) -> Floats:
    """Most children at home are under 27; those of the oldest parents are grown-ups, born before the parent was 50."""
    age = parent - random.normal(30, 5.5, len(parent)).clip(YOUNGEST_PARENT, 44)
    oldest = parent - YOUNGEST_PARENT
    young = age < 0
    age[young] = random.random(young.sum()) * oldest[young].clip(0.1, 6)
    old = age > np.minimum(oldest, OLDEST_CHILD_AT_HOME)
    low = np.maximum(14, parent[old] - OLDEST_PARENT)
    high = np.maximum(OLDEST_CHILD_AT_HOME, low + 5)
    age[old] = (low + random.random(old.sum()) * (high - low)).clip(max=oldest[old])
    return age
