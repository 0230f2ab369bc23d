"""Importing a zoning: which homes lie in which zone of a file of contours, from a date on."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely

from carreau.errors import BadInput
from carreau.outputs import file_sha256
from carreau.register.territory import Territory, write
from carreau.register.vectorfile import read_shapes, to_wgs84

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
ZONE_COLUMNS = ("C_NQPV", "CODE_QP", "CODE_IRIS", "CODE_ZONE", "CODE", "ZONE")


def import_zoning(
    file: Path, to: Path, *, name: str, valid_from: date, zone_column: str | None = None
) -> Mapping[str, Any]:
    """Read contours and write `zonings/NAME` (memberships of the located homes) and `contours/NAME` (the shapes).

    A home on a border is in the zone whose code comes first. Homes without a point are in no zone, and counted.
    Returns `zones`, `shapes_without_code_or_contour` (left out), `homes_in_a_zone`, `homes_in_none`,
    `homes_without_a_point`. Raises BadInput when the territory has no homes, when no column holds the zones' codes, or
    when `name` is not of small letters, digits, `-` and `_`.
    """
    if not NAME.fullmatch(name):
        raise BadInput(f"{name!r} is no name for a zoning: small letters, digits, - and _ only")
    territory = Territory.open(to)
    shapes = read_shapes(file)
    column = (zone_column or _zone_column(shapes.attributes.columns, file)).upper()
    if column not in shapes.attributes.columns:
        raise BadInput(f"has no such column; it has {', '.join(shapes.attributes.columns)}", file=file, column=column)
    coded = (shapes.attributes[column].is_not_null().to_numpy()) & ~shapely.is_missing(shapes.geometries)
    zones = shapes.attributes[column].cast(pl.String).filter(pl.Series(coded))
    contours = shapely.make_valid(to_wgs84(shapes)[coded])
    homes = territory.table("homes").select("home_id", "longitude", "latitude").collect()
    located = homes.drop_nulls()
    memberships = located.select(unit="home_id", zone=_zone_of(located, zones, contours)).drop_nulls()
    report = {
        "file": file.name,
        "zoning": name,
        "zones": zones.n_unique(),
        "shapes_without_code_or_contour": int((~coded).sum()),
        "homes_in_a_zone": memberships.height,
        "homes_in_none": located.height - memberships.height,
        "homes_without_a_point": homes.height - located.height,
    }
    tables = {
        f"zonings/{name}": memberships.with_columns(valid_from=valid_from, valid_to=pl.lit(None, dtype=pl.Date)),
        f"contours/{name}": pl.DataFrame({"zone": zones, "geometry": shapely.to_wkb(contours).tolist()}),
    }
    facts = dict(territory.facts)
    source = {"table": f"zonings/{name}", "text": file.name, "file": file.name, "sha256": file_sha256(file)}
    facts["sources"] = [*(s for s in facts["sources"] if s["table"] != source["table"]), source]
    write(to, tables, facts, keep=[table for table in facts["tables"] if table not in tables])
    return report


def write_declared_zones(homes: pl.LazyFrame, folder: Path, valid_from: date) -> None:
    """Write the memberships that the register itself declares: `qpv`, `iris`. No contours come with them.

    A home flagged inside a priority neighbourhood whose code is not given is in the zone `QPV`.
    """
    declared = {
        "qpv": pl.when(pl.col("in_qpv")).then(pl.coalesce("qpv", pl.lit("QPV"))),
        "iris": pl.col("iris"),
    }
    folder.mkdir()
    for name, zone in declared.items():
        members = homes.select(
            pl.col("home_id").alias("unit"),
            zone.alias("zone"),
            pl.lit(valid_from).alias("valid_from"),
            pl.lit(None, dtype=pl.Date).alias("valid_to"),
        ).filter(pl.col("zone").is_not_null())
        if members.head(1).collect().height:
            members.sink_parquet(folder / f"{name}.parquet", compression="zstd", maintain_order=True)


def _zone_column(columns: list[str], file: Path) -> str:
    for name in ZONE_COLUMNS:
        if name in columns:
            return name
    raise BadInput(f"has no known column of zone codes; name one of {', '.join(columns)}", file=file)


def _zone_of(homes: pl.DataFrame, zones: pl.Series, contours: Any) -> pl.Series:
    """The zone of each home (null: none); points shared by many homes are searched once."""
    points = homes.select("longitude", "latitude").unique(maintain_order=True)
    order = zones.arg_sort().to_numpy()
    tree = shapely.STRtree(contours[order])
    found = tree.query(shapely.points(points.to_numpy()), predicate="intersects")
    first = np.full(points.height, len(order))
    np.minimum.at(first, found[0], found[1])
    codes = [*zones.gather(order).to_list(), None]
    named = points.with_columns(pl.Series("zone", [codes[index] for index in first], dtype=pl.String))
    return homes.join(named, on=["longitude", "latitude"], how="left", maintain_order="left")["zone"]
