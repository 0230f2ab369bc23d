"""Each cited figure beside what was drawn: the page that lets a reader trust, or not, the synthetic population."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from carreau.register.synthetic.margins import Margins, shipped
from carreau.register.territory import Territory

DAYS_A_YEAR = 365.25
SMALLEST_GROUP = 40


@dataclass(frozen=True)
class Comparison:
    """One line: `cited` and `drawn` in `unit`; `within` says whether they differ by no more than `tolerance`.

    The tolerance is in points for percentages and in per cent of the cited value for amounts.
    """

    name: str
    unit: str
    cited: float
    drawn: float
    tolerance: float
    source: str

    @property
    def gap(self) -> float:
        """Points for percentages and points, per cent for amounts."""
        is_share = self.unit.startswith(("%", "points"))
        return self.drawn - self.cited if is_share else 100 * (self.drawn - self.cited) / self.cited

    @property
    def within(self) -> bool:
        """Whether the drawn figure is as near to the cited one as it must be."""
        return abs(self.gap) <= self.tolerance


def compare(territory: Territory, *, over_ceiling: pl.Series | None = None) -> list[Comparison]:
    """Measure on the drawn tables every cited figure that has a tolerance (see `margins.yaml`).

    A figure that the territory cannot show (no home in QPV, no surface, nobody) is left out.

    Where Filosofi's cells give the households, their own figures hold instead (see `natural_cells.compare_cells`), and
    figures of the households and their homes are left out here.

    Ceilings are rules, which the register does not know: whoever does gives `over_ceiling`, each tenant's income in per
    cent of the PLUS ceiling.
    """
    margins = shipped()
    day = territory.reference_date
    drawn = {**_of_applications(margins, territory, day), **_of_leases(territory)}
    if not territory.has("cells"):
        drawn = {**_of_households(margins, territory, day), **_of_homes(territory), **drawn}
    if over_ceiling is not None and len(over_ceiling.drop_nulls()):
        drawn["over_120_percent_of_ceiling"] = 100 * float((over_ceiling.drop_nulls() > 120).mean())  # type: ignore[arg-type]
    return [
        Comparison(
            name, cited["unit"], _cited(margins, territory, name), drawn[name], cited["tolerance"], cited["source"]
        )
        for name, cited in margins.cited.items()
        if name in drawn
    ]


def spread(tenants: pl.DataFrame, trait: str) -> float:
    """Standard deviation, in points, of a trait's share between 200 m cells, beyond chance.

    `tenants` has `cell_north`, `cell_east`, `residence_id` and the truth column `trait`; where homes are not located,
    residences stand for cells. Groups under 40 households are left out, and the variance that independent draws alone
    would give is subtracted: the cited figures were measured in the same way on Filosofi's cells.
    """
    cell = pl.when(pl.col("cell_north").is_not_null()).then(pl.format("{}-{}", "cell_north", "cell_east"))
    shares = (
        tenants.group_by(pl.coalesce(cell, "residence_id").alias("group"))
        .agg(pl.len().alias("count"), pl.col(trait).mean().alias("share"))
        .filter(pl.col("count") >= SMALLEST_GROUP)
    )
    if shares.height < 2:
        return 0.0
    share = shares["share"]
    chance = (share * (1 - share) / shares["count"]).mean()
    return 100 * max(share.var() - chance, 0.0) ** 0.5  # type: ignore[operator]


def _cited(margins: Margins, territory: Territory, name: str) -> float:
    figure = margins.cited[name]
    if "by_region" not in figure:
        return float(figure["value"])
    local = float(territory.table("homes").select(margins.local(name).mean()).collect().item())
    return local * figure.get("to_2023", 1.0)


def _of_households(margins: Margins, territory: Territory, day: date) -> Mapping[str, float]:
    homes = territory.table("homes").select("home_id", "rooms", "in_qpv", "residence_id")
    tenants = territory.table("households").join(homes, on="home_id").collect()
    age = (pl.lit(day) - pl.col("births").list.first()).dt.total_days() / DAYS_A_YEAR
    tenure = (pl.lit(day) - pl.col("moved_in")).dt.total_days() / DAYS_A_YEAR
    tenants = tenants.with_columns(
        age.alias("age"), tenure.alias("tenure_years"), (pl.col("kind") == "alone").alias("is_alone"),
        (pl.col("kind") == "lone_parent").alias("is_lone_parent"), pl.col("in_qpv").fill_null(value=False),
    )  # fmt: skip
    persons = tenants.select(pl.col("births").explode()).select(
        ((pl.lit(day) - pl.col("births")).dt.total_days() / DAYS_A_YEAR).alias("age")
    )
    alone = tenants.filter("is_alone")
    shares = tenants.select(
        alone=pl.col("is_alone").mean(),
        lone_parent=pl.col("is_lone_parent").mean(),
        couple_children=(pl.col("kind") == "couple_children").mean(),
        alone_in_three_rooms=pl.col("is_alone").filter(pl.col("rooms") == 3).mean(),
        over_53=(pl.col("age") > 53).mean(),
        under_30=(pl.col("age") < 30).mean(),
        tenure_under_2_years=(pl.col("tenure_years") < 2).mean(),
        tenure_over_10_years=(pl.col("tenure_years") > 10).mean(),
        poor=pl.col("poor").mean(),
        poor_in_qpv_gap=pl.col("poor").filter(pl.col("in_qpv")).mean()
        - pl.col("poor").filter(~pl.col("in_qpv")).mean(),
    ).row(0, named=True)
    known = {name: 100 * value for name, value in shares.items() if value is not None}
    if tenants.is_empty():
        return {}
    if alone.height:
        known["alone_over_60"] = 100 * float((alone["age"] > 60).mean())  # type: ignore[arg-type]
    return {
        **known,
        "persons_per_household": persons.height / tenants.height,
        "persons_over_65": 100 * float((persons["age"] > 65).mean()),  # type: ignore[arg-type]
        "spread_poor": spread(tenants, "poor"),
        "spread_lone_parent": spread(tenants, "is_lone_parent"),
        "spread_alone": spread(tenants, "is_alone"),
        "benefits_share_of_income": 100
        - 100 * tenants["reference_income"].sum() / margins.assumed["tax_income"] / tenants["disposable_income"].sum(),
    }


def _of_homes(territory: Territory) -> Mapping[str, float]:
    homes = territory.table("homes").select("home_id", "rent", "surface", "status").collect()
    market = homes.filter(pl.col("status").is_in(["let", "offered"]))
    let = market.filter(pl.col("status") == "let")
    leaving = territory.table("vacancies").select("home_id").collect().join(let, on="home_id", how="semi").height
    drawn = {
        "vacant": 100 * (1 - let.height / market.height) if market.height else None,
        "mobility": 100 * leaving / let.height if let.height else None,
        "rent": (homes["rent"] / 100 / homes["surface"]).mean(),
    }
    return {name: float(value) for name, value in drawn.items() if value is not None}  # type: ignore[arg-type]


def _of_applications(margins: Margins, territory: Territory, day: date) -> Mapping[str, float]:
    asked = territory.table("applications").with_columns(
        (pl.col("present_housing") == "social_tenant").alias("transfer")
    )
    units = _consumption_units(margins, day)
    first, transfer = ~pl.col("transfer"), pl.col("transfer")
    row = asked.select(
        applicants_alone=(pl.col("kind") == "alone").mean(),
        applicants_lone_parent=(pl.col("kind") == "lone_parent").mean(),
        applicants_couple=pl.col("kind").is_in(["couple", "couple_children"]).mean(),
        transfers=transfer.mean(),
        wants_two_rooms_at_most=(pl.col("wanted_rooms_max") <= 2).mean(),
        dalo=pl.col("dalo").mean(),
        reason_no_own_home=(pl.col("reason") == "no_own_home").filter(first).mean(),
        reason_too_expensive=(pl.col("reason") == "too_expensive").filter(first).mean(),
        reason_too_small=(pl.col("reason") == "too_small").filter(transfer).mean(),
        reason_health=(pl.col("reason") == "health").filter(transfer).mean(),
        reason_surroundings=(pl.col("reason") == "surroundings").filter(transfer).mean(),
        waited=(pl.lit(day) - pl.col("seniority_from")).dt.total_days().mean() / 100,
        first_quartile=(pl.col("resources") * 10 / units).quantile(0.25) / 100,
    ).collect()  # fmt: skip
    return {name: 100 * value for name, value in row.row(0, named=True).items() if value is not None}


def _of_leases(territory: Territory) -> Mapping[str, float]:
    homes = territory.table("homes").select("home_id", "in_qpv")
    outside = ~pl.col("in_qpv").fill_null(value=False)
    row = territory.table("leases").join(homes, on="home_id").select(
        leases_first_quartile_outside_qpv=100 * pl.col("first_quartile").filter(outside).mean(),
        leases_transfer=100 * pl.col("transfer").mean(),
        leases_waited=pl.col("waited").mean(),
    )  # fmt: skip
    return {name: float(value) for name, value in row.collect().row(0, named=True).items() if value is not None}


def _consumption_units(margins: Margins, day: date) -> pl.Expr:
    scale: Mapping[str, Any] = margins.value("consumption_units")
    under_14 = (pl.col("births").list.eval(pl.element() > day.replace(year=day.year - 14))).list.sum()
    others = pl.col("births").list.len().cast(pl.Int64) - 1
    return scale["first"] + scale["from_14"] * (others - under_14) + scale["under_14"] * under_14
