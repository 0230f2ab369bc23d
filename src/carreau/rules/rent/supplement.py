"""The supplement that tenants far above the ceiling pay (SLS, surloyer): L441-3, L441-4 and R441-21 CCH."""

from datetime import date

import polars as pl

from carreau.rules.parameters import load

CAP_ZONE = pl.Enum(["1bis_centre", "1bis", "1", "2", "3", "corse"])


def overrun(reference_income: pl.Expr, ceiling: pl.Expr) -> pl.Expr:
    """Whole per cent by which the income is above the ceiling of the home's class; below nought when it is under."""
    return (reference_income.cast(pl.Int64) * 100) // ceiling - 100


def coefficient(overrun: pl.Expr, day: date) -> pl.Expr:
    """The CDPR: nought under the threshold, then so much for each whole per cent above it (R441-21, 1°)."""
    family = load("sls")
    threshold, at_threshold = family["threshold"].on(day), family["coefficient_at_threshold"].on(day)
    steps = family["coefficient_steps"].on(day)
    rising = pl.lit(float(at_threshold))
    ends = [step["from"] - 1 for step in steps[1:]] + [None]
    for step, end in zip(steps, ends, strict=True):
        before = step["from"] - 1
        rising = rising + step["each"] * (overrun.clip(before, end) - before)
    return pl.when(overrun >= threshold).then(rising).otherwise(0.0)


def supplement(
    overrun: pl.Expr,
    surface: pl.Expr,
    zone: pl.Expr,
    rent: pl.Expr,
    resources: pl.Expr,
    exempt: pl.Expr,
    day: date,
) -> pl.Expr:
    """The SLS in cents a month: surface (m²) × coefficient × reference supplement of the zone, then capped.

    The cap of all: rent and supplement together are at most 30 % of a twelfth of `resources` (euros a year, of all who
    live there). `rent` in cents a month. `zone` is 1bis, 1, 2 or 3 in the sense of R441-21 (its zone 2 is
    wider than that of housing benefit). `exempt` is true in a QPV, in a rural zone (ZRR, FRR)
    and for the classes of `exempt_class`. Without a reference supplement known on that day, raises BadInput.
    """
    family = load("sls")
    amounts = family["reference_supplement"].on(day)
    each = zone.cast(pl.String).replace_strict(amounts, return_dtype=pl.Float64)
    due = surface * coefficient(overrun, day) * each * 100
    room = resources * 100 * family["share_of_resources"].on(day) / 12 - rent
    capped = pl.min_horizontal(due, room.clip(lower_bound=0))
    return pl.when(exempt).then(0).otherwise(capped.round(0)).cast(pl.Int32)


def capped_by_surface(supplement: pl.Expr, rent: pl.Expr, surface: pl.Expr, cap_zone: pl.Expr, day: date) -> pl.Expr:
    """The second cap, for tenants above the ceiling when their lease came under a new APL agreement (L441-4, 3rd §).

    Rent and supplement together are at most so much a m² in each `CAP_ZONE`. Amounts in cents a month.
    """
    amounts = load("sls")["rent_and_supplement_per_m2"].on(day)
    each = cap_zone.cast(pl.String).replace_strict(amounts, return_dtype=pl.Float64)
    room = (surface * each * 100 - rent).clip(lower_bound=0)
    return pl.min_horizontal(supplement, room.round(0)).cast(pl.Int32)


def exempt_class(ceiling_class: pl.Expr, day: date) -> pl.Expr:
    """Whether homes of this ceiling class owe no supplement at all (PLI)."""
    return ceiling_class.cast(pl.String).is_in(load("sls")["exempt_classes"].on(day)).fill_null(False)
