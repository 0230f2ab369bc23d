"""Applications: who asks for a home, from where, why, since when, and what they want."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from scipy.special import ndtri

from carreau.register.synthetic.incomes import benefits_share
from carreau.register.synthetic.margins import Margins, Random, ranks
from carreau.register.synthetic.persons import (
    ALONE,
    COUPLE,
    COUPLE_CHILDREN,
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
from carreau.register.synthetic.situations import ADULT, grounds, reasons, wanted_rooms
from carreau.register.synthetic.wishes import Places, wanted_communes
from carreau.register.tables import Applications


@dataclass(frozen=True)
class Asked:
    """How many applications a part of the territory gets, and the number of that part (for their ids)."""

    count: int
    part: int


def draw_applications(
    margins: Margins, asked: Asked, tenants: pl.DataFrame, places: Places, day: date, random: Random
) -> pl.DataFrame:
    """As the contract `Applications` wants them. `tenants` are households with their homes' columns.

    Transfers are tenants drawn among them; the others are drawn so that both together meet the cited kinds.
    """
    transfers = min(round(asked.count * margins.value("transfers") / 100), tenants.height)
    moving = tenants[np.sort(random.choice(tenants.height, size=transfers, replace=False))]
    first = _first_applications(margins, asked.count - transfers, tenants, moving, day, random)
    both = pl.concat([_transfers(moving), first], how="diagonal")
    both = both.with_columns(pl.col("births").list.len().cast(pl.Int64).alias("persons"))
    both = both.with_columns(reasons(margins, both, random))
    both = both.with_columns(
        _youngest_age(both, day).alias("youngest_age"), wanted_communes(places, both["commune"], margins, random)
    )
    both = both.with_columns(grounds(margins, both, random), *wanted_rooms(margins, both, random))
    count = both.height
    waited = _waited(margins, both, day, random)
    since = (day - EPOCH).days - 1 - np.floor(waited).astype(np.int64)
    renewals = np.floor(waited / DAYS_A_YEAR)
    renewed = np.where(renewals >= 1, since + np.floor(renewals * DAYS_A_YEAR), np.nan)
    return Applications.cast(
        both.select(
            pl.format("a-{}-{}", pl.lit(asked.part), pl.int_range(count)).alias("application_id"),
            "department",
            _dates(since).alias("filed"),
            _dates(since).alias("seniority_from"),
            pl.Series(renewed).fill_nan(None).cast(pl.Int32).cast(pl.Date).alias("renewed"),
            "kind", "births",
            _expected_births(both, day, random).alias("expected_births"),
            (pl.col("reason").eq("health") & pl.Series(random.random(count) < 0.3)).alias("needs_adapted_home"),
            "resources", "reference_income", "present_housing",
            pl.col("commune").alias("present_commune"),
            "present_rooms", "present_home_id", "present_charge", "reason", "grounds",
            _right_to_housing(margins, both, random),
            pl.Series("relocated_for_renewal",
                      (np.arange(count) < transfers)
                      & (random.random(count) * 100 < margins.assumed["relocated_for_renewal"])),
            _reserver(both, random).alias("reserver"),
            "wanted_communes", "wanted_rooms_min", "wanted_rooms_max",
            pl.lit("synthetic").alias("origin"),
        )
    )  # fmt: skip


def _waited(margins: Margins, applications: pl.DataFrame, day: date, random: Random) -> Floats:
    """Days since the application, the cited mean in all: nobody applied as a minor or before renting the home to leave.

    Waiting is exponential, cut at the longest that each may have waited; the scale is found by bisection.
    """
    of_age = pl.col("births").list.first().dt.offset_by(f"{ADULT}y")
    longest = (pl.lit(day) - pl.max_horizontal(of_age, "moved_in")).dt.total_days() - 1
    bound = applications.select(longest.clip(1)).to_series().to_numpy().astype(np.float64)
    low, high = 1.0, 50.0 * margins.value("waited")
    for _ in range(60):
        scale = (low + high) / 2
        mean = (scale - bound / np.expm1(bound / scale).clip(1e-12, 1e300)).mean() if len(bound) else 0.0
        low, high = (low, scale) if mean > margins.value("waited") else (scale, high)
    waited: Floats = -scale * np.log1p(random.random(len(bound)) * np.expm1(-bound / scale))
    return waited


def _transfers(moving: pl.DataFrame) -> pl.DataFrame:
    return moving.select(
        pl.col("kind").cast(pl.String),
        "births",
        "consumption_units",
        (pl.col("disposable_income") / 12).round().cast(pl.Int64).alias("resources"),
        pl.col("reference_income").cast(pl.Int64),
        pl.lit("social_tenant").alias("present_housing"),
        "commune",
        "department",
        pl.col("rooms").alias("present_rooms"),
        pl.col("home_id").alias("present_home_id"),
        "moved_in",
        (pl.col("rent") / 100).round().cast(pl.Int64).alias("present_charge"),
    )


def _first_applications(
    margins: Margins, count: int, tenants: pl.DataFrame, moving: pl.DataFrame, day: date, random: Random
) -> pl.DataFrame:
    """Who applies without being a tenant: they live where the tenants do."""
    kinds = _kinds(margins, count, moving, random)
    sizes = draw_sizes(kinds, margins.assumed["sizes"], random.random(count))
    ages = draw_ages(kinds, margins.assumed["applicant_ages"], random)
    persons = compose(kinds, sizes, ages, random)
    units = persons.consumption_units(count)
    standard = _monthly_standard(margins, moving, count, random)
    resources = np.round(standard * units / 10)
    line = margins.poverty_line(day)
    taxed = resources * 12 * (1 - benefits_share(margins, standard * 12, line)) * margins.assumed["tax_income"]
    housing = _housing(margins, ages, random)
    charge = (resources * random.uniform(0.2, 0.5, count)).clip(margins.assumed["least_private_rent"])
    charge[housing != "private_tenant"] = np.nan
    home = tenants.select("commune", "department")[random.integers(0, max(tenants.height, 1), count)]
    return pl.DataFrame(
        {
            "kind": np.array(KINDS)[kinds],
            "births": persons.births(day),
            "consumption_units": units,
            "resources": resources.astype(np.int64),
            "reference_income": np.round(taxed).astype(np.int64),
            "present_housing": housing,
            "present_charge": pl.Series(charge).fill_nan(None).cast(pl.Int64),
        },
        schema_overrides={"consumption_units": pl.Int16},
    ).hstack(home)


def _housing(margins: Margins, ages: Floats, random: Random) -> np.ndarray:
    """Where first applicants live, in the assumed shares: the young with their family, owners late in life."""
    shares, typical = margins.assumed["present_housing"], margins.assumed["present_housing_age"]
    names = np.array(list(shares))
    weights = np.array(list(shares.values()), dtype=np.float64)
    drawn = random.choice(len(names), size=len(ages), p=weights / weights.sum())
    expected = np.array([typical[name] for name in names])[drawn] + 12 * random.standard_normal(len(ages))
    housing = np.empty(len(ages), dtype=names.dtype)
    housing[np.argsort(ages, kind="stable")] = names[drawn[np.argsort(expected, kind="stable")]]
    return housing


def _kinds(margins: Margins, count: int, moving: pl.DataFrame, random: Random) -> Ints:
    """Kinds of the first applications, so that with the transfers the cited shares hold."""
    couples = margins.value("applicants_couple")
    with_children = couples * margins.assumed["applicant_couple_with_children"] / 100
    target = np.zeros(len(KINDS))
    target[ALONE], target[LONE_PARENT] = margins.value("applicants_alone"), margins.value("applicants_lone_parent")
    target[COUPLE_CHILDREN], target[COUPLE] = with_children, couples - with_children
    target[-1] = 100 - target.sum()
    present = np.bincount(moving["kind"].to_physical().to_numpy(), minlength=len(KINDS))
    wanted = (target / 100 * (count + moving.height) - present).clip(min=0.01)
    return random.choice(len(KINDS), size=count, p=wanted / wanted.sum())


def _monthly_standard(margins: Margins, moving: pl.DataFrame, count: int, random: Random) -> Floats:
    """Monthly resources per consumption unit: with the transfers, a quarter lie under the cited threshold."""
    threshold, spread = margins.value("first_quartile"), margins.assumed["applicant_income_spread"]
    under = (moving["disposable_income"] / 12 / (moving["consumption_units"] / 10) < threshold).sum()
    share = (0.25 * (count + moving.height) - under) / max(count, 1)
    middle = np.log(threshold) - spread * ndtri(np.clip(share, 0.02, 0.98))
    return np.exp(middle + spread * random.standard_normal(count))


def _youngest_age(applications: pl.DataFrame, day: date) -> pl.Expr:
    return (pl.lit(day) - applications["births"].list.max()).dt.total_days() / DAYS_A_YEAR


def _expected_births(applications: pl.DataFrame, day: date, random: Random) -> pl.Expr:
    age = (pl.lit(day) - pl.col("births").list.first()).dt.total_days() / DAYS_A_YEAR
    may = pl.col("kind").is_in(["couple", "couple_children", "lone_parent"]) & (age < 42)
    return (may & pl.Series(random.random(applications.height) < 0.05)).cast(pl.Int8)


def _right_to_housing(margins: Margins, applications: pl.DataFrame, random: Random) -> pl.Series:
    """DALO: the cited number, among those whom a ground of L441-1 makes the likeliest."""
    likely = applications["grounds"].list.len().to_numpy() > 0
    order = ranks(likely + random.random(applications.height))
    count = round(applications.height * margins.value("dalo") / 100)
    return pl.Series("dalo", order >= applications.height - count)


def _reserver(applications: pl.DataFrame, random: Random) -> pl.Expr:
    employed = (pl.col("resources") > 1000) & pl.Series(random.random(applications.height) < 0.4)
    return (
        pl.when(pl.col("grounds").list.len() > 0).then(pl.lit("state_priority"))
        .when(employed).then(pl.lit("action_logement")).otherwise(pl.lit("none"))
    )  # fmt: skip


def _dates(days: Ints) -> pl.Expr:
    return pl.lit(pl.Series(days).cast(pl.Int32).cast(pl.Date))
