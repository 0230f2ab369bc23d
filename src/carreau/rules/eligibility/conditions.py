"""Whether an applicant may have a social home: residence, income by ceiling class, ownership (L441-1, L441-2-2 CCH)."""

from datetime import date

import polars as pl

from carreau.register.vocabulary import CEILING_CLASS
from carreau.rules.ceilings import category, ceiling, eligible, zone
from carreau.rules.eligibility.codes import Made, listed
from carreau.rules.eligibility.facts import described
from carreau.rules.eligibility.proofs import documents
from carreau.rules.parameters import load

ANSWER = pl.Enum(["yes", "no", "not_determined"])
ALWAYS = ("identity_and_stay", "income")
PROVED = {
    "own_income_alone": "own_income",
    "income_has_fallen": "recent_income",
    "children_of_separated_parents": "visiting_children",
    "disability": "disability",
}


def eligibility(applications: pl.DataFrame, day: date) -> pl.DataFrame:
    """Whether each application fulfils the conditions on a day, one row each, in the order given.

    The zone is that of the preferred commune. Returns `application_id`; `eligible`: `yes`, `no`, `not_determined`;
    `zone`, `category` (of the ceilings), `income` (the one that counts, euros a year), `ceiling` (of the highest class
    of social homes); `classes`, those whose ceiling is kept; `reasons`:

    - `income_within_ceiling` or `income_over_ceiling`, of that highest class; `zone_unknown` (overseas);
    - `not_regular_stay`, `not_permanent_residence`, or the same ending in `_unknown`;
    - `young_couple`, `alone_with_dependants`, `disability`: what raised the category; `children_of_separated_parents`;
    - `own_income_alone`, `income_has_fallen`: which income counts;
    - `owner_may_be_refused` (the commission decides), `owner_protected`, `ownership_to_examine`.

    and `proofs`, the documents asked. Raises BadInput as `facts.described`, and for a day before the first ceilings
    known. Low income never excludes.
    """
    frame = described(applications, day).with_columns(
        zone(pl.col("wanted_communes").list.first(), day).alias("zone"), **_category(day), **_income(day)
    )
    rules = load("eligibility")
    highest = pl.lit(rules["highest_class"].on(day), dtype=CEILING_CLASS)
    frame = (
        _with_ceilings(frame, day)
        .with_columns(
            pl.col(rules["highest_class"].on(day)).alias("ceiling"),
            eligible(pl.col("income"), highest, *_judged(), day).cast(pl.String).alias("by_income"),
        )
        .with_columns(_answer(rules["residence"].on(day)).alias("eligible"))
    )
    classes = listed(frame, {name: pl.col("income") <= pl.col(name) for name in CEILING_CLASS.categories})
    return (
        frame.select("application_id", "eligible", "zone", "category", "income", "ceiling")
        .hstack(classes.rename({"codes": "classes"}))
        .hstack(listed(frame, _reasons(day), proofs=_proofs(day)).rename({"codes": "reasons"}))
    )


def _proofs(day: date) -> Made:
    return documents(PROVED, day, ALWAYS)


def _judged() -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    return pl.col("zone"), pl.col("category"), pl.col("counted_persons")


def _with_ceilings(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """A column a class: there are few kinds of households, so that the tables are read once for each."""
    kinds = frame.select(*_judged()).unique()
    tables = kinds.with_columns(
        ceiling(pl.lit(name, dtype=CEILING_CLASS), *_judged(), day).alias(name) for name in CEILING_CLASS.categories
    )
    return frame.join(tables, on=kinds.columns, how="left", maintain_order="left", nulls_equal=True)


def _category(day: date) -> dict[str, pl.Expr]:
    persons, couple, dependants, ages = (pl.col(c) for c in ("counted_persons", "couple", "counted_dependants", "ages"))
    nobody = pl.lit(False)
    young = couple & (persons == 2) & (ages <= load("ceilings")["young_couple_ages"].on(day))
    return {
        "category": category(persons, couple, dependants, ages, pl.col("disability"), day),
        "young_couple": young.fill_null(False),
        "alone_with_dependants": ~couple & (dependants > 0) & (persons == dependants + 1),
        "category_without_disability": category(persons, couple, dependants, ages, nobody, day),
    }


def _income(day: date) -> dict[str, pl.Expr]:
    rules = load("eligibility")
    separated = pl.any_horizontal(pl.col(rules["own_income"].on(day))).fill_null(False)
    own_alone = separated & pl.col("own_reference_income").is_not_null()
    of_year = pl.when(own_alone).then("own_reference_income").otherwise("reference_income").cast(pl.Int32)
    # in whole euros a thousand, so that a fall of exactly the share counts
    kept = 1000 - round(1000 * rules["income_fall"].on(day))
    fallen = (pl.col("recent_income").cast(pl.Int64) * 1000 <= of_year.cast(pl.Int64) * kept).fill_null(False)
    fallen = fallen & (of_year > 0)
    return {
        "own_alone": own_alone,
        "fallen": fallen,
        "income": pl.when(fallen).then("recent_income").otherwise(of_year).cast(pl.Int32),
    }


def _answer(residence: list[str]) -> pl.Expr:
    refused = pl.any_horizontal([~pl.col(name).fill_null(True) for name in residence]) | (pl.col("by_income") == "over")
    unknown = pl.any_horizontal(pl.col(name).is_null() for name in residence) | (pl.col("by_income") != "within")
    said = pl.when(refused).then(pl.lit("no")).when(unknown).then(pl.lit("not_determined")).otherwise(pl.lit("yes"))
    return said.cast(ANSWER)


def _reasons(day: date) -> dict[str, pl.Expr]:
    rules = load("eligibility")
    residence = rules["residence"].on(day)
    held_against = pl.col("owns_suitable_home") & rules["owner_may_be_refused"].on(day)
    excepted = [pl.col(name).fill_null(False) for name in rules["owner_exceptions"].on(day)]
    protected = pl.any_horizontal(excepted) if excepted else pl.lit(False)
    return {
        **{f"not_{name}": ~pl.col(name) for name in residence},
        **{f"{name}_unknown": pl.col(name).is_null() for name in residence},
        "zone_unknown": pl.col("zone").is_null(),
        "income_within_ceiling": pl.col("by_income") == "within",
        "income_over_ceiling": pl.col("by_income") == "over",
        "young_couple": pl.col("young_couple"),
        "alone_with_dependants": pl.col("alone_with_dependants"),
        "disability": pl.col("category") > pl.col("category_without_disability"),
        "children_of_separated_parents": pl.col("counted_persons") > pl.col("persons"),
        "own_income_alone": pl.col("own_alone"),
        "income_has_fallen": pl.col("fallen"),
        "owner_may_be_refused": held_against & ~protected,
        "owner_protected": held_against & protected,
        "ownership_to_examine": (pl.col("present_housing") == "owner") & pl.col("owns_suitable_home").is_null(),
    }
