"""`release.json`: what a release is and what each of its columns means."""

from collections.abc import Mapping
from typing import Any

from carreau.release.gate import Release
from carreau.release.previous import AS_OF
from carreau.release.publications import CHANGED

FORMAT = 1
PAGE = "release.json"
CELLS = "cells"

_PLACE = {
    "unit_id": ("INSPIRE name of the square; for another shape that of its first cell, and how many cells it has", ""),
    "crs": ("EPSG code of its grid", ""),
    "size": ("side of the square, or of the smallest that another shape fits in", "m"),
    "north": ("northing of the lower-left corner of that square", "m"),
    "east": ("easting of the lower-left corner of that square", "m"),
    "households": ("households of tenants living there", "households"),
    "homes": ("social homes located there", "homes"),
}
SHAPE = {"name": CELLS, "definition": "200 m cells of the unit, those without homes included", "unit": "cells"}
ROW = (
    {"name": AS_OF, "definition": "day that the whole row describes; it stays where a new one would tell of a few"},
    {"name": CHANGED, "definition": "households that came or went since the row was told before", "unit": "households"},
)
ABOUT = (CELLS, *(one["name"] for one in ROW))
"""Columns of the units that are not to be mapped."""


def page(release: Release, hashes: Mapping[str, str]) -> dict[str, Any]:
    """What is told of a release: its facts, how fine it is, its columns, and the hashes of the data files."""
    return {
        "format": FORMAT,
        **release.facts,
        "units": release.units.height,
        "share_at_200m": round(release.share_at_200m, 4),
        "exact_values_share": round(release.exact_values_share, 4),
        "digest": release.digest,
        "columns": columns(release),
        **({"shape": [SHAPE]} if CELLS in release.units.columns else {}),
        "row": list(ROW),
        "files": dict(hashes),
    }


def columns(release: Release) -> list[dict[str, Any]]:
    """What each column of the units means: name, definition, unit, and for an indicator its denominator and kind.

    All but `cells`, which tells of the shape of a unit, and what tells of the row itself.
    """
    told: dict[str, dict[str, Any]] = {
        name: {"definition": definition, "unit": unit} for name, (definition, unit) in _PLACE.items()
    }
    for indicator in release.indicators:
        for column in indicator.columns:
            end = {"_low": "at least: ", "_high": "at most: "}.get(column.removeprefix(indicator.name), "")
            told[column] = {
                "definition": end + indicator.definition,
                "unit": indicator.unit,
                "denominator": indicator.denominator,
                "sensitive": indicator.sensitive,
            }
    return [{"name": name, **told[name]} for name in release.units.columns if name not in ABOUT]
