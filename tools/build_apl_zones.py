"""Make the zones of housing benefit that ship with Carreau: one row a commune code, old codes included.

    python tools/build_apl_zones.py ZONES_CSV

ZONES_CSV is the official list (CODGEO, LIBCOM_2014, REG, DEP, Zonage) of the communes of 2014. Any other code
of `carreau.places.communes` (an arrondissement, a former commune) takes the zone of the commune it is part of today.
The result is described in `src/carreau/rules/rent/data/SOURCES.md`.
"""

import sys
from pathlib import Path

import polars as pl

from carreau.places.communes import Communes

TARGET = Path(__file__).parent.parent / "src/carreau/rules/rent/data/apl_zones.parquet"
ZONES = pl.Enum(["1bis", "1", "2", "3"])


def build(csv: Path) -> pl.DataFrame:
    """Columns `code`, `zone`, `mixed` (a commune of today whose former communes lie in several zones), sorted."""
    listed = (
        pl.read_csv(csv, infer_schema=False)
        .select(code="CODGEO", zone="Zonage")
        .filter(~pl.col("code").str.starts_with("97"))
    )
    known = Communes.shipped().frame.select("code", "current_code").unique()
    links = known.join(listed, on="code").with_columns(scale=pl.col("zone").replace("1bis", "1"))
    mixed = links.group_by("current_code").agg(mixed=pl.col("scale").n_unique() > 1)
    arrived = (
        known.join(listed, on="code", how="anti")
        .join(listed.rename({"code": "current_code"}), on="current_code")
        .unique("code")
        .select("code", "zone", "current_code")
    )
    return (
        pl.concat([listed.with_columns(current_code="code"), arrived])
        .join(mixed, on="current_code", how="left")
        .select("code", pl.col("zone").cast(ZONES), pl.col("mixed").fill_null(False))
        .sort("code")
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    frame = build(Path(sys.argv[1]))
    frame.write_parquet(TARGET, compression="zstd", compression_level=19, statistics=False)
    print(frame["zone"].value_counts(sort=True), frame["mixed"].sum(), f"{TARGET.stat().st_size:,} bytes")
