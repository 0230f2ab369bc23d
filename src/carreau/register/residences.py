"""Residences, where the file names none: the homes built together at one place."""

import polars as pl
import polars_hash as plh

ID_DIGITS = 12
STREET_TYPES = r"^(RUE|AVENUE|AV|BOULEVARD|BD|BLD|ALLEE|ALLÉE|PLACE|PL|CHEMIN|IMPASSE|ROUTE|QUAI|SQUARE|COURS)\s+"


def residence_id() -> pl.Expr:
    """An id shared by homes of the same commune, place and year of completion.

    The place is the named place (lieu-dit) when given, else the complement of address, else the street without its
    number. The rule reads one row at a time, so that a home's residence does not depend on the rest of the file.
    Two blocks of the same name finished in the same year count as one residence.
    """
    street = pl.col("street_name").str.replace(r"^\d+\s*\w?\s+", "").str.replace(STREET_TYPES, "")
    place = pl.coalesce("place", _words(pl.col("complement")), street, pl.lit(""))
    built = pl.coalesce(pl.col("built").cast(pl.String), pl.lit(""))
    key = pl.concat_str(["commune", place.str.to_uppercase(), built], separator="|")
    return ("R" + plh.concat_str(key).chash.sha2_256().str.slice(0, ID_DIGITS)).alias("residence_id")


def _words(text: pl.Expr) -> pl.Expr:
    """Only a complement of letters names a place; others are inventory numbers."""
    return pl.when(text.str.contains(r"[A-Za-z]{4}")).then(text)
