"""What the review asks of a household and its home, and what it may be told beside the register."""

from datetime import date
from typing import Any

import polars as pl

from carreau.errors import BadInput
from carreau.rules.ceilings import category, zone
from carreau.rules.composition import with_composition

FROM_REGISTER = (
    "household_id",
    "kind",
    "births",
    "reference_income",
    "disposable_income",
    "moved_in",
    "commune",
    "rooms",
    "surface",
    "access",
    "ceiling_class",
    "in_qpv",
)
# Told by landlords and tenants, never in the register: a column that is absent is unknown for everybody.
FACTS: dict[str, Any] = {
    "disability": pl.Boolean,  # of the tenant or a dependant (L114 of the social action code)
    "loss_of_autonomy": pl.Boolean,  # of the tenant or a dependant (decree of 20 August 2009)
    "needs_adapted_home": pl.Boolean,
    "disabled_occupant_left": pl.Boolean,
    "disabled_dependant_died": pl.Boolean,
    "visiting_children": pl.Int32,  # of an occupant, by a right of visit, not in `births`
    "work_rooms": pl.Int32,  # used for and needed by a profession or an elected office
    "tense_zone": pl.Boolean,  # of L442-5-2
    "territory_1948": pl.Boolean,  # of the law of 1 September 1948, article 10, 7°
    "former_zus": pl.Boolean,  # that did not become a QPV
    "rural_zone": pl.Boolean,  # ZRR or FRR
    "over_before": pl.Boolean,  # the survey of the year before found the income above the limit of L442-3-3
    "refused_offers": pl.Int32,
    "third_offer_on": pl.Date,
    "cost": pl.Int32,  # cents a month, `rent_after` of rules.rent.burden
    "arrears": pl.Int32,  # cents
}
COUNTS = ("visiting_children", "work_rooms", "refused_offers")


def described(tenants: pl.DataFrame, day: date) -> pl.DataFrame:
    """Tenants with every column of `FACTS` (null where it was not given), their composition, and their ceilings' zone.

    Adds to `with_composition` the columns `zone`, `least_category` (nobody disabled when that is unknown) and
    `most_category` (somebody). Raises BadInput for a column of the register that is missing and for a negative count.
    """
    absent = [name for name in FROM_REGISTER if name not in tenants.columns]
    if absent:
        raise BadInput(f"these columns are needed and missing: {', '.join(absent)}")
    told = tenants.with_columns(
        (pl.col(name) if name in tenants.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in FACTS.items()
    ).select(list(FACTS))
    for name in COUNTS:
        if told.select((pl.col(name) < 0).any()).item():
            raise BadInput("a count from nought on is expected", column=name)
    unasked = tenants.select(FROM_REGISTER).with_columns(
        pl.lit(0, dtype=pl.Int8).alias("expected_births"), pl.lit([], dtype=pl.List(pl.String)).alias("grounds")
    )
    counted = with_composition(unasked, day).drop("disability", "expected_births", "grounds")
    texts = pl.col("kind", "access", "ceiling_class").cast(pl.String)
    found = counted.with_columns(texts, zone(pl.col("commune"), day).cast(pl.String).alias("zone")).hstack(told)
    return found.with_columns(
        _category(pl.col("disability").fill_null(False), day).alias("least_category"),
        _category(pl.col("disability").fill_null(True), day).alias("most_category"),
    )


def _category(disability: pl.Expr, day: date) -> pl.Expr:
    persons, couple, dependants, ages = (pl.col(name) for name in ("persons", "couple", "dependants", "ages"))
    return category(persons, couple, dependants, ages, disability, day)
