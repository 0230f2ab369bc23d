"""Drawing the households of one natural cell, so that each of its figures is met."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.register.synthetic.incomes import tax_income
from carreau.register.synthetic.margins import Margins, Random
from carreau.register.synthetic.natural_cells import AGES
from carreau.register.synthetic.persons import (
    ALONE,
    COUPLE,
    COUPLE_CHILDREN,
    KINDS,
    LONE_PARENT,
    Floats,
    Ints,
    Persons,
)

Flags = npt.NDArray[np.bool_]
MINORS = 4
YOUNGEST_PARENT, OLDEST_PARENT, MIXING_ROUNDS = 15, 50, 30


def draw_cell(margins: Margins, figures: Mapping[str, Any], day: date, line: int, random: Random) -> pl.DataFrame:
    """The households of one natural cell, each in one of its 200 m cells; `figures` as `natural_figures` gives them."""
    sizes = _sizes(figures, random)
    ages = whole_shares(np.array([figures[name] for name in AGES]), int(sizes.sum()))
    kinds = _kinds(figures, sizes, int(ages[:MINORS].sum()), random)
    persons = _persons(kinds, sizes, ages, random)
    units = persons.consumption_units(len(sizes))
    poor = _chosen(_weight(kinds, sizes), figures["poor"], random)
    standard = _living_standards(figures, sizes, poor, line, random)
    tenure = _tenures(figures, kinds, poor, random)
    disposable = np.round(standard * units / 10)
    place = _places(figures, len(sizes), random)
    return pl.DataFrame(
        {
            "natural_id": [figures["natural_id"]] * len(sizes),
            "tenure": tenure,
            "kind": np.array(KINDS)[kinds],
            "births": persons.births(day),
            "persons": sizes,
            "consumption_units": units,
            "disposable_income": disposable.astype(np.int64),
            "reference_income": tax_income(margins, standard, line, disposable),
            "poor": poor,
            "housing_benefit": pl.Series([None] * len(sizes), dtype=pl.Boolean),
            "moved_in": pl.Series([None] * len(sizes), dtype=pl.Date),
            "origin": ["synthetic"] * len(sizes),
        }
    ).hstack(place)


def whole_shares(amounts: Floats, total: int) -> Ints:
    """Whole numbers in proportion to `amounts` that add up to `total` (largest remainders)."""
    if amounts.sum() <= 0:
        amounts = np.ones_like(amounts)
    exact = amounts * total / amounts.sum()
    result = np.floor(exact).astype(np.int64)
    missing = total - result.sum()
    result[np.argsort(-(exact - result), kind="stable")[:missing]] += 1
    return result


def _sizes(figures: Mapping[str, Any], random: Random) -> Ints:
    """Sizes of households: as many of one person and of five or more as told, persons adding up."""
    count, alone, large = figures["households"], figures["one_person"], figures["five_persons"]
    middle = max(count - alone - large, 0)
    sizes = np.concatenate([np.ones(alone, int), random.integers(2, 5, middle), np.full(large, 5)])
    least = np.concatenate([np.ones(alone, int), np.full(middle, 2), np.full(large, 5)])
    most = np.concatenate([np.ones(alone, int), np.full(middle, 4), np.full(large, 12)])
    gap = figures["persons"] - sizes.sum()
    while gap:
        step = int(np.sign(gap))
        movable = np.flatnonzero(sizes < most if step > 0 else sizes > least)
        if not len(movable):
            break
        chosen = random.permutation(movable)[: abs(gap)]
        sizes[chosen] += step
        gap = figures["persons"] - sizes.sum()
    return random.permutation(sizes)


def _kinds(figures: Mapping[str, Any], sizes: Ints, minors: int, random: Random) -> Ints:
    """Lone parents as many as told, more often small families; the other households of several are couples.

    When the cell has more minors than these families could hold, couples of two give way to a parent and a child in
    the choice of lone parents.
    """
    kinds = np.where(sizes == 1, ALONE, np.where(sizes == 2, COUPLE, COUPLE_CHILDREN))
    several = np.flatnonzero(sizes > 1)
    lone = min(figures["lone_parents"], len(several))
    room = np.maximum(sizes[several] - 2, 0).sum() + lone
    weight = np.where(sizes[several] == 2, 3.0 if room < minors * 1.3 else 1.2, 1.0)
    picked = several[np.argsort(-np.log(random.random(len(several))) / weight)[:lone]]
    kinds[picked] = LONE_PARENT
    return kinds


def _persons(kinds: Ints, sizes: Ints, ages: Ints, random: Random) -> Persons:
    """Everyone's age, band by band as told: children first from the young, parents from the middle, the rest after."""
    household = np.repeat(np.arange(len(sizes)), sizes)
    start = np.cumsum(sizes) - sizes
    position = np.arange(len(household)) - start[household]
    adults = np.where((kinds == COUPLE) | (kinds == COUPLE_CHILDREN), 2, 1)
    is_child = position >= adults[household]
    bands = zip(AGES.values(), ages, strict=True)
    pool = np.concatenate([random.uniform(low + 0.01, high - 0.01, count) for (low, high), count in bands])
    pool.sort()
    children = int(is_child.sum())
    age = np.empty(len(household))
    grown = np.flatnonzero(~is_child)
    parent = np.isin(kinds[household[grown]], (COUPLE_CHILDREN, LONE_PARENT))
    standing = np.where(parent, 0.0, 0.25) + 0.35 * random.standard_normal(len(sizes))[household[grown]]
    age[grown[np.argsort(standing, kind="stable")]] = pool[children:]
    youngest_parent = np.full(len(sizes), np.inf)
    np.minimum.at(youngest_parent, household[grown], age[grown])
    child = np.flatnonzero(is_child)
    age[child] = _children(pool[:children], youngest_parent[household[child]], random)
    return Persons(household, age)


