"""Giving a register a plausible population, seeded and labelled synthetic throughout."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from carreau.errors import BadInput
from carreau.outputs import whole_folder
from carreau.progress import Progress, silent
from carreau.register.synthetic import cells, dwellings
from carreau.register.synthetic.applicants import Asked, draw_applications
from carreau.register.synthetic.margins import Margins, Random, random, shipped
from carreau.register.synthetic.natural_cells import CELL
from carreau.register.synthetic.persons import DAYS_A_YEAR
from carreau.register.synthetic.tenants import (
    Calibration,
    calibrate,
    draw_moved_in,
    draw_tenants,
    residence_effects,
)
from carreau.register.synthetic.wishes import Places
from carreau.register.tables import Homes, Households
from carreau.register.territory import Territory, carry_over, seal
from carreau.register.vocabulary import STATUS

PART = 250_000
DRAWN = ("homes", "households", "applications", "vacancies", "leases", "contingents", "landlords")
SOURCE = "Synthetic population drawn by Carreau from published margins (synthetic/margins.yaml); describes nobody"


@dataclass(frozen=True)
class _Plan:
    """What every part of the homes shares."""

    margins: Margins
    seed: int
    day: date
    residences: pl.DataFrame
    calibration: Calibration
    rents: dwellings.Rents
    places: Places
    people: cells.CellPeople | None


def synthesize(path: Path, *, seed: int = 1, progress: Progress = silent) -> Territory:
    """Add households, applications, vacancies, leases, contingents and landlords to a territory's homes.

    Where the territory has Filosofi cells, households of every tenure are drawn there so that each natural cell has
    its own figures, and the social ones live in the register's homes; without a register, homes are drawn for them.
    The same homes and seed give the same tables. Real rents, statuses and landlords of a landlord's own file are kept.
    Raises BadInput when the folder has neither homes nor cells, or when it holds real households.
    """
    territory = Territory.open(path)
    margins = shipped()
    _refuse_real_people(territory)
    day = _day(territory, margins)
    with whole_folder(path) as staging:
        parts = staging / "parts"
        parts.mkdir()
        plan = _plan(territory, margins, seed, day, parts, progress)
        homes = _homes(territory, parts)
        total = homes.select(pl.len()).collect().item()
        for number, start in enumerate(range(0, total, PART)):
            _draw_part(plan, homes.slice(start, PART).collect(), number, parts)
            progress("drawing the population", min(start + PART, total), total)
        if plan.people:
            others = plan.people.others.select(Households.column_names())
            Households.cast(others).write_parquet(parts / "households-others.parquet")
        for name in ("homes", "households", "applications", "vacancies", "leases"):
            pl.scan_parquet(parts / f"{name}-*.parquet").sink_parquet(
                staging / f"{name}.parquet", compression="zstd", maintain_order=True
            )
        _write_landlords(margins, staging, day)
        shutil.rmtree(parts)
        carry_over(path, staging, [name for name in territory.facts["tables"] if name not in DRAWN])
        seal(staging, facts_with_population(territory, day, seed))
    return Territory.open(path)


def _day(territory: Territory, margins: Margins) -> date:
    """The population's date: that of the Filosofi cells where there are any, else that of the margins."""
    years = [source["year"] for source in territory.facts["sources"] if source["table"] == "cells"]
    return date(years[0], 1, 1) if years else margins.population_date


def _homes(territory: Territory, parts: Path) -> pl.LazyFrame:
    drawn = parts / "drawn-homes.parquet"
    return pl.scan_parquet(drawn) if drawn.exists() else territory.table("homes")


def _write_landlords(margins: Margins, folder: Path, day: date) -> None:
    pairs = pl.scan_parquet(folder / "homes.parquet").select("landlord_id", "department").unique().drop_nulls()
    owned = pairs.collect().sort("landlord_id", "department")
    ids = sorted(owned["landlord_id"].unique(), key=lambda name: (len(name), name))
    dwellings.landlords(ids).write_parquet(folder / "landlords.parquet", compression="zstd")
    dwellings.contingents(margins, owned, day).write_parquet(folder / "contingents.parquet", compression="zstd")


def facts_with_population(territory: Territory, day: date, seed: int) -> Mapping[str, Any]:
    """The page of a territory once its population is drawn."""
    sources = [source for source in territory.facts["sources"] if source["table"] != "population"]
    return {
        **territory.facts,
        "reference_date": day.isoformat(),
        "sources": [*sources, {"table": "population", "text": SOURCE, "seed": seed}],
        "synthetic": {
            "seed": seed,
            "tables": list(DRAWN[1:]),
            "columns_of_homes": ["rent", "status", "landlord_id"],
            "homes": territory.facts.get("synthetic", {}).get("homes", not territory.has("homes")),
        },
    }


def _refuse_real_people(territory: Territory) -> None:
    for name in DRAWN[1:]:
        if territory.has(name):
            real = territory.table(name).filter(pl.col("origin") == "real").select(pl.len()).collect().item()
            if real:
                raise BadInput(f"holds {real} real rows of {name}; they are never overwritten", file=territory.path)


