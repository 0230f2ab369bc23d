"""Where tenants stand against the PLUS ceiling: the bands of the occupancy surveys (OPS)."""

from datetime import date
from itertools import pairwise

import polars as pl

from carreau.rules.ceilings import category, ceiling, zone
from carreau.rules.composition import with_composition

EDGES = (20, 40, 60, 100, 120)
BANDS = ("<20", "20-40", "40-60", "60-100", "100-120", ">120")


def ceiling_shares(tenants: pl.DataFrame, day: date) -> pl.Series:
    """Reference income of each household in per cent of its PLUS ceiling; null where the ceiling is not known.

    `tenants` has the columns of `Households` and `commune`. Raises BadInput when no ceiling is known for that day.
    """
    unasked = tenants.with_columns(
        pl.lit(0, dtype=pl.Int8).alias("expected_births"),
        pl.lit([], dtype=pl.List(pl.String)).alias("grounds"),
    )
    described = with_composition(unasked, day)
    persons, couple, dependants, ages, disability = map(
        pl.col, ("persons", "couple", "dependants", "ages", "disability")
    )
    described = described.with_columns(
        category(persons, couple, dependants, ages, disability, day).alias("category"),
        zone(pl.col("commune"), day).alias("zone"),
    )
    limit = ceiling(pl.lit("PLUS"), pl.col("zone").cast(pl.String), pl.col("category"), pl.col("persons"), day)
    return described.select((100 * pl.col("reference_income") / limit).alias("ceiling_share")).to_series()


def band_shares(shares: pl.Series) -> dict[str, float]:
    """Per cent of households in each band, those without a known ceiling left out; a band holds its lower edge."""
    known = shares.drop_nulls()
    below = [0, *(int((known < edge).sum()) for edge in EDGES), len(known)]
    counts = [high - low for low, high in pairwise(below)]
    return {band: 100 * count / max(len(known), 1) for band, count in zip(BANDS, counts, strict=True)}
