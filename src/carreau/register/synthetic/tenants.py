"""Households for the let homes of a register: kinds by rooms, ages, tenure and incomes, with residences that differ."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from carreau.register.synthetic import incomes
from carreau.register.synthetic.margins import Margins, Random
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
    """One household a home, as the contract `Households` wants it. `homes` are let, with their residence effects."""
    kinds = _draw_kinds(margins, calibration.kind_weights, homes, random)
    rooms = homes["rooms"].fill_null(USUAL_ROOMS).to_numpy().astype(np.float64)
    pull = 0.5 * (rooms - 3.6) / 0.9 + np.sqrt(0.75) * random.standard_normal(len(kinds))
    sizes = draw_sizes(kinds, margins.assumed["sizes"], ndtr(pull))
    ages = draw_ages(kinds, margins.assumed["ages"], random)
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
        draw_moved_in(margins, ages, homes["first_let"], day, random),
        pl.lit("synthetic").alias("origin"),
    ).pipe(Households.cast)  # fmt: skip


def draw_moved_in(margins: Margins, ages: Floats, first_let: pl.Series, day: date, random: Random) -> pl.Series:
    """Date of entry: long for the old, never before adulthood nor before the home was let for the first time."""
    correlation = margins.assumed["tenure_age_correlation"]
    score = ndtri((rankdata(ages) - 0.5) / len(ages)) if len(ages) else ages
    quantile = ndtr(correlation * score + np.sqrt(1 - correlation**2) * random.standard_normal(len(ages)))
    short, long = margins.value("tenure_under_2_years") / 100, margins.value("tenure_over_10_years") / 100
    years = np.where(quantile < short, 2 * quantile / short, 2 + 8 * (quantile - short) / (1 - long - short))
    is_long = quantile > 1 - long
    years[is_long] = 10 + 35 * ((quantile[is_long] - 1 + long) / long) ** 1.7
    building = day.year - first_let.cast(pl.Float64).fill_null(day.year - 40).to_numpy()
    years = np.minimum(years, np.minimum(ages - 17.9, np.maximum(building, 0.5)))
    days = (day - EPOCH).days - 1 - np.floor(years * DAYS_A_YEAR).astype(np.int64)
    return pl.Series("moved_in", days).cast(pl.Int32).cast(pl.Date)


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
