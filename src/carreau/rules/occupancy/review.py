"""The review of households in their homes: cases, what follows in law, the next date, whom to help stay."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from carreau.rules.composition import age
from carreau.rules.occupancy import cases, refusals, staying
from carreau.rules.occupancy.facts import described
from carreau.rules.parameters import load

FINDING = pl.Enum(["yes", "no", "not_determined"])
CODES = pl.List(pl.String)

# What each finding reads and may lack: where it is not determined, those that are unknown are listed in `missing`.
READ: Mapping[str, tuple[str, ...]] = {
    "over_occupied": ("surface",),
    "under_occupied": ("rooms",),
    "adapted_home_left": ("access", "disabled_occupant_left", "disability"),
    "adapted_home_needed": ("access", "needs_adapted_home"),
    "ceiling_exceeded": ("ceiling_class", "zone", "reference_income", "disability"),
    "review": ("tense_zone",),
    "supplement": ("ceiling_class", "zone", "reference_income", "disability", "in_qpv", "rural_zone"),
    "lease_may_end": (
        "rooms",
        "visiting_children",
        "work_rooms",
        "access",
        "disabled_occupant_left",
        "territory_1948",
        "disability",
        "loss_of_autonomy",
        "in_qpv",
        "former_zus",
        "refused_offers",
    ),
    "right_lost_by_income": ("zone", "disability", "ceiling_class", "over_before", "tense_zone", "in_qpv"),
    "at_risk": ("cost", "disposable_income", "arrears"),
}


def review(tenants: pl.DataFrame, day: date) -> pl.DataFrame:
    """Review each household in its home on a day (L442-5-2 CCH); one row a household, in the order given.

    `tenants`: households joined with their homes, the columns `facts.FROM_REGISTER`, and any of `facts.FACTS`; null or
    absent is unknown. The day of `moved_in` stands for the signing of the lease. Returns, findings being `yes`, `no` or
    `not_determined`:

    - `household_id`; a finding for each of `cases.CASES`; `cases`, those that hold, `undetermined`, those not known;
    - `review`, whether the home is under review (the tense zones are not shipped: unknown unless `tense_zone` is
      given); `next_review`, its next date from the lease, given too where the zone is unknown;
    - `supplement` (SLS due); `lease_may_end` (three refusals), `exceptions` that hold under L442-3-1, `refusals_left`
      (null without an offer to expect), `leave_by`; `right_lost_by_income`, `leave_by_income` (L442-3-3);
    - `follows`, what follows in law, by code; `missing`, the facts that would settle what is not determined;
    - `at_risk`, `risks`, `effort_rate`: whom to help stay. Nothing else reads them.

    Raises BadInput for missing columns and for a day before the first ceilings known.
    """
    found = described(tenants, day).with_columns(**_five_cases(day))
    found = found.with_columns(**_law(day))
    found = found.with_columns(**_dates(day), **_risks(day))
    found = found.with_columns(_follows().alias("follows"), _missing().alias("missing"))
    return found.select(
        "household_id",
        *(finding(pl.col(name)).alias(name) for name in cases.CASES),
        _codes({name: pl.col(name) for name in cases.CASES}).alias("cases"),
        _codes({name: pl.col(name).is_null() for name in cases.CASES}).alias("undetermined"),
        finding(pl.col("tense_zone")).alias("review"),
        "next_review",
        finding(pl.col("supplement")).alias("supplement"),
        finding(pl.col("lease_may_end")).alias("lease_may_end"),
        _codes(refusals.exceptions(day)).alias("exceptions"),
        "refusals_left",
        "leave_by",
        finding(pl.col("right_lost_by_income")).alias("right_lost_by_income"),
        "leave_by_income",
        "follows",
        "missing",
        finding(pl.col("at_risk")).alias("at_risk"),
        "risks",
        staying.effort().alias("effort_rate"),
    )


def finding(so: pl.Expr) -> pl.Expr:
    """A truth value as a code: `yes`, `no`, `not_determined` for null."""
    said = pl.when(so).then(pl.lit("yes")).when(~so).then(pl.lit("no")).otherwise(pl.lit("not_determined"))
    return said.cast(FINDING)


def next_review(signed: pl.Expr, day: date) -> pl.Expr:
    """The first day from `day` on that is a whole number of intervals after the signing of the lease."""
    years = load("occupancy")["review_years"].on(day)
    passed = age(signed, day - timedelta(days=1)).clip(lower_bound=0) // years
    first, second = (signed.dt.offset_by(((passed + n) * years).cast(pl.String) + "y") for n in (1, 2))
    # a lease of 29 February has its anniversaries on the 28th, a day before `age` turns
    return pl.when(first >= day).then(first).otherwise(second)


def _five_cases(day: date) -> dict[str, pl.Expr]:
    persons, visiting, rooms, work = (pl.col(name) for name in ("persons", "visiting_children", "rooms", "work_rooms"))
    return {
        "over_occupied": cases.over_occupied(pl.col("persons"), pl.col("surface"), day),
        "under_occupied": cases.under_occupied(persons, visiting, rooms, work, day),
        "surely_under_occupied": cases.surely_under_occupied(persons, visiting, rooms, work, day),
        "adapted_home_left": cases.adapted_home_left(
            pl.col("access"), pl.col("disabled_occupant_left"), pl.col("disability")
        ),
        "adapted_home_needed": cases.adapted_home_needed(pl.col("access"), pl.col("needs_adapted_home")),
        "ceiling_exceeded": cases.ceiling_exceeded(day),
    }


def _law(day: date) -> dict[str, pl.Expr]:
    kept = refusals.exceptions(day)
    any_exception = pl.any_horizontal(list(kept.values()))
    refused = pl.col("refused_offers")
    obliged = pl.col("surely_under_occupied") & pl.col("territory_1948")
    by_size = refusals.may_end_lease(obliged, any_exception, refused, day)
    by_adapted = refusals.may_end_lease(pl.col("adapted_home_left"), kept["over_65"], refused, day)
    offered = pl.col("under_occupied") | pl.col("adapted_home_left")
    return {
        "lost_by_size": by_size,
        "lost_by_adapted": by_adapted,
        "lease_may_end": by_size | by_adapted,
        "refusals_left": pl.when(offered).then(refusals.refusals_left(refused, day)),
        "supplement": cases.owes_supplement(day),
        "right_lost_by_income": refusals.lost_by_income(cases.far_above_ceiling(day), day),
    }


def _dates(day: date) -> dict[str, pl.Expr]:
    under_review = pl.col("tense_zone").fill_null(True)
    return {
        "next_review": pl.when(under_review).then(next_review(pl.col("moved_in"), day)),
        "leave_by": refusals.leave_by(pl.col("lost_by_size"), pl.col("lost_by_adapted"), day),
        "leave_by_income": refusals.leave_by_income(pl.col("right_lost_by_income"), day),
    }


def _risks(day: date) -> dict[str, pl.Expr]:
    found = staying.risks(day)
    return {"at_risk": pl.any_horizontal(list(found.values())), "risks": _codes(found)}


def _follows() -> pl.Expr:
    any_case = pl.any_horizontal(pl.col(*cases.CASES))
    return _codes(
        {
            "commission": any_case & pl.col("tense_zone"),
            "larger_home": pl.col("over_occupied"),
            "smaller_home_offered": pl.col("under_occupied"),
            "other_home_offered": pl.col("adapted_home_left"),
            "adapted_home": pl.col("adapted_home_needed"),
            "supplement": pl.col("supplement"),
            "lease_may_end": pl.col("lease_may_end"),
            "right_lost_by_income": pl.col("right_lost_by_income"),
        }
    )


def _missing() -> pl.Expr:
    unsettled = {**{name: pl.col(name).is_null() for name in READ if name != "review"}, "review": pl.lit(True)}
    lacking = {(name, fact): unsettled[name] & pl.col(fact).is_null() for name, facts in READ.items() for fact in facts}
    could_count = {
        ("under_occupied", fact): pl.col("under_occupied") & pl.col(fact).is_null()
        for fact in ("visiting_children", "work_rooms")
    }
    listed = [pl.when(so).then(pl.lit(fact)) for (_, fact), so in {**lacking, **could_count}.items()]
    return pl.concat_list(listed).list.drop_nulls().list.unique(maintain_order=True).cast(CODES)


def _codes(found: Mapping[str, pl.Expr]) -> pl.Expr:
    return pl.concat_list([pl.when(so).then(pl.lit(code)) for code, so in found.items()]).list.drop_nulls().cast(CODES)
