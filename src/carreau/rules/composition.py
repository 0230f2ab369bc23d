"""What the rules need to know of a household, read from its birth dates: persons, couple, children, dependants."""

from datetime import date

import polars as pl

from carreau.rules.parameters import load


def with_composition(applications: pl.DataFrame, day: date) -> pl.DataFrame:
    """Add to applications (or households with grounds) what rules ask of their composition on a day.

    Reads `kind`, `births` (the reference person first, then the partner of a couple), `expected_births`, `grounds`.
    Adds `persons` (born), `couple`, `adults` (of the couple, or the person alone: 2 or 1), `children` (others under the
    age at which practice lets them share a bedroom), `dependants` (others under the age of the ceilings), `unborn`,
    `ages` (sum of the ages of the couple, null without one) and `disability` (the ground of L441-1; the card that the
    ceilings ask for is not in the register).
    """
    couple = pl.col("kind").is_in(["couple", "couple_children"]) & (pl.col("births").list.len() >= 2)
    frame = applications.with_columns(
        pl.col("births").list.len().cast(pl.Int16).alias("persons"),
        couple.alias("couple"),
        pl.when(couple).then(2).otherwise(1).cast(pl.Int16).alias("adults"),
        pl.col("expected_births").cast(pl.Int16).alias("unborn"),
        pl.col("grounds").list.contains("disability").alias("disability"),
    )
    others = pl.col("births").list.slice(pl.col("adults"))
    child_age, dependant_age = load("needs")["child_age"].on(day), load("ceilings")["dependant_age"].on(day)
    two = [age(pl.col("births").list.get(place, null_on_oob=True), day) for place in (0, 1)]
    return frame.with_columns(
        _younger(others, child_age, day).alias("children"),
        _younger(others, dependant_age, day).alias("dependants"),
        pl.when("couple").then(two[0] + two[1]).alias("ages"),
    )


def age(birth: pl.Expr, day: date) -> pl.Expr:
    """Whole years since a birth on a day."""
    birthday = birth.dt.month().cast(pl.Int32) * 100 + birth.dt.day().cast(pl.Int32)
    before_birthday = birthday > day.month * 100 + day.day
    return day.year - birth.dt.year() - before_birthday.cast(pl.Int32)


def months_since(start: pl.Expr, day: date) -> pl.Expr:
    """Whole months from a date to a day, never negative: a month is over on the same day of the next one."""
    months = (day.year - start.dt.year()) * 12 + day.month - start.dt.month().cast(pl.Int32)
    return (months - (start.dt.day().cast(pl.Int32) > day.day).cast(pl.Int32)).clip(lower_bound=0)


def younger(birth: pl.Expr, years: int, day: date) -> pl.Expr:
    """Whether `age` is under so many years on a day: born after that day so many years ago."""
    leap_day = (day.month, day.day) == (2, 29)
    return birth > (date(day.year - years, 2, 28) if leap_day else day.replace(year=day.year - years))


def _younger(births: pl.Expr, years: int, day: date) -> pl.Expr:
    return births.list.eval(younger(pl.element(), years, day)).list.sum().cast(pl.Int16)
