"""Units as PMTiles: one file of vector tiles that a web map reads by parts, at the scale of the country too.

GDAL has a writer; this one is faster because units are many, small and of few corners, so that whole zooms are cut and
encoded as arrays (docs/decisions/release-pmtiles.md).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path
from typing import Any

import polars as pl

from carreau.release.exports.licence import licence
from carreau.release.exports.pmtiles.archive import Tile, archive
from carreau.release.exports.pmtiles.cutting import Rings, box_of, cut, outlines
from carreau.release.exports.pmtiles.encoding import encoded
from carreau.release.exports.pmtiles.values import table_of
from carreau.release.gate import Release
from carreau.release.polygons import Polygons

LAYER = "units"
ZOOMS = range(7, 13)
"""At 12, a tile's coordinates are 1.7 m apart in the middle of France, and at 7, a cell is 3 to 4 of them wide."""
LEFT_OUT = ("crs", "north", "east")
"""The name of a unit says them."""
PAIRS_AT_ONCE = 40_000


def write_pmtiles(release: Release, shapes: Polygons, file: Path) -> None:
    """Write the units in their polygons, with every column but the place, which their name says.

    Nothing is left out or simplified at any zoom. A polygon is whole in each tile that it meets, as long as it goes no
    further than one tile beyond; larger ones are cut. An archive of an empty release has no tile.
    """
    units, outline = release.units.drop(LEFT_OUT), outlines(release.units["crs"], shapes)
    file.write_bytes(archive(tiles(units, outline), _metadata(release, units), box_of(outline)))


def tiles(units: pl.DataFrame, outline: Rings) -> Iterator[Tile]:
    """Every tile, in the order of the archive; `outline` has the polygons of the units (see `cutting.outlines`)."""
    if units.is_empty():
        return
    table = table_of(units)
    with ThreadPoolExecutor(cpu_count()) as pool:
        for zoom in ZOOMS:
            parts = cut(outline, zoom).parts(PAIRS_AT_ONCE)
            for found in pool.map(lambda part: encoded(part, table, LAYER), parts):
                yield from found


def _metadata(release: Release, units: pl.DataFrame) -> dict[str, Any]:
    facts, fields = release.facts, {name: "String" if dtype == pl.String else "Number"
                                    for name, dtype in units.schema.items()}  # fmt: skip
    terms = licence(facts.get("licence"))
    return {
        "name": f"{facts['territory']} {facts['reference_date']}",
        "description": f"Units of a protected release, digest {release.digest}",
        "attribution": terms.title if terms else "",
        "type": "overlay",
        "synthetic": bool(facts["synthetic"]),
        "vector_layers": [{"id": LAYER, "fields": fields, "minzoom": ZOOMS[0], "maxzoom": ZOOMS[-1]}],
    }