def _plan(territory: Territory, margins: Margins, seed: int, day: date, parts: Path, progress: Progress) -> _Plan:
    people = None
    if territory.has("cells"):
        known = territory.table("cells").collect()
        drawn = cells.draw_people(margins, known, day, seed=seed, progress=progress)
        if not territory.has("homes") or territory.facts.get("synthetic", {}).get("homes"):
            cells.social_homes(drawn, day.year).write_parquet(parts / "drawn-homes.parquet")
        may_be_let = pl.col("status_origin").ne_missing("real") | (pl.col("status") == "let")
        located = _homes(territory, parts).filter(may_be_let).select("home_id", "rooms", *CELL).collect()
        people = cells.house(drawn, known, located, random(seed, "housing"))
    homes = _homes(territory, parts)
    residences = homes.group_by("residence_id").agg(pl.len().alias("homes")).collect().sort("residence_id")
    effects = residence_effects(residences["residence_id"], random(seed, "residences"))
    owners = dwellings.share_out_landlords(margins, residences, random(seed, "landlords"))
    described = homes.select("residence_id", "rooms", "in_qpv", "surface", "ceiling_class", "built").collect()
    sample = described.gather_every(max(1, described.height // PART)).join(
        effects, on="residence_id", maintain_order="left"
    )
    return _Plan(
        margins, seed, day, effects.join(owners, on="residence_id", maintain_order="left"),
        calibrate(margins, sample, random(seed, "calibration")),
        dwellings.fit_rents(margins, sample, day), Places.of(homes), people,
    )  # fmt: skip


def _draw_part(plan: _Plan, homes: pl.DataFrame, number: int, folder: Path) -> None:
    """Draw everything for one slice of the homes and write it as parts of the tables."""

    def stream(stage: str) -> Random:
        return random(plan.seed, stage, number)

    margins, day = plan.margins, plan.day
    homes = _without_former_population(homes)
    homes = homes.join(
        plan.residences.rename({"landlord_id": "drawn_landlord"}), on="residence_id", maintain_order="left"
    ).with_columns(pl.coalesce("landlord_id", "drawn_landlord").alias("landlord_id"))
    homes = dwellings.complete(margins, plan.rents, homes, day, stream("dwellings"))
    homes = _as_cells_say(margins, homes, plan.people, stream("cells"))
    let = homes.filter(pl.col("status") == "let")
    households = _households(plan, let, stream("tenants"))
    housed = households.join(
        let.select("home_id", "commune", "department", "rooms", "rent", "in_qpv"), on="home_id", maintain_order="left"
    )
    expected = let.select((margins.local("mobility") / 100).sum()).item() if let.height else 0.0
    lettings = expected / (margins.value("turnover_share_of_supply") / 100)
    asked = Asked(round(lettings * margins.value("applications_per_letting")), number)
    drawn = {
        "homes": Homes.cast(homes.select(Homes.column_names())),
        "households": households,
        "vacancies": dwellings.draw_vacancies(margins, homes, day, stream("vacancies")),
        "leases": dwellings.draw_leases(margins, housed, day, stream("leases")),
        "applications": draw_applications(margins, asked, housed, plan.places, day, stream("applications")),
    }
    for name, table in drawn.items():
        table.write_parquet(folder / f"{name}-{number:05}.parquet", compression="lz4")


def _as_cells_say(
    margins: Margins, homes: pl.DataFrame, people: cells.CellPeople | None, random: Random
) -> pl.DataFrame:
    """In the cells of Filosofi a home is let if one of its tenants lives there.

    Of the others as many are on offer as the cited vacancy says; the rest, homes that Filosofi's year or its tax
    households do not show, count as otherwise occupied: nothing is known of who lives there.
    """
    if not people:
        return homes
    homes = homes.join(people.covered, on=CELL, how="left", maintain_order="left")
    drawn = (pl.col("status_origin") == "synthetic") & pl.col("natural_id").is_not_null()
    housed = pl.col("home_id").is_in(people.housed["home_id"].implode())
    empty = pl.col("housed").not_().filter("drawn").mean().fill_null(1.0).clip(1e-9)
    offered = pl.Series(random.random(homes.height) * 100) * empty < margins.local("vacant")
    homes = homes.with_columns(drawn.alias("drawn"), housed.alias("housed"))
    status = (
        pl.when("housed").then(pl.lit("let"))
        .when(offered).then(pl.lit("offered"))
        .otherwise(pl.lit("otherwise_occupied"))
    )  # fmt: skip
    return homes.with_columns(pl.when("drawn").then(status.cast(STATUS)).otherwise("status").alias("status"))


def _households(plan: _Plan, let: pl.DataFrame, random: Random) -> pl.DataFrame:
    """One household a let home: its Filosofi cell's where there is one, else drawn from the margins."""
    if not plan.people:
        return draw_tenants(plan.margins, plan.calibration, let, plan.day, random)
    known = plan.people.housed.join(let.select("home_id", "first_let"), on="home_id", maintain_order="left")
    ages = known.select((pl.lit(plan.day) - pl.col("births").list.first()).dt.total_days() / DAYS_A_YEAR).to_series()
    known = known.with_columns(draw_moved_in(plan.margins, ages.to_numpy(), known["first_let"], plan.day, random))
    free = let.join(known.select("home_id"), on="home_id", how="anti", maintain_order="left")
    drawn = draw_tenants(plan.margins, plan.calibration, free, plan.day, random)
    return pl.concat([Households.cast(known.select(Households.column_names())), drawn])


def _without_former_population(homes: pl.DataFrame) -> pl.DataFrame:
    """Forget rents, statuses and landlords that an earlier run drew."""
    return homes.with_columns(
        *(
            pl.when(pl.col(origin) == "real").then(pl.col(column)).alias(column)
            for column, origin in (("rent", "rent_origin"), ("status", "status_origin"))
        ),
        *(pl.when(pl.col(o) == "real").then(pl.col(o)).alias(o) for o in ("rent_origin", "status_origin")),
        pl.when(~pl.col("landlord_id").str.starts_with("landlord-")).then("landlord_id").alias("landlord_id"),
    )
