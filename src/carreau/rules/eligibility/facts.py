"""What the rules ask of an application, and what they may be told beside the register. Nothing else is ever read."""

from datetime import date
from typing import Any

import polars as pl

from carreau.errors import BadInput
from carreau.register.vocabulary import GROUND
from carreau.rules.composition import with_composition
from carreau.rules.needs import custody_change

FROM_REGISTER = (
    "application_id",
    "seniority_from",
    "kind",
    "births",
    "expected_births",
    "needs_adapted_home",
    "resources",
    "reference_income",
    "present_housing",
    "present_rooms",
    "reason",
    "grounds",
    "dalo",
    "relocated_for_renewal",
    "wanted_communes",
    "wanted_rooms_min",
)
# Told by applicants, never in the register: a column that is absent is unknown for everybody.
FACTS: dict[str, Any] = {
    "alternating_children": pl.Int16,  # of `births`, minors in alternating custody; unknown is none
    "visiting_children": pl.Int16,  # by a right of visit, not in `births`; unknown is none
    "carer": pl.Boolean,  # somebody must live in to help; unknown is nobody
    "present_surface": pl.Int32,  # m²
    "housed_since": pl.Date,  # in the present housing, without a break
    "regular_stay": pl.Boolean,  # of every person of the household, as an officer found it
    "permanent_residence": pl.Boolean,  # same
    "owns_suitable_home": pl.Boolean,  # one that suits, or brings enough to rent privately (L441-2-2)
    "protection_order": pl.Boolean,  # of the family judge, now or before
    "divorcing": pl.Boolean,  # attested by the judge or a lawyer
    "own_reference_income": pl.Int32,  # of the applicant alone, euros a year
    "recent_income": pl.Int32,  # of the last year or the last twelve months, euros a year
}
COUNTS = ("alternating_children", "visiting_children", "present_surface", "own_reference_income", "recent_income")
NONE_WHEN_UNKNOWN = {"alternating_children": 0, "visiting_children": 0, "carer": False}


def described(applications: pl.DataFrame, day: date) -> pl.DataFrame:
    """Applications with only the columns that rules read, every column of `FACTS`, and their composition on a day.

    Adds to `with_composition` `counted_persons` and `counted_dependants`, those of the ceilings: with the children of
    separated parents that count. A frame described before is returned as it is. Raises BadInput for a column of the
    register that is missing, for a negative count, and for more alternating children than children.
    """
    if "counted_persons" in applications.columns:
        return applications
    absent = [name for name in FROM_REGISTER if name not in applications.columns]
    if absent:
        raise BadInput(f"these columns are needed and missing: {', '.join(absent)}")
    told = [
        (pl.col(name) if name in applications.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in FACTS.items()
    ]
    texts = pl.col("kind", "present_housing", "reason").cast(pl.String)
    asked = applications.select(pl.col(FROM_REGISTER), *told).with_columns(
        texts,
        pl.col("grounds").cast(pl.List(GROUND)),
        *[pl.col(name).fill_null(none) for name, none in NONE_WHEN_UNKNOWN.items()],
    )
    found = with_composition(asked, day)
    _refuse_what_cannot_be(found)
    change = custody_change("ceiling", day)
    return found.with_columns(
        (pl.col("persons") + change).alias("counted_persons"),
        (pl.col("dependants") + change).alias("counted_dependants"),
    )


def _refuse_what_cannot_be(found: pl.DataFrame) -> None:
    negative = found.select((pl.col(name) < 0).any().alias(name) for name in COUNTS).row(0, named=True)
    for name, so in negative.items():
        if so:
            raise BadInput("a number from nought on is expected", column=name)
    if found.select((pl.col("alternating_children") > pl.col("children")).any()).item():
        raise BadInput("they are among the children of `births`", column="alternating_children")
