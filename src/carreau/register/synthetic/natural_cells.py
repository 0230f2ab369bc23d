"""What Filosofi tells of its natural cells, and how near to it a drawn population is.

Insee's values are exact for a natural cell (`idcar_nat`) and imputed for some 200 m cells inside it, so the natural
cell is what is met: persons, households, poor, one-person, five persons and more, owners, lone parents, social homes,
persons by age (to the nearest integer) and the sum of living standards.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from carreau.register.synthetic.persons import DAYS_A_YEAR
from carreau.register.territory import Territory

AGES = {
    "age_0_3": (0, 4), "age_4_5": (4, 6), "age_6_10": (6, 11), "age_11_17": (11, 18), "age_18_24": (18, 25),
    "age_25_39": (25, 40), "age_40_54": (40, 55), "age_55_64": (55, 65), "age_65_79": (65, 80),
    "age_80_more": (80, 98),
}  # fmt: skip
CELL = ["cell_crs", "cell_north", "cell_east"]
COUNTS = ("persons", "households", "poor", "one_person", "five_persons", "owners", "lone_parents", "social_homes")


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
