"""Households of every tenure where Filosofi describes the cells, the social ones in the register's homes."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from carreau.places.communes import Communes
from carreau.progress import Progress
from carreau.register.synthetic.cell_households import draw_cell
from carreau.register.synthetic.margins import Margins, Random, random
from carreau.register.synthetic.natural_cells import CELL, natural_figures
from carreau.register.tables import Homes


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
        drawn.append(draw_cell(margins, figures, day, line, random(seed, "cells", number)))
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
