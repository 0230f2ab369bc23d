"""The located homes and households of a territory with their exact values: private until `gate` has seen them."""

from collections.abc import Callable
from datetime import date

import polars as pl

from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.release.partition.drawn import CELL_KEY
from carreau.rules.bands import ceiling_shares
from carreau.rules.composition import months_since, younger
from carreau.rules.occupancy.cases import over_occupied, under_occupied
from carreau.rules.quartile import Threshold, threshold

CHILD, OLD = 18, 65
ENTRANT_MONTHS, LONG_MONTHS = 24, 120
EDGES = {"under_20": (0, 20), "20_40": (20, 40), "40_60": (40, 60), "60_100": (60, 100), "over_100": (100, None)}
"""Bands of the PLUS ceiling in per cent; a band holds its lower edge, as in `carreau.rules.bands`."""


def located_homes(territory: Territory) -> pl.LazyFrame:
    """The homes that have a cell: `home_id`, the three columns of the cell, `commune`, and `side` of a QPV's limit.

    The side is the code of the QPV, or whether the home is in one, or nothing where that is not known.
    """
    homes = territory.table("homes").filter(pl.col("cell_crs").is_not_null())
    side = pl.coalesce("qpv", pl.col("in_qpv").cast(pl.String)).fill_null("")
    return homes.select("home_id", *CELL_KEY, "commune", side=side)


def home_values(territory: Territory) -> pl.LazyFrame:
    """One row a home that has a cell: the cell, and a truth value for each indicator on homes; null where unknown.

    An unknown energy class is no class; a status unknown for some homes counts them as neither let nor offered.
    """
    homes = territory.table("homes").filter(pl.col("cell_crs").is_not_null())
    rooms, energy, status = pl.col("rooms"), pl.col("energy").cast(pl.String), pl.col("status").cast(pl.String)
    return homes.select(
        *CELL_KEY,
        **{f"rooms_{number}": rooms == number for number in range(1, 5)},
        rooms_5=rooms >= 5,
        energy_known=pl.when(energy.is_not_null().any()).then(energy.is_not_null()),
        energy_fg=energy.is_in(["F", "G"]),
        lettable=status.is_in(["let", "offered"]),
        vacant=status == "offered",
    )


def located_households(territory: Territory) -> pl.DataFrame:
    """One row a household of tenants whose home has a cell: `home_id`, `household_id`, `moved_in`, the cell, `origin`,
    and its exact values.

    Truth values for counts and for the bands of the PLUS ceiling; numbers of `persons`, `children` and `aged_65`;
    `living_standard` in whole euros a year by consumption unit (`consumption_units` is in tenths); `rent` in cents a
    month and `surface` in m² of its home. Null is unknown; a column is null throughout where the territory lacks what
    it is worked out from, or no rule of that day is known.
    """
    day = territory.reference_date
    homes = territory.table("homes").filter(pl.col("cell_crs").is_not_null()).select(
        "home_id", *CELL_KEY, "commune", "epci", "rooms", "surface", "rent"
    )  # fmt: skip
    tenants = territory.table("households").filter(pl.col("tenure") == "social").drop(CELL_KEY)
    rows = tenants.join(homes, on="home_id", how="inner").collect().with_columns(**_composition(day))
    rows = rows.with_columns(_first_quartile(rows, thresholds(territory)), *_bands(rows, day), **_occupation(day))
    return rows.select(
        "home_id", "household_id", "moved_in", *CELL_KEY, "origin",
        "poor", "housing_benefit", "rent", "surface", "persons", "children", "aged_65",
        "one_person", "lone_parents", "five_persons", "living_standard", "first_quartile",
        *(f"ceiling_{name}" for name in EDGES), "over_occupied", "under_occupied", "ten_years", "entrants",
    )  # fmt: skip


def thresholds(territory: Territory) -> tuple[dict[str, str], tuple[Threshold, ...]]:
    """The first-quartile thresholds of the EPCIs of the homes: the territory of each EPCI, each threshold once.

    Computed from the applications where none is published for the year; nothing for an EPCI without either.
    """
    homes = territory.table("homes").select(pl.col("epci").drop_nulls().unique().sort()).collect().to_series()
    applications = territory.table("applications").collect() if territory.has("applications") else None
    of: dict[str, str] = {}
    found: dict[str, Threshold] = {}
    for epci in homes:
        try:
            one = threshold(epci, territory.reference_date, applications)
        except BadInput:
            continue
        of[epci] = one.territory
        found.setdefault(one.territory, one)
    return of, tuple(found.values())


def _composition(day: date) -> dict[str, pl.Expr]:
    births, persons = pl.col("births"), pl.col("births").list.len().cast(pl.Int32)
    under = births.list.slice(1).list.eval(younger(pl.element(), CHILD, day)).list.sum()
    old = births.list.eval(~younger(pl.element(), OLD, day)).list.sum()
    since = months_since(pl.col("moved_in"), day)
    return {
        "persons": persons,
        "children": under.fill_null(0).cast(pl.Int32),
        "aged_65": old.fill_null(0).cast(pl.Int32),
        "one_person": persons == 1,
        "lone_parents": pl.col("kind") == "lone_parent",
        "five_persons": persons >= 5,
        "living_standard": pl.col("disposable_income").cast(pl.Int64) * 10 // pl.col("consumption_units"),
        "ten_years": since >= LONG_MONTHS,
        "entrants": since < ENTRANT_MONTHS,
    }


def _first_quartile(rows: pl.DataFrame, known: tuple[dict[str, str], tuple[Threshold, ...]]) -> pl.Series:
    of, amounts = known
    by_epci = {epci: one.amount for epci, place in of.items() for one in amounts if one.territory == place}
    limit = pl.col("epci").replace_strict(by_epci, default=None, return_dtype=pl.Int64)
    return rows.select((pl.col("living_standard") < limit).alias("first_quartile")).to_series()


def _bands(rows: pl.DataFrame, day: date) -> list[pl.Series]:
    try:
        shares = ceiling_shares(rows, day)
    except BadInput:  # no ceiling of that day is known
        shares = pl.Series([None] * rows.height, dtype=pl.Float64)
    return [
        ((shares >= low) & (shares < high) if high else shares >= low).alias(f"ceiling_{name}")
        for name, (low, high) in EDGES.items()
    ]


def _occupation(day: date) -> dict[str, pl.Expr]:
    persons, none = pl.col("persons"), pl.lit(None, pl.Int32)
    cases: dict[str, Callable[[], pl.Expr]] = {
        "over_occupied": lambda: over_occupied(persons, pl.col("surface"), day),
        "under_occupied": lambda: under_occupied(persons, none, pl.col("rooms"), none, day),
    }
    return {name: _of_the_day(case) for name, case in cases.items()}


def _of_the_day(case: Callable[[], pl.Expr]) -> pl.Expr:
    try:
        return case()
    except BadInput:  # no rule of that day is known
        return pl.lit(None, pl.Boolean)
