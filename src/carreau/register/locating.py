"""Which commune a row is in, where its point lies, and the 200 m cell of that point."""

import polars as pl

from carreau.places.communes import Communes, distance_km
from carreau.places.grid import NO_CELL, cells_of, grid_of_department
from carreau.places.projection import WGS84, project
from carreau.register.rpls_cleaning import NO_COMMUNE, Flags

LAMBERT_93 = 2154
METRIC = (LAMBERT_93, 5490, 2972, 2975, 4471)
# Farther than this from the point of its commune, a home cannot be in it: Arles, the largest commune of the
# metropole, reaches 35 km from its point; the communes of Guyane reach five times as far.
FARTHEST_KM, FARTHEST_KM_GUYANE = 40.0, 200.0


def with_commune(rows: pl.DataFrame) -> tuple[pl.DataFrame, Flags, Flags]:
    """Put right the commune code and add department, region and EPCI of the reference where the file has none.

    Returns the rows, the flags of repairs, and the flags of rejections.
    """
    code = pl.col("commune").str.to_uppercase()
    padded = code.str.zfill(5)
    rows = rows.with_columns(padded.alias("code"), (code.str.len_chars() == 4).alias("short"))
    rows = rows.join(_reference("commune_"), left_on="code", right_on="commune_code", how="left", maintain_order="left")
    known = pl.col("commune_current").is_not_null()
    not_given = code.is_null() | code.is_in(NO_COMMUNE)
    superseded = known & (pl.col("commune_kind") != "ARM") & (pl.col("commune_current") != pl.col("code"))
    rows = rows.with_columns(
        not_given.alias("commune_not_given"),
        (~not_given & ~known).alias("commune_not_in_reference"),
        (pl.col("short").fill_null(value=False) & known).alias("commune_lost_its_zero"),
        superseded.fill_null(value=False).alias("commune_code_superseded"),
        pl.when(pl.col("commune_kind") == "ARM").then("code").otherwise("commune_current").alias("commune"),
        pl.col("commune_department").alias("department"),
        pl.coalesce("region", "commune_region").alias("region"),
        pl.coalesce("epci", "commune_epci").alias("epci"),
    )
    repairs = ("commune_lost_its_zero", "commune_code_superseded")
    rejections = ("commune_not_given", "commune_not_in_reference")
    return rows, {name: name for name in repairs}, {name: name for name in rejections}


def with_point(rows: pl.DataFrame) -> tuple[pl.DataFrame, Flags]:
    """Add longitude, latitude and cell where the row's point is usable; flag the points that are refused.

    Coordinates are WGS 84 (`latitude`, `longitude`) or else metres (`x`, `y`) of the row's own `epsg` (Lambert-93 where
    it says none).
    """
    degrees = pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null()
    epsg = pl.col("epsg").str.extract(r"(\d{4,5})").cast(pl.Int32).fill_null(LAMBERT_93)
    rows = rows.with_columns(
        pl.when(degrees).then("longitude").otherwise(pl.coalesce("x", "longitude")).alias("raw_x"),
        pl.when(degrees).then("latitude").otherwise(pl.coalesce("y", "latitude")).alias("raw_y"),
        pl.when(degrees).then(WGS84).otherwise(epsg).alias("raw_crs"),
    ).with_columns(_number("raw_x"), _number("raw_y"))
    rows = rows.drop("longitude", "latitude").join(
        _points(rows.select("px", "py", "raw_crs", "department").unique(maintain_order=True)),
        on=["px", "py", "raw_crs", "department"],
        how="left",
        maintain_order="left",
    )
    rows = rows.with_columns(_refusals(rows))
    names = ("point_not_readable", "geocoded_to_another_commune", "point_far_from_commune")
    refused = pl.any_horizontal(*names)
    point = ["longitude", "latitude", "cell_crs", "cell_north", "cell_east"]
    return rows.with_columns(pl.when(~refused).then(pl.col(point)).name.keep()), {name: name for name in names}


def _reference(prefix: str) -> pl.DataFrame:
    table = Communes.shipped().lookup.select(
        "code", "kind", "department", "region", "epci", "longitude", "latitude", current="current_code"
    )
    return table.rename({column: prefix + column for column in table.columns})


def _number(name: str) -> pl.Expr:
    number = pl.col(name).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite() & (number != 0)).then(number).alias({"raw_x": "px", "raw_y": "py"}[name])


def _points(points: pl.DataFrame) -> pl.DataFrame:
    """Longitude, latitude and cell of distinct points, one transformation a coordinate system."""
    parts = []
    known = points.filter(pl.col("px").is_not_null() & pl.col("py").is_not_null() & pl.col("department").is_not_null())
    known = known.with_columns(grid_of_department(pl.col("department")).alias("cell_crs"))
    for (crs, grid), part in known.group_by(["raw_crs", "cell_crs"], maintain_order=True):
        if crs not in (WGS84, *METRIC):
            continue
        x, y = part["px"].to_numpy(), part["py"].to_numpy()
        longitude, latitude = (x, y) if crs == WGS84 else project(x, y, int(crs), WGS84)
        north, east = cells_of(x, y, int(crs), int(grid))
        located = part.with_columns(
            pl.Series("longitude", longitude).round(6),
            pl.Series("latitude", latitude).round(6),
            pl.Series("cell_north", north),
            pl.Series("cell_east", east),
        )
        parts.append(located.filter(pl.col("cell_north") != NO_CELL))
    if parts:
        return pl.concat(parts)
    columns = {"longitude": pl.Float64, "latitude": pl.Float64, "cell_north": pl.Int32, "cell_east": pl.Int32}
    return known.clear().with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in columns.items())


def _refusals(rows: pl.DataFrame) -> list[pl.Expr]:
    given = pl.col("raw_x").is_not_null() | pl.col("raw_y").is_not_null()
    located = pl.col("longitude").is_not_null()
    geocoded = _reference("geocoded_").select("geocoded_code", "geocoded_current")
    said = rows.select(pl.col("geocoded_commune").str.to_uppercase().str.zfill(5))
    current = said.join(
        geocoded, left_on="geocoded_commune", right_on="geocoded_code", how="left", maintain_order="left"
    )["geocoded_current"]
    same = said["geocoded_commune"].eq_missing(rows["code"]) | current.eq_missing(rows["commune_current"])
    farthest = pl.when(pl.col("department") == "973").then(FARTHEST_KM_GUYANE).otherwise(FARTHEST_KM)
    distance = distance_km(
        pl.col("longitude"), pl.col("latitude"), pl.col("commune_longitude"), pl.col("commune_latitude")
    )
    elsewhere = given & pl.col("geocoded_commune").is_not_null() & ~same
    return [
        (given & ~located & ~elsewhere).alias("point_not_readable"),
        elsewhere.alias("geocoded_to_another_commune"),
        (located & ~elsewhere & (distance > farthest)).fill_null(value=False).alias("point_far_from_commune"),
    ]
