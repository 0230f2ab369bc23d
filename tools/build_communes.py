"""Make the commune reference that ships with Carreau.

    python tools/build_communes.py FROM_CSV FROM_JSON

FROM_CSV lists communes with their EPCI and a point (code,type,name,department,epci,epci_name,population,lon,lat);
FROM_JSON is `communes.json` of the npm package @etalab/decoupage-administratif, which adds regions, populations, the
commune that each old, delegated or associated one belongs to, and overseas collectivities. The result is described in
`src/carreau/places/data/SOURCES.md`.
"""

import json
import sys
from datetime import date
from pathlib import Path

import polars as pl

TARGET = Path(__file__).parent.parent / "src/carreau/places/data/communes.parquet"
REFERENCE_DATE = date(2026, 1, 1)
KINDS = pl.Enum(["COM", "ARM", "COMD", "COMA", "OLD"])
KIND_OF_TYPE = {
    "commune-actuelle": "COM",
    "arrondissement-municipal": "ARM",
    "commune-deleguee": "COMD",
    "commune-associee": "COMA",
}


def read_json(path: Path) -> pl.DataFrame:
    """One row a (code, kind) of Etalab's file, `current_code` naming the commune it is part of today."""
    rows = [
        {
            "code": entry["code"],
            "kind": KIND_OF_TYPE[entry["type"]],
            "official_name": entry["nom"],
            "official_department": entry["departement"],
            "region": entry["region"],
            "official_population": entry.get("population"),
            "current_code": entry.get("chefLieu") or entry.get("commune") or entry["code"],
            "old_codes": entry.get("anciensCodes", []),
        }
        for entry in json.loads(path.read_text(encoding="utf-8"))
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def read_csv(path: Path) -> pl.DataFrame:
    """One row a (code, kind) of the list with points."""
    return (
        pl.read_csv(path, infer_schema=False)
        .filter(pl.col("type") != "SRM")
        .rename({"type": "kind", "lon": "longitude", "lat": "latitude"})
        .with_columns(
            pl.col("population").cast(pl.Int32),
            pl.col("longitude").cast(pl.Float32),
            pl.col("latitude").cast(pl.Float32),
        )
    )


def old_rows(official: pl.DataFrame) -> pl.DataFrame:
    """Codes merged into a current commune that have no row of their own."""
    return (
        official.explode("old_codes", keep_nulls=False, empty_as_null=False)
        .select(code="old_codes", current_code="code")
        .join(official, on="code", how="anti")
        .with_columns(kind=pl.lit("OLD"))
    )


def build(csv: Path, json_file: Path) -> pl.DataFrame:
    """The reference, sorted by code and kind."""
    official, points = read_json(json_file), read_csv(csv)
    lost = points.join(official, on=["code", "kind"], how="anti")
    if lost.height:
        raise SystemExit(f"rows of the list that Etalab's file lacks: {lost['code'].to_list()[:10]}")
    rows = official.join(points, on=["code", "kind"], how="left").with_columns(
        name=pl.col("official_name"), population=pl.coalesce("official_population", "population").cast(pl.Int32)
    )
    rows = pl.concat([rows, old_rows(official)], how="diagonal")
    current = rows.filter(kind="COM").select(
        current_code="code",
        current_department="official_department",
        current_region="region",
        current_epci="epci",
        current_epci_name="epci_name",
    )
    return (
        rows.join(current, on="current_code", how="left", validate="m:1")
        .select(
            "code",
            pl.col("kind").cast(KINDS),
            pl.lit(REFERENCE_DATE).alias("date"),
            "name",
            department=pl.coalesce("official_department", "current_department"),
            region=pl.coalesce("region", "current_region"),
            epci="current_epci",
            epci_name="current_epci_name",
            population="population",
            longitude="longitude",
            latitude="latitude",
            current_code="current_code",
        )
        .sort("code", "kind")
    )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    frame = build(Path(sys.argv[1]), Path(sys.argv[2]))
    frame.write_parquet(TARGET, compression="zstd", compression_level=19, statistics=False)
    print(frame["kind"].value_counts(sort=True), f"{TARGET.stat().st_size:,} bytes")
