"""Households of every tenure for Filosofi's natural cells, drawn so that each cell has its own figures.

Insee's values are exact for a natural cell (`idcar_nat`) and imputed for some 200 m cells inside it, so the natural
cell is what is met: persons, households, poor, one-person, five persons and more, owners, lone parents, social homes,
persons by age (to the nearest integer) and the sum of living standards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from carreau.places.communes import Communes
from carreau.progress import Progress
from carreau.register.synthetic.incomes import tax_income
from carreau.register.synthetic.margins import Margins, Random, random
from carreau.register.synthetic.persons import (
    ALONE,
    COUPLE,
    COUPLE_CHILDREN,
    DAYS_A_YEAR,
    KINDS,
    LONE_PARENT,
    Floats,
    Ints,
    Persons,
)
from carreau.register.tables import Homes
from carreau.register.territory import Territory

if TYPE_CHECKING:
    from numpy.typing import NDArray

AGES = {
    "age_0_3": (0, 4), "age_4_5": (4, 6), "age_6_10": (6, 11), "age_11_17": (11, 18), "age_18_24": (18, 25),
    "age_25_39": (25, 40), "age_40_54": (40, 55), "age_55_64": (55, 65), "age_65_79": (65, 80),
    "age_80_more": (80, 98),
}  # fmt: skip
MINORS = 4
YOUNGEST_PARENT, OLDEST_PARENT, MIXING_ROUNDS = 15, 50, 30
CELL = ["cell_crs", "cell_north", "cell_east"]
COUNTS = ("persons", "households", "poor", "one_person", "five_persons", "owners", "lone_parents", "social_homes")


@dataclass(frozen=True)
class CellPeople:
    """Households of every tenure in the natural cells: those housed in homes of the register, and all the others.

    `housed` has a `home_id`; `covered` is the set of cells that Filosofi describes.
    """

    housed: pl.DataFrame
    others: pl.DataFrame
    covered: pl.DataFrame


def draw_people(margins: Margins, cells: pl.DataFrame, day: date, *, seed: int, progress: Progress) -> pl.DataFrame:
    """Households of every tenure, each in a 200 m cell; `number` tells them apart."""
    naturals = natural_figures(cells)
    line = margins.poverty_line(day)
    drawn = []
    for number, figures in enumerate(naturals.iter_rows(named=True)):
        drawn.append(_draw_cell(margins, figures, day, line, random(seed, "cells", number)))
        progress("drawing the natural cells", number + 1, naturals.height)
    households = pl.concat(drawn, rechunk=True).with_row_index("number")
    return households.with_columns(pl.format("f-{}", "number").alias("household_id"))


def house(people: pl.DataFrame, cells: pl.DataFrame, homes: pl.DataFrame, random: Random) -> CellPeople:
    """Give the register's homes of each natural cell to its social tenants, large households to large homes.

    `homes` has home_id, rooms and the cell. Tenants beyond the homes of the register stay among the others: Filosofi
    counts what the register of another year may lack.
    """
    covered = cells.select(*CELL, "natural_id")
    noise = pl.Series("noise", random.random(homes.height))
    located = homes.with_columns(noise).join(covered, on=CELL)
    wish = pl.Series("noise", random.random(people.height))
    social = people.with_columns(wish).filter(pl.col("tenure") == "social")
    ranked_homes = located.with_columns(_order(pl.col("rooms").fill_null(3) + 0.8 * pl.col("noise")))
    ranked_people = social.with_columns(_order(pl.col("persons") + 0.8 * pl.col("noise")))
    pairs = ranked_homes.select("natural_id", "order", "home_id", *(pl.col(c).alias(f"home_{c}") for c in CELL)).join(
        ranked_people.select("natural_id", "order", "household_id"), on=["natural_id", "order"]
    )
    housed = people.join(pairs.drop("natural_id", "order"), on="household_id", maintain_order="left")
    housed = housed.with_columns(pl.col(f"home_{c}").alias(c) for c in CELL)
    others = people.join(pairs, on="household_id", how="anti", maintain_order="left")
    return CellPeople(housed, others.with_columns(pl.lit(None, dtype=pl.String).alias("home_id")), covered)


def _order(size: pl.Expr) -> pl.Expr:
    return size.rank("ordinal", descending=True).over("natural_id").alias("order")


def natural_figures(cells: pl.DataFrame) -> pl.DataFrame:
    """Sums over the 200 m cells of each natural cell: whole counts, and ages that add up to persons, none unknown."""
    sums = cells.group_by("natural_id").agg(
        pl.col(*COUNTS, "living_standard", "age_unknown", *AGES).sum(),
        pl.struct("cell_crs", "cell_north", "cell_east", "households", "commune")
        .sort_by("cell_north", "cell_east")
        .alias("cells"),
    )
    known = pl.sum_horizontal(*AGES)
    whole = sums.with_columns(pl.col(*COUNTS).round().cast(pl.Int64))
    return whole.with_columns(pl.col(name) * pl.col("persons") / known for name in AGES).sort("natural_id")


def compare_cells(territory: Territory) -> list[Mapping[str, Any]]:
    """For each figure of the natural cells: what Insee gives and what was drawn, summed, and the largest gap of a cell.

    Returns `figure`, `given`, `drawn`, `largest_gap` (in units; for `living_standard` in per cent).
    """
    cells = territory.table("cells").collect()
    households = territory.table("households").collect().join(cells.select(*CELL, "natural_id"), on=CELL)
    given = natural_figures(cells)
    drawn = _figures_of(households, territory.reference_date)
    both = given.join(drawn, on="natural_id", how="left", suffix="_drawn").fill_null(0)
    result: list[Mapping[str, Any]] = []
    for name in (*COUNTS, "living_standard", *AGES):
        gap = (both[f"{name}_drawn"] - both[name]).abs()
        largest = (100 * gap / both[name]).max() if name == "living_standard" else gap.max()
        total = round(both[name].sum()), round(both[f"{name}_drawn"].sum())
        result.append({"figure": name, "given": total[0], "drawn": total[1], "largest_gap": round(float(largest), 2)})  # type: ignore[arg-type]
    return result


def _figures_of(households: pl.DataFrame, day: date) -> pl.DataFrame:
    """The figures of natural cells measured on drawn households."""
    persons = pl.col("births").list.len().cast(pl.Int64)
    standard = 10 * pl.col("disposable_income") / pl.col("consumption_units")
    counts = households.group_by("natural_id").agg(
        persons.sum().alias("persons"),
        pl.len().cast(pl.Int64).alias("households"),
        pl.col("poor").sum().cast(pl.Int64),
        (persons == 1).sum().cast(pl.Int64).alias("one_person"),
        (persons >= 5).sum().cast(pl.Int64).alias("five_persons"),
        (pl.col("tenure") == "owner").sum().cast(pl.Int64).alias("owners"),
        (pl.col("kind") == "lone_parent").sum().cast(pl.Int64).alias("lone_parents"),
        (pl.col("tenure") == "social").sum().cast(pl.Int64).alias("social_homes"),
        (persons * standard).sum().alias("living_standard"),
    )
    age = (pl.lit(day) - pl.col("births")).dt.total_days() / DAYS_A_YEAR
    ages = (
        households.select("natural_id", "births").explode("births").group_by("natural_id")
        .agg(
            age.is_between(low, high, closed="left").sum().cast(pl.Float64).alias(name)
            for name, (low, high) in AGES.items()
        )
    )  # fmt: skip
    return counts.join(ages, on="natural_id")


def _draw_cell(margins: Margins, figures: Mapping[str, Any], day: date, line: int, random: Random) -> pl.DataFrame:
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


def _likely(child: Floats, parent: Floats) -> "NDArray[np.bool_]":
    fits: NDArray[np.bool_] = (child <= parent - YOUNGEST_PARENT) & (child >= parent - OLDEST_PARENT)
    return fits


def _weight(kinds: Ints, sizes: Ints) -> Floats:
    return np.where(kinds == LONE_PARENT, 1.8, 1.0) * np.where(sizes >= 5, 1.6, 1.0)


def _chosen(weight: Floats, count: int, random: Random) -> "NDArray[np.bool_]":
    """Exactly `count` entries, the heavier the likelier."""
    result = np.zeros(len(weight), dtype=bool)
    result[np.argsort(-np.log(random.random(len(weight))) / np.maximum(weight, 1e-9))[: max(count, 0)]] = True
    return result


def _living_standards(
    figures: Mapping[str, Any], sizes: Ints, poor: "NDArray[np.bool_]", line: int, random: Random
) -> Floats:
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


def _tenures(figures: Mapping[str, Any], kinds: Ints, poor: "NDArray[np.bool_]", random: Random) -> "NDArray[np.str_]":
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


def social_homes(people: pl.DataFrame, year: int) -> pl.DataFrame:
    """Where there is no register, a home for each social tenant, as large as it needs; a residence a cell."""
    reference = Communes.shipped().lookup.select("department", "region", "epci", commune="code")
    social = people.filter(pl.col("tenure") == "social").join(reference, on="commune", maintain_order="left")
    known = social.select(
        *CELL, "commune", "department", "region", "epci",
        pl.format("f-home-{}", "number").alias("home_id"),
        pl.lit(year).alias("year"),
        pl.format("R-{}-{}", "cell_north", "cell_east").alias("residence_id"),
        (pl.col("persons").clip(1, 5) + (pl.col("persons") < 3).cast(pl.Int64)).alias("rooms"),
        pl.lit("synthetic").alias("description_origin"),
    )  # fmt: skip
    missing = [pl.lit(None).alias(name) for name in Homes.column_names() if name not in known.columns]
    return Homes.cast(known.with_columns(missing).select(Homes.column_names()))
