"""From the text of an RPLS row to the typed columns of a home, with a reason for every value that is not usable."""

from collections.abc import Mapping

import polars as pl

from carreau.register import vocabulary as words
from carreau.register.tables import FIRST_YEAR, LAST_YEAR

MISSING = ("", "NC", "NON CONFORME", "NON RENSEIGNE", "NON RENSEIGNÉ", "SANS OBJET")
NO_COMMUNE = ("99999", "00000")
# Dictionary of the variables, SDES 2018; the classes of ceilings group them as the CUS does.
FUNDING_CLASS: dict[int, str] = {
    **dict.fromkeys((10, 11), "PLAI"),
    **dict.fromkeys((12, 13, 50, 51, 52, 53, 54, 55), "PLUS"),
    14: "PLS",
    **dict.fromkeys((16, 17), "PLI"),
}
OTHER_FUNDING = (49, 99)
ENERGY_CODES = dict(zip("2345678", "ABCDEFG", strict=True))
RENT_NOT_GIVEN, DEAREST_RENT = 9999, 10_000
READ_AS = {"rent": pl.Int32, "floor": pl.Int8, "energy_date": pl.Date, "let_since": pl.Date}
SOURCE_OF = {"let_since": "lease"}

Flags = dict[str, str]
Codes = Mapping[str, str]
NUMBER_RULES: dict[str, tuple[pl.DataType | type[pl.DataType], int, int]] = {
    "rooms": (pl.Int8, 1, 9),
    "surface": (pl.Int16, 1, 2000),
    "built": (pl.Int16, FIRST_YEAR, LAST_YEAR),
    "first_let": (pl.Int16, FIRST_YEAR, LAST_YEAR),
    "entered": (pl.Int16, FIRST_YEAR, LAST_YEAR),
    "funding": (pl.Int8, 10, 99),
}
CODES: dict[str, tuple[pl.Enum, Codes]] = {
    "kind": (words.KIND_OF_HOME, {"C": "flat", "I": "house", "E": "student"}),
    "energy": (words.LETTER, {**{c: c for c in "ABCDEFG"}, **ENERGY_CODES}),
    "greenhouse": (words.LETTER, {**{c: c for c in "ABCDEFG"}, **ENERGY_CODES}),
    "access": (words.ACCESS, {"1": "none", "2": "accessible", "3": "adapted"}),
    "status": (
        words.STATUS,
        {
            "1": "let",
            "2": "offered",
            "3": "empty",
            "4": "association",
            "5": "otherwise_occupied",
            "9": "not_applicable",
        },
    ),
    "reserver": (
        words.RESERVER,
        dict(zip("1234567", words.RESERVER.categories.to_list(), strict=True)),
    ),
}


def typed(rows: pl.DataFrame) -> tuple[pl.DataFrame, Flags]:
    """Give every home column but place, ids and origins, and truth columns saying which values were not usable.

    `rows` has the columns of `rpls_columns.standard`. A value that is missing is null without comment; one that is
    impossible is null and flagged. Returns the frame and `{reason: flag column}`.
    """
    flags: Flags = {}
    columns: list[pl.Expr] = []
    for name, (dtype, low, high) in NUMBER_RULES.items():
        value = _whole_number(name, rows)
        usable = value.is_between(low, high)
        columns += _checked(name, value, usable, flags, missing=value == 0, dtype=dtype)
    for name, (kind, codes) in CODES.items():
        value = _given(name).replace_strict(codes, default=None, return_dtype=pl.String)
        columns += _checked(name, value, value.is_not_null(), flags, missing=_given(name).is_in(["0", "9"]), dtype=kind)
    for name, (value, missing) in _readings().items():
        usable = value.is_not_null()
        columns += _checked(name, value, usable, flags, missing=missing, dtype=READ_AS[name])
    frame = rows.with_columns(columns)
    return frame.with_columns(_other_columns()), flags


def address() -> pl.Expr:
    """Number, suffix, type and name of the street; the type only where the name does not already begin with it."""
    name, kind = pl.col("street_name"), pl.col("street_type")
    kind_missing = ~name.str.starts_with(kind).fill_null(value=False)
    parts = [pl.col("street_number"), pl.col("street_suffix"), pl.when(kind_missing).then(kind), name]
    text = pl.concat_str(parts, separator=" ", ignore_nulls=True)
    return pl.when(text.str.len_bytes() > 0).then(text)


