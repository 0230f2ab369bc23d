"""Importing homes grouped by address: one row an address with the number of its homes."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import polars_hash as plh
import shapely

from carreau.errors import BadInput
from carreau.outputs import file_sha256
from carreau.places.communes import Communes
from carreau.places.grid import NO_CELL, cells_of, grid_of_commune
from carreau.places.projection import WGS84
from carreau.register.tables import Homes
from carreau.register.tally import Tally
from carreau.register.territory import KEPT, Territory, sources_of, write
from carreau.register.vectorfile import read_shapes, to_wgs84

COUNT = ("APPARTEMENT", "NB_LOGEMENTS", "LOGEMENTS")
ADDRESS = ("CLE", "ADRESSE")
BUILT = ("ANNÉE.DE.CONSTRUCTION", "ANNEE_CONSTRUCTION", "CONSTRUCT")
MOST_AT_ONE_ADDRESS = 5000


def import_addresses(file: Path, to: Path, *, commune: str, year: int) -> Mapping[str, Any]:
    """Read points with a number of homes each into the `homes` of `to`; every home of an address becomes a row.

    Nothing but place and year of completion is known of such homes. Cells of the folder stay; tables made for former
    homes go (`dropped` names them). Returns `rows_read` (addresses), `rejected`,
    `rejects`, `homes`, `located`, `repairs`, `repair_reasons`. Raises BadInput on an unknown commune or a missing
    column.
    """
    shapes = read_shapes(file)
    place = Communes.shipped().lookup.filter(pl.col("code") == commune)
    if place.is_empty():
        raise BadInput(f"{commune} is not the code of a commune", file=file)
    rows = _typed(shapes.attributes, file)
    tally, repairs = Tally(), Tally()
    usable = rows["count"].is_between(1, MOST_AT_ONE_ADDRESS).fill_null(value=False)
    tally.add("number_of_homes_not_usable", rows.filter(~usable)["line"])
    repairs.add("built_not_usable", rows.filter(pl.col("built").is_null() & pl.col("built_text").is_not_null())["line"])
    rows = rows.hstack(_points(shapes, commune)).filter(usable)
    if rows.is_empty():
        raise BadInput("none of its rows can be used", file=file)
    homes = _homes(rows, place, commune, year)
    report = {
        "file": file.name,
        "rows_read": shapes.attributes.height,
        "rejected": tally.total,
        "rejects": tally.as_list(),
        "homes": homes.height,
        "located": homes["cell_crs"].count(),
        "repairs": repairs.total,
        "repair_reasons": repairs.as_list(),
    }
    former = Territory.former(to)
    kept = [name for name in KEPT if former and former.has(name)]
    report["dropped"] = sorted(set(former.facts["tables"]) - {"homes", *kept}) if former else []
    facts = {
        "name": place["name"][0],
        "reference_date": date(year, 1, 1).isoformat(),
        "licence": "Licence Ouverte 2.0",
        "sources": [{"table": "homes", "text": "RPLS grouped by address", "file": file.name,
                     "sha256": file_sha256(file), "year": year}, *sources_of(former, kept)],
        "imports": {"addresses": {"report": report}},
    }  # fmt: skip
    write(to, {"homes": homes}, facts, keep=kept)
    return report


def _typed(attributes: pl.DataFrame, file: Path) -> pl.DataFrame:
    def column(names: tuple[str, ...]) -> pl.Expr:
        for name in names:
            if name in attributes.columns:
                return pl.col(name)
        raise BadInput(f"lacks {names[0]}", file=file, column=names[0])

    built = column(BUILT).cast(pl.String).str.replace(r"\.0$", "")
    year = built.cast(pl.Int16, strict=False)
    return attributes.with_row_index("line", offset=1).select(
        "line",
        column(COUNT).cast(pl.Int64, strict=False).alias("count"),
        column(ADDRESS).cast(pl.String).alias("address"),
        built.alias("built_text"),
        pl.when(year.is_between(1000, 2100)).then(year).alias("built"),
    )


def _points(shapes: Any, commune: str) -> pl.DataFrame:
    points = to_wgs84(shapes)
    longitude, latitude = shapely.get_x(points), shapely.get_y(points)
    grid = grid_of_commune(commune)
    north, east = cells_of(longitude, latitude, WGS84, grid)
    known = np.isfinite(longitude) & (north != NO_CELL)
    frame = pl.DataFrame(
        {"longitude": longitude, "latitude": latitude, "cell_north": north, "cell_east": east}
    ).with_columns(pl.lit(grid, dtype=pl.Int32).alias("cell_crs"))
    return frame.with_columns(pl.when(pl.Series(known)).then(pl.all()).name.keep())


def _homes(rows: pl.DataFrame, place: pl.DataFrame, commune: str, year: int) -> pl.DataFrame:
    source = plh.concat_str(pl.concat_str(["address", "built", "count"], separator="|", ignore_nulls=True))
    key = source.chash.sha2_256()
    expanded = rows.with_columns(key.alias("key")).select(pl.all().repeat_by("count").explode())
    ordinal = pl.int_range(pl.len()).over("key").cast(pl.String)
    known = expanded.with_columns(
        pl.concat_str(pl.lit("a"), pl.col("key").str.slice(0, 16), pl.lit("-"), ordinal).alias("home_id"),
        ("R" + pl.col("key").str.slice(0, 12)).alias("residence_id"),
        pl.lit(year).alias("year"),
        pl.lit(commune).alias("commune"),
        *(pl.lit(place[name][0]).alias(name) for name in ("department", "region", "epci")),
        pl.lit("real").alias("description_origin"),
    )
    others = [pl.lit(None).alias(name) for name in Homes.column_names() if name not in known.columns]
    return Homes.validate(known.with_columns(others).select(Homes.column_names()), cast=True)
