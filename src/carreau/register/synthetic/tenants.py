"""Households for the let homes of a register: kinds by rooms, ages, tenure and incomes, with residences that differ."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from carreau.register.synthetic import incomes
from carreau.register.synthetic.margins import Margins, Random, ranks
from carreau.register.synthetic.persons import (
    ALONE,
    DAYS_A_YEAR,
    EPOCH,
    KINDS,
    LONE_PARENT,
    Floats,
    Ints,
    compose,
    draw_ages,
    draw_sizes,
)
from carreau.register.tables import Households

SAMPLE = 60_000
ROOM_CLASSES = 5
USUAL_ROOMS = 3
EARLIEST = -(2**31)
ADULT, LONGEST_TENURE = 18.1, 75
EFFECTS = ("income_effect", "family_effect", "lone_parent_effect")


@dataclass(frozen=True)
class Calibration:
    """What makes the drawn population meet the cited figures: weights of kinds by rooms, and income levels."""

    kind_weights: Floats
    levels: incomes.Levels


def calibrate(margins: Margins, homes: pl.DataFrame, random: Random) -> Calibration:
    """Fit on an even sample of the homes. `homes` has `rooms`, `in_qpv` and the residence effects."""
    sample = homes.gather_every(max(1, homes.height // SAMPLE))
    weights = _fit_kinds(margins, sample)
    kinds = _draw_kinds(margins, weights, sample, random)
    in_qpv = sample["in_qpv"].fill_null(value=False).to_numpy()
    return Calibration(weights, incomes.fit_levels(margins, kinds, in_qpv, sample["income_effect"].to_numpy()))


def residence_effects(residences: pl.Series, random: Random) -> pl.DataFrame:
    """Three standard normal traits of each residence, the same wherever its homes are read."""
    drawn = random.standard_normal((len(residences), len(EFFECTS)))
    return pl.DataFrame({"residence_id": residences}).hstack(pl.DataFrame(drawn, schema=list(EFFECTS)))


def draw_tenants(
    margins: Margins, calibration: Calibration, homes: pl.DataFrame, day: date, random: Random
) -> pl.DataFrame:
    """One household a home, as the contract `Households` wants it. `homes` are let, with their residence effects.

    Where the register knows since when a home is let, that day is kept. Students' homes have students.
    """
    kinds = _draw_kinds(margins, calibration.kind_weights, homes, random)
    student = (homes["kind"] == "student").fill_null(value=False).to_numpy()
    kinds[student] = ALONE
    rooms = homes["rooms"].fill_null(USUAL_ROOMS).to_numpy().astype(np.float64)
    pull = 0.5 * (rooms - 3.6) / 0.9 + np.sqrt(0.75) * random.standard_normal(len(kinds))
    sizes = draw_sizes(kinds, margins.assumed["sizes"], ndtr(pull))
    ages = draw_ages(kinds, margins.assumed["ages"], random)
    ages[student] = 18 + 7 * random.random(student.sum())
    ages = np.maximum(ages, ADULT + _years_let(homes["let_since"], day))
    persons = compose(kinds, sizes, ages, random)
    units = persons.consumption_units(len(kinds))
    line = margins.poverty_line(day)
    in_qpv = homes["in_qpv"].fill_null(value=False).to_numpy()
    effect = homes["income_effect"].to_numpy()
    standard = incomes.draw_living_standards(margins, line, calibration.levels, kinds, in_qpv, effect, random)
    disposable = np.round(standard * units / 10)
    return homes.select(
        pl.concat_str(pl.lit("h-"), "home_id").alias("household_id"),
        "home_id", "cell_crs", "cell_north", "cell_east",
        pl.lit("social").alias("tenure"),
        pl.Series("kind", kinds).replace_strict(dict(enumerate(KINDS)), return_dtype=pl.String),
        persons.births(day),
        pl.Series("consumption_units", units),
        pl.Series("disposable_income", disposable),
        pl.Series("reference_income", incomes.tax_income(margins, standard, line, disposable)),
        pl.Series("poor", standard < line),
        pl.lit(None, dtype=pl.Boolean).alias("housing_benefit"),
        pl.coalesce(_lease(homes["let_since"], day), draw_moved_in(margins, ages, homes["first_let"], day, random))
        .alias("moved_in"),
        pl.lit("synthetic").alias("origin"),
    ).pipe(Households.cast)  # fmt: skip


def _lease(let_since: pl.Series, day: date) -> pl.Series:
    """The day of the lease that the register knows, unless it is still to come."""
    return let_since.to_frame().select(pl.when(pl.col("let_since") < day).then("let_since")).to_series()


def _years_let(let_since: pl.Series, day: date) -> Floats:
    """Years since that lease; no more than a life allows, and 0 where it is unknown."""
    days = _lease(let_since, day).to_frame().select((pl.lit(day) - pl.col("let_since")).dt.total_days())
    years: Floats = (days.to_series().cast(pl.Float64).fill_null(0.0) / DAYS_A_YEAR).to_numpy()
    return years.clip(0, LONGEST_TENURE)


def draw_moved_in(margins: Margins, ages: Floats, first_let: pl.Series, day: date, random: Random) -> pl.Series:
    """Date of entry: long for the old, never before adulthood nor before the home was let for the first time."""
    correlation = margins.assumed["tenure_age_correlation"]
    score = ndtri((ranks(ages) + 0.5) / len(ages)) if len(ages) else ages
    quantile = ndtr(correlation * score + np.sqrt(1 - correlation**2) * random.standard_normal(len(ages)))
    short, long = margins.value("tenure_under_2_years") / 100, margins.value("tenure_over_10_years") / 100
    years = np.where(quantile < short, 2 * quantile / short, 2 + 8 * (quantile - short) / (1 - long - short))
    is_long = quantile > 1 - long
    years[is_long] = 10 + 35 * ((quantile[is_long] - 1 + long) / long) ** 1.7
    building = day.year - first_let.cast(pl.Float64).fill_null(day.year - 40).to_numpy()
    years = np.minimum(years, np.minimum(ages - 17.9, np.maximum(building, 0.5)))
    yesterday = (day - EPOCH).days - 1
    days = yesterday - np.floor(years * DAYS_A_YEAR).astype(np.int64)
    opened = pl.date(pl.col("first_let"), 1, 1).cast(pl.Int64).fill_null(EARLIEST)
    first = first_let.alias("first_let").to_frame().select(opened).to_series().to_numpy()
    return pl.Series("moved_in", np.maximum(days, np.minimum(first, yesterday))).cast(pl.Int32).cast(pl.Date)


def _room_class(homes: pl.DataFrame) -> Ints:
    return homes["rooms"].fill_null(USUAL_ROOMS).to_numpy().astype(np.int64).clip(1, ROOM_CLASSES) - 1


def _shares(margins: Margins, weights: Floats, homes: pl.DataFrame) -> Floats:
    """For each home the probability of each kind of household."""
    family = margins.assumed["family_tilt"] * homes["family_effect"].to_numpy()
    lone = margins.assumed["lone_parent_tilt"] * homes["lone_parent_effect"].to_numpy()
    log = np.log(weights)[_room_class(homes)]
    log[:, ALONE] -= family
    log[:, LONE_PARENT] += lone
    share: Floats = np.exp(log)
    return share / share.sum(axis=1, keepdims=True)


def _fit_kinds(margins: Margins, homes: pl.DataFrame) -> Floats:
    """Iterative proportional fitting: kinds in all, and people alone in three rooms, as cited."""
    assumed = margins.assumed
    weights = np.array([assumed["kind_by_rooms"][kind] for kind in KINDS], dtype=np.float64).T
    target = {
        "alone": margins.value("alone"),
        "lone_parent": margins.value("lone_parent"),
        "couple_children": margins.value("couple_children"),
        "couple": assumed["couple"],
        "other": assumed["other_kind"],
    }
    wanted = np.array([target[kind] for kind in KINDS]) / sum(target.values())
    rooms = _room_class(homes)
    three = rooms == USUAL_ROOMS - 1
    for _ in range(40):
        if three.any() and not three.all():
            found = _shares(margins, weights, homes)[three, ALONE].mean()
            odds = margins.value("alone_in_three_rooms") / 100
            weights[USUAL_ROOMS - 1, ALONE] *= odds / (1 - odds) * (1 - found) / found
        weights *= wanted / _shares(margins, weights, homes).mean(axis=0)
        weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _draw_kinds(margins: Margins, weights: Floats, homes: pl.DataFrame, random: Random) -> Ints:
    bounds = np.cumsum(_shares(margins, weights, homes), axis=1)
    return (random.random(len(bounds))[:, None] >= bounds[:, :-1]).sum(axis=1)