def _checked(
    name: str,
    value: pl.Expr,
    usable: pl.Expr,
    flags: Flags,
    *,
    missing: pl.Expr,
    dtype: pl.DataType | type[pl.DataType],
) -> list[pl.Expr]:
    flag = f"{name}_not_usable"
    flags[flag] = flag
    given = _given(SOURCE_OF.get(name, name)).is_not_null() & ~missing.fill_null(value=False)
    return [
        pl.when(usable).then(value).cast(dtype, strict=False).alias(name),
        (given & ~usable.fill_null(value=False)).alias(flag),
    ]


def _given(name: str) -> pl.Expr:
    text = pl.col(name).str.to_uppercase()
    return pl.when(~text.is_in(MISSING)).then(text)


def _whole_number(name: str, rows: pl.DataFrame) -> pl.Expr:
    """The number that a text is, `3,0` too; plain casts alone where they read everything, being faster."""
    plain = rows[name].cast(pl.Int64, strict=False)
    if plain.null_count() == rows[name].null_count():
        return pl.col(name).cast(pl.Int64)
    return pl.col(name).str.replace(r"[.,]0*$", "").cast(pl.Int64, strict=False)


def _month(field: pl.Expr) -> pl.Expr:
    """A date from `mm/yyyy`; 01/1900 stands for "none"."""
    day = ("01/" + field).str.to_date("%d/%m/%Y", strict=False)
    return pl.when(day.dt.year() > 1900).then(day)


def _readings() -> dict[str, tuple[pl.Expr, pl.Expr]]:
    """Columns that are no plain number or code: the value, null when impossible, and whether the file says "none"."""
    rent = pl.col("rent").str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    cents = pl.when(rent.is_between(0, DEAREST_RENT) & (rent != RENT_NOT_GIVEN)).then((rent * 100).round())
    ground = pl.col("floor").str.to_uppercase().is_in(["RC", "RDC", "REZ"])
    level = pl.when(ground).then(pl.lit("0")).otherwise("floor").cast(pl.Int16, strict=False)
    never = pl.lit(value=False)
    return {
        "rent": (cents, rent == RENT_NOT_GIVEN),
        "floor": (pl.when(level.is_between(-5, 60)).then(level), never),
        "energy_date": (_month(pl.col("energy_date")), pl.col("energy_date").str.ends_with("/1900")),
        "let_since": (_month(pl.col("lease")), pl.col("lease").str.ends_with("/1900")),
    }


def _other_columns() -> list[pl.Expr]:
    agreed = pl.col("agreement") == "1"
    flag = pl.col("qpv_flag").replace_strict({"1": True, "2": False}, default=None, return_dtype=pl.Boolean)
    return [
        pl.when(pl.col("agreement").is_in(["1", "2"])).then(agreed).alias("agreement"),
        _ceiling_class(agreed).alias("ceiling_class"),
        pl.coalesce(flag, _is_zone("qpv_2024"), _is_zone("qpv_2015")).alias("in_qpv"),
        pl.coalesce(_zone_code("qpv_2024"), _zone_code("qpv_2015")).alias("qpv"),
        address().alias("address"),
        pl.coalesce("place", "complement").alias("locality"),
    ]


def _ceiling_class(agreed: pl.Expr) -> pl.Expr:
    """Class of the CUS where given, else of the first funding; other fundings count as PLUS when under agreement."""
    given = _class_of(pl.col("ceiling_code").cast(pl.Int64, strict=False))
    from_funding = _class_of(pl.col("funding"))
    other = pl.when(pl.col("funding").is_in(OTHER_FUNDING) & agreed).then(pl.lit("PLUS"))
    return pl.coalesce(given, from_funding, other).cast(words.CEILING_CLASS)


def _class_of(code: pl.Expr) -> pl.Expr:
    return code.cast(pl.Int64).replace_strict(FUNDING_CLASS, default=None, return_dtype=pl.String)


def _zone_code(name: str) -> pl.Expr:
    return pl.when(pl.col(name).str.contains(r"^Q[PN]\w+$")).then(pl.col(name))


def _is_zone(name: str) -> pl.Expr:
    return pl.when(pl.col(name).is_not_null()).then(_zone_code(name).is_not_null())
