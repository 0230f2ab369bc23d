"""What the open register does not say of a home: is it let, by whom, at what rent, for whom, and when is it vacant."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from carreau.register import vocabulary as words
from carreau.register.synthetic.margins import Margins, Random
from carreau.register.synthetic.persons import Floats
from carreau.register.tables import Contingents, Landlords, Leases, Vacancies

MOST_LANDLORDS = 720
SIREN = re.compile(r"\d{9}")
USUAL_ROOMS = 3
CLASSES = ("PLAI", "PLS", "PLI")


@dataclass(frozen=True)
class Rents:
    """The mean of the relative rents of a territory, so that the drawn rents have the cited mean."""

    mean_factor: float


def share_out_landlords(margins: Margins, residences: pl.DataFrame, random: Random) -> pl.DataFrame:
    """Give each residence a landlord, a few large and many small. `residences`: residence_id, homes.

    Returns residence_id and landlord_id.
    """
    count = round(residences["homes"].sum() / margins.assumed["homes_per_landlord"])
    count = min(max(count, 1), MOST_LANDLORDS)
    weights = 1 / np.arange(1, count + 1) ** 0.7
    chosen = random.choice(count, size=residences.height, p=weights / weights.sum()) + 1
    return residences.select("residence_id", pl.format("landlord-{}", pl.Series(chosen)).alias("landlord_id"))


def landlords(ids: list[str]) -> pl.DataFrame:
    """The landlords of some ids: a SIREN tells a real one, of whom no more is known; the others are invented.

    The kind is drawn for all, so that every row counts as synthetic.
    """
    real = [bool(SIREN.fullmatch(name)) for name in ids]
    kinds = words.LANDLORD_KIND.categories.to_list()
    return Landlords.cast(
        pl.DataFrame(
            {
                "landlord_id": ids,
                "siren": [name if known else None for name, known in zip(ids, real, strict=True)],
                "name": [
                    f"Bailleur {name}" if known else f"Bailleur fictif {number}"
                    for number, (name, known) in enumerate(zip(ids, real, strict=True), start=1)
                ],
                "kind": [kinds[number % 2] for number in range(len(ids))],
                "origin": ["synthetic"] * len(ids),
            },
            schema_overrides={"siren": pl.String},
        )
    )


def contingents(margins: Margins, pairs: pl.DataFrame, day: date) -> pl.DataFrame:
    """The same conventions for every pair of `landlord_id` and `department`."""
    shares = margins.assumed["contingents"]
    rows = pl.DataFrame({"reserver": list(shares), "share": list(shares.values())})
    dated = pairs.join(rows, how="cross").with_columns(valid_from=day, origin=pl.lit("synthetic"))
    return Contingents.cast(dated.select(Contingents.column_names()))


def fit_rents(margins: Margins, homes: pl.DataFrame, day: date) -> Rents:
    """Measure the mean relative rent on the homes whose surface is known."""
    factors = homes.filter(pl.col("surface").is_not_null()).select(_factor(margins, day)).to_series()
    return Rents(float(factors.mean() or 1.0))  # type: ignore[arg-type]


def complete(margins: Margins, rents: Rents, homes: pl.DataFrame, day: date, random: Random) -> pl.DataFrame:
    """Fill status and rent where the register has none, and say that they are synthetic."""
    vacant = random.random(homes.height) * 100
    noise = np.exp(margins.assumed["rent_spread"] * random.standard_normal(homes.height))
    level = margins.local("rent") * margins.cited["rent"]["to_2023"]
    square_metre = level * _factor(margins, day) / rents.mean_factor * pl.Series(noise)
    status = pl.when(pl.Series(vacant) < margins.local("vacant")).then(pl.lit("offered")).otherwise(pl.lit("let"))
    known_rent, known_status = pl.col("rent_origin").is_not_null(), pl.col("status_origin").is_not_null()
    drawn_rent = (square_metre * _surface(margins) * 100).round().cast(pl.Int32)
    return homes.with_columns(
        pl.when(known_rent).then("rent").otherwise(drawn_rent).alias("rent"),
        pl.when(known_status).then("status").otherwise(status.cast(words.STATUS)).alias("status"),
        pl.col("rent_origin").fill_null(pl.lit("synthetic", dtype=words.ORIGIN)),
        pl.col("status_origin").fill_null(pl.lit("synthetic", dtype=words.ORIGIN)),
    )


def draw_vacancies(margins: Margins, homes: pl.DataFrame, day: date, random: Random) -> pl.DataFrame:
    """The homes on offer on `day`, and those that tenants leave within the year that follows."""
    leaves = pl.Series(random.random(homes.height) * 100) < margins.local("mobility")
    offered = pl.col("status") == "offered"
    chosen = homes.with_columns(
        pl.Series("after", random.integers(0, 365, homes.height)),
        pl.Series("before", random.integers(1, 90, homes.height)),
        pl.Series("gap", _gaps(margins, homes.height, random)),
        pl.coalesce("reserver", pl.Series(_reservers(margins, homes.height, random)).cast(words.RESERVER)),
    ).filter(offered | ((pl.col("status") == "let") & leaves))
    vacated = pl.lit(day) + pl.duration(days=pl.when(offered).then(-pl.col("before")).otherwise("after"))
    return Vacancies.cast(
        chosen.select(
            pl.concat_str(pl.lit("v-"), "home_id").alias("vacancy_id"),
            "home_id",
            vacated.alias("vacated"),
            pl.max_horizontal(vacated + pl.duration(days="gap"), pl.lit(day)).alias("available"),
            "reserver",
            pl.lit("synthetic").alias("origin"),
        )
    )


def draw_leases(margins: Margins, tenants: pl.DataFrame, day: date, random: Random) -> pl.DataFrame:
    """The leases signed in the last two years: those of the tenants who moved in since."""
    recent = tenants.filter(pl.col("moved_in") > day - timedelta(days=730))
    count = recent.height
    in_qpv = recent["in_qpv"].fill_null(value=False).to_numpy()
    outside, inside = (
        margins.value("leases_first_quartile_outside_qpv"),
        margins.assumed["leases_first_quartile_in_qpv"],
    )
    transfer = random.random(count) * 100 < margins.value("leases_transfer")
    relocated = transfer & (random.random(count) * 100 < margins.assumed["relocated_for_renewal"])
    return Leases.cast(
        recent.select(
            pl.concat_str(pl.lit("l-"), "home_id").alias("lease_id"),
            "home_id",
            "household_id",
            pl.col("moved_in").alias("signed"),
            pl.lit(None, dtype=pl.Date).alias("ended"),
            pl.col("rent").fill_null(0),
            pl.Series("reserver", _reservers(margins, count, random)),
            pl.Series("first_quartile", random.random(count) * 100 < np.where(in_qpv, inside, outside)),
            pl.Series("priority", random.random(count) * 100 < margins.assumed["leases_priority"]),
            pl.Series("transfer", transfer),
            pl.Series("relocated_for_renewal", relocated),
            pl.Series("waited", np.floor(random.exponential(margins.value("leases_waited"), count))),
            pl.lit("synthetic").alias("origin"),
        )
    )


def _factor(margins: Margins, day: date) -> pl.Expr:
    """Rent per m² against the local mean: by class of ceiling, age of the building and QPV."""
    by_class = margins.value("rent_by_class")
    factors = {name: by_class[name] / by_class["all"] for name in CLASSES}
    new = margins.assumed["new_home"]
    factor = pl.col("ceiling_class").cast(pl.String).replace_strict(factors, default=1.0, return_dtype=pl.Float64)
    is_new = (day.year - pl.col("built") <= new["years"]).fill_null(value=False)
    in_qpv = pl.col("in_qpv").fill_null(value=False)
    discount = pl.when(in_qpv).then(margins.value("rent_in_qpv") / by_class["all"]).otherwise(0.0)
    return factor.fill_null(1.0) * pl.when(is_new).then(new["factor"]).otherwise(1.0) + discount


def _surface(margins: Margins) -> pl.Expr:
    """Square metres: those of the register, else the usual ones of as many rooms, else of the usual number of rooms."""
    usual = margins.assumed["usual_surface"]
    by_rooms = pl.col("rooms").clip(1, max(usual)).replace_strict(usual, default=None, return_dtype=pl.Float64)
    return pl.coalesce(pl.col("surface").cast(pl.Float64), by_rooms, pl.lit(float(usual[USUAL_ROOMS])))


def _gaps(margins: Margins, count: int, random: Random) -> Floats:
    rule = margins.assumed["days_between_tenants"]
    return np.floor(rule["least"] + random.exponential(rule["mean"], count))


def _reservers(margins: Margins, count: int, random: Random) -> list[str]:
    shares = margins.assumed["contingents"]
    weights = np.array(list(shares.values()), dtype=np.float64)
    return np.array(list(shares))[random.choice(len(shares), size=count, p=weights / weights.sum())].tolist()