def _children(ages: Floats, parents: Floats, random: Random) -> Floats:
    """The children's ages (sorted) for each place in a family, every child 15 to 50 years younger than its parents.

    The older children go to the older parents, which meets this wherever it can be met; exchanges that keep what is
    met then mix them.
    """
    given = np.empty(len(ages))
    given[np.argsort(parents, kind="stable")] = ages
    for _ in range(MIXING_ROUNDS):
        order = random.permutation(len(ages) // 2 * 2)
        one, other = order[::2], order[1::2]
        fits = _likely(given[one], parents[other]) & _likely(given[other], parents[one])
        one, other = one[fits], other[fits]
        given[one], given[other] = given[other], given[one]
    return given


def _likely(child: Floats, parent: Floats) -> Flags:
    fits: Flags = (child <= parent - YOUNGEST_PARENT) & (child >= parent - OLDEST_PARENT)
    return fits


def _weight(kinds: Ints, sizes: Ints) -> Floats:
    return np.where(kinds == LONE_PARENT, 1.8, 1.0) * np.where(sizes >= 5, 1.6, 1.0)


def _chosen(weight: Floats, count: int, random: Random) -> Flags:
    """Exactly `count` entries, the heavier the likelier."""
    result = np.zeros(len(weight), dtype=bool)
    result[np.argsort(-np.log(random.random(len(weight))) / np.maximum(weight, 1e-9))[: max(count, 0)]] = True
    return result


def _living_standards(figures: Mapping[str, Any], sizes: Ints, poor: Flags, line: int, random: Random) -> Floats:
    """Euros per unit: the poor under the line, the others above it, persons' sum as told."""
    ratio = np.where(poor, random.beta(4, 1.6, len(sizes)), 1 + random.lognormal(-0.9, 0.9, len(sizes)))
    standard: Floats = ratio * line
    rest = figures["living_standard"] - (sizes * standard)[poor].sum() - line * sizes[~poor].sum()
    excess = (sizes * (standard - line))[~poor].sum()
    if rest > 0 and excess > 0:
        standard[~poor] = line + (standard[~poor] - line) * rest / excess
    elif poor.any():
        others = line * 1.01 * sizes[~poor].sum()
        standard[~poor] = line * 1.01
        standard[poor] *= max(figures["living_standard"] - others, 0) / (sizes * standard)[poor].sum()
    return standard


def _tenures(figures: Mapping[str, Any], kinds: Ints, poor: Flags, random: Random) -> npt.NDArray[np.str_]:
    owner = _chosen(np.where(poor, 0.25, 1.0) * np.where(kinds == LONE_PARENT, 0.5, 1.0), figures["owners"], random)
    tenure = np.where(owner, "owner", "private")
    others = np.flatnonzero(~owner)
    social = _chosen(_weight(kinds, np.ones_like(kinds))[others], figures["social_homes"], random)
    tenure[others[social]] = "social"
    return tenure


def _places(figures: Mapping[str, Any], count: int, random: Random) -> pl.DataFrame:
    """Share the households among the 200 m cells as Insee's (partly imputed) numbers do."""
    cells = pl.DataFrame(figures["cells"])
    numbers = whole_shares(cells["households"].to_numpy(), count)
    rows = random.permutation(np.repeat(np.arange(cells.height), numbers))
    return cells.select("cell_crs", "cell_north", "cell_east", "commune")[rows]
