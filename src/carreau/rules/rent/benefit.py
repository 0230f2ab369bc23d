"""Housing benefit (APL) and rent reduction (RLS) of tenants of social homes, for millions of households at once.

The formula of D823-16 CCH with the roundings of the arrêté of 27 September 2019, on OpenFisca's parameters. Metropole,
unfurnished homes let whole (no flat-share, room or home for the elderly).
"""

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from carreau.errors import BadInput
from carreau.rules.rent.scale import MOST_DEPENDANTS, Scale, Table, composition, rounded
from carreau.rules.rent.zones import ZONE

PART = 250_000
ZONE_ROW = {"1bis": 0, "1": 0, "2": 1, "3": 2}
NEEDED = ("zone", "couple", "dependants", "rent", "income")


def rent_help(households: pl.DataFrame, day: date) -> pl.DataFrame:
    """`apl` and `rls` in cents a month, one row a household in the same order; null where the zone or the rent is null.

    `households` has `zone` (`carreau.rules.rent.zones.ZONE`), `couple` (a pregnant woman alone counts as one),
    `dependants` (0 to 20, as for APL), `rent` in cents a month without charges, `income` in euros a year (the resources
    that count for APL, already rounded up to 100), and maybe `social`: whether the landlord is one of L411-2 or a mixed
    company (otherwise no RLS; by default all are). APL is net of 98 % of the RLS and of the CRDS, in whole euros.
    Raises BadInput, naming the column, for a missing column, a null elsewhere, a negative or unheard-of value, and for
    a day before the scales known.
    """
    _check(households)
    scale = Scale.on(day)
    known = households["zone"].is_not_null() & households["rent"].is_not_null()
    done = [_part(part, scale) for part in households.filter(known).iter_slices(PART)] or [_nothing()]
    if known.all():
        return pl.concat(done)
    places = pl.DataFrame({"place": known.arg_true()}).hstack(pl.concat(done))
    return (
        pl.DataFrame({"place": pl.arange(households.height, eager=True, dtype=pl.UInt32)})
        .join(places, on="place", how="left", maintain_order="left")
        .drop("place")
    )


def before_reduction(
    scale: Scale, zone: NDArray[np.intp], column: NDArray[np.intp], rent: Table, income: Table
) -> dict[str, Table]:
    """Each step of APL up to the flat cut, in euros a month, before RLS and CRDS.

    `zone` is the row and `column` the composition in the tables of the scale. Steps: `counted_rent`, `counted_charges`,
    `least` (P0), `family_rate` (TF), `rent_rate` (TL), `share` (the household's own part, PP), `benefit`.
    """
    ceiling = scale.ceiling[zone, column]
    counted = np.minimum(rent, ceiling)
    charges = scale.charges[column]
    least = np.maximum(scale.least_rate * (counted + charges), scale.least_amount)
    family_rate, rent_rate = scale.family_rate[column], _rent_rate(scale, counted / scale.ceiling[1, column])
    share = least + (family_rate + rent_rate) * np.maximum(income - scale.allowance[column], 0)
    benefit = np.maximum(counted + charges - share, 0)
    benefit *= benefit >= scale.least_paid
    start, end = scale.decrease_from[zone, column], scale.decrease_to[zone, column]
    kept = 1 - np.clip((rent - start) / (end - start), 0, 1)
    return {
        "counted_rent": counted,
        "counted_charges": charges,
        "least": least,
        "family_rate": family_rate,
        "rent_rate": rent_rate,
        "share": share,
        "benefit": np.maximum(rounded(benefit * kept, 2) - scale.flat_cut, 0),
    }


def reduction(scale: Scale, zone: NDArray[np.intp], column: NDArray[np.intp], income: Table) -> Table:
    """The RLS in euros a month: nothing once a twelfth of the income reaches the limit (L442-2-1 CCH)."""
    return np.where(income / 12 < scale.reduction_limit[zone, column], scale.reduction[zone, column], 0.0)


def paid(scale: Scale, benefit: Table, lowered: Table) -> Table:
    """The APL paid, in whole euros: less 98 % of the RLS, less the CRDS (down to the cent), down to the euro."""
    gross = np.maximum(benefit - scale.reduction_share * lowered, 0)
    debt = np.floor(gross * 100 * scale.debt_rate + 1e-6) / 100
    return np.floor(gross - debt + 1e-6)


def _rent_rate(scale: Scale, ratio: Table) -> Table:
    first, second = scale.rent_steps
    low, high = scale.rent_rates
    ratio = rounded(ratio, 4)
    return rounded(low * np.clip(ratio - first, 0, second - first) + high * np.maximum(ratio - second, 0), 5)


def _part(part: pl.DataFrame, scale: Scale) -> pl.DataFrame:
    zone = part["zone"].replace_strict(ZONE_ROW, return_dtype=pl.Int64).to_numpy()
    column = composition(part["couple"].to_numpy(), part["dependants"].to_numpy())
    rent, income = part["rent"].to_numpy() / 100, part["income"].to_numpy().astype(np.float64)
    lowered = reduction(scale, zone, column, income)
    if "social" in part.columns:
        lowered = lowered * part["social"].to_numpy()
    apl = paid(scale, before_reduction(scale, zone, column, rent, income)["benefit"], lowered)
    return pl.DataFrame({"apl": (100 * apl).astype(np.int32), "rls": np.rint(100 * lowered).astype(np.int32)})


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={"apl": pl.Int32, "rls": pl.Int32})


def _check(households: pl.DataFrame) -> None:
    missing = [name for name in NEEDED if name not in households.columns]
    if missing:
        raise BadInput(f"households lack the columns {', '.join(missing)}")
    if households.schema["zone"] != ZONE:
        raise BadInput("is not a zone of housing benefit (see carreau.rules.rent.zones)", column="zone")
    for name in ("couple", "dependants", "income", "social"):
        if name in households.columns and households[name].null_count():
            raise BadInput("has no value for some households", column=name)
        if name == "income" and not households[name].cast(pl.Float64).is_finite().all():
            raise BadInput("has values that are not numbers", column=name)
    bounds = {"dependants": (0, MOST_DEPENDANTS), "rent": (0, None), "income": (0, None)}
    for name, (least, most) in bounds.items():
        low, high = (float(end or 0) for end in (households[name].min(), households[name].max()))  # type: ignore[arg-type]
        if low < least or (most is not None and high > most):
            raise BadInput(f"has values from {low:g} to {high:g}; {_said(least, most)}", column=name)


def _said(least: int, most: int | None) -> str:
    return f"expected {least} or more" if most is None else f"expected {least} to {most}"
