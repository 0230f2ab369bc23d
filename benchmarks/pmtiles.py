"""The map of a generated country as PMTiles, by Carreau's writer and by GDAL's: `python -m benchmarks.pmtiles 200000`.

Every cell is a unit with the columns of a release. Both write zooms 7 to 12 in one process; GDAL is told to leave out
nothing, so that both archives hold every unit with every column in each tile that it meets. Prints the seconds,
those of all processors together, the megabytes, and what the archives hold.
"""

import gzip
import json
import sys
import tempfile
import time
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import polars as pl
import pyogrio
import shapely
from pmtiles.reader import MmapSource, Reader, all_tiles

from benchmarks.country_cells import COMMUNES, HOUSEHOLDS, country
from carreau.release.exports.pmtiles import LAYER, LEFT_OUT, ZOOMS, tiles
from carreau.release.exports.pmtiles.archive import archive
from carreau.release.exports.pmtiles.cutting import box_of, outlines

CELLS = 715_000
"""Cells of the whole generated country."""


def units_of(count: int, seed: int = 1) -> pl.DataFrame:
    """So many cells of a generated country, where they lie, with figures drawn at random."""
    part = 1.2 * count / CELLS
    cells = country(int(HOUSEHOLDS * part), int(COMMUNES * part), seed).head(count)
    random = np.random.default_rng(seed)
    households = cells["base"].cast(pl.Int32)
    told: dict[str, pl.Series] = {"households": households}
    for name, share in (
        ("persons", 2.2),
        ("one_person", 0.4),
        ("lone_parents", 0.2),
        ("five_persons", 0.1),
        ("poor", 0.3),
    ):
        low = (households.to_numpy() * share * random.uniform(0.7, 1.3, len(households))).astype(np.int32)
        told |= {
            f"{name}_low": pl.Series(low),
            f"{name}_high": pl.Series(low + np.where(low < 3, 2, 0).astype(np.int32)),
        }
    told["living_standard"] = pl.Series(random.integers(90, 260, len(households)).astype(np.int32) * 100)
    return cells.select(
        pl.format("CRS3035RES200mN{}E{}", "cell_north", "cell_east").alias("unit_id"),
        crs="cell_crs", size=pl.lit(200, pl.Int32), north="cell_north", east="cell_east", **told,
    )  # fmt: skip


def squares(units: pl.DataFrame) -> np.ndarray:
    """The polygons of the units."""
    north, east = (units[name].to_numpy().astype(float) for name in ("north", "east"))
    return shapely.box(east, north, east + 200, north + 200)


def by_carreau(units: pl.DataFrame, shapes: np.ndarray, file: Path) -> None:
    """Write with Carreau's writer."""
    layers = [{"id": LAYER, "fields": {}, "minzoom": ZOOMS[0], "maxzoom": ZOOMS[-1]}]
    outline = outlines(units["crs"], shapes)
    found = tiles(units.drop(LEFT_OUT), outline)
    file.write_bytes(archive(found, {"vector_layers": layers}, box_of(outline)))


def by_gdal(units: pl.DataFrame, shapes: np.ndarray, file: Path) -> None:
    """Write with GDAL's writer, every feature kept at every zoom."""
    told = units.drop(LEFT_OUT)
    values = [
        told[name].to_numpy().astype(object if told.schema[name] == pl.String else np.int32) for name in told.columns
    ]
    pyogrio.raw.write(
        file, shapely.to_wkb(shapes), values, told.columns, layer=LAYER, driver="PMTiles", geometry_type="Polygon",
        crs="EPSG:3035", MINZOOM=ZOOMS[0], MAXZOOM=ZOOMS[-1], MAX_SIZE=10**9, MAX_FEATURES=10**9,
    )  # fmt: skip


def held(file: Path) -> dict[str, object]:
    """Tiles by zoom, and the units and values in the tiles of the last one."""
    with file.open("rb") as opened:
        source = MmapSource(opened)
        ids: set[str] = set()
        features, values, count = 0, 0, dict.fromkeys(ZOOMS, 0)
        for (zoom, _, _), content in all_tiles(source):
            count[zoom] += 1
            if zoom == ZOOMS[0]:
                found = mapbox_vector_tile.decode(gzip.decompress(content))[LAYER]["features"]
                ids |= {one["properties"]["unit_id"] for one in found}
                features, values = features + len(found), values + sum(len(one["properties"]) for one in found)
        assert Reader(source).header()["max_zoom"] == ZOOMS[-1]
    return {"tiles": count, "units": len(ids), "features": features, "values": values}


def main() -> None:
    """Write the same units twice and compare."""
    units = units_of(int(sys.argv[1]))
    shapes = squares(units)
    said: dict[str, object] = {"units": units.height}
    with tempfile.TemporaryDirectory(prefix="carreau-bench-") as place:
        for name, write in (("carreau", by_carreau), ("gdal", by_gdal)):
            if name in sys.argv[2:] or not sys.argv[2:]:
                file, start, worked = Path(place) / f"{name}.pmtiles", time.perf_counter(), time.process_time()
                write(units, shapes, file)
                seconds, cpu = round(time.perf_counter() - start, 2), round(time.process_time() - worked, 2)
                said[name] = {"seconds": seconds, "cpu": cpu, "mb": round(file.stat().st_size / 1e6, 1)} | held(file)
    print(json.dumps(said))


if __name__ == "__main__":
    main()
