"""A release as files, in the formats that people open. Only what the gate made is written.

| file | one row |
|---|---|
| `units.csv`, `.parquet`, `.fgb`, `.pmtiles` | a unit, its columns as in `release.json`; all but CSV add the polygon |
| `cells.csv` | a 200 m cell with located homes: `cell_id`, `unit_id` |
| `changes.csv` | a unit and an earlier row of it: how many `households` came or went `since` |
| `bridges.csv` | a cell without, that links those of a unit; only when units are other shapes than squares |
| `release.json` | what the release is |
| `datapackage.json` | the same for whoever reads tables by their schemas (Data Package 2.0) |
| `dcat.jsonld` | the same for catalogues (DCAT-AP 3.0) |

Cells with homes and bridges have files of their own: whoever counts or draws inhabited cells must not take the others
for such. In that case `units` also has `cells`, the number of both, told under `shape` in the page and not among the
`columns`, which are those to be mapped; nor are `as_of` and `changed`, told under `row`.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from carreau.outputs import file_sha256, whole_folder
from carreau.release.exports.dcat import CATALOGUE, catalogue_entry
from carreau.release.exports.flatgeobuf import write_flatgeobuf
from carreau.release.exports.geoparquet import write_geoparquet
from carreau.release.exports.page import PAGE, columns, page
from carreau.release.exports.pmtiles import write_pmtiles
from carreau.release.exports.schemas import PACKAGE, data_package
from carreau.release.gate import Release
from carreau.release.polygons import polygons
from carreau.release.zones.files import write_zones

__all__ = ["PAGE", "columns", "fill", "write"]


def write(release: Release, folder: Path) -> dict[str, str]:
    """Write every file of a release; the hashes by file name. The folder appears as a whole or not at all.

    Raises TypeError for anything but a release as the gate made it, and BadInput when the folder cannot be written.
    """
    _refuse_all_but_a_release(release)
    with whole_folder(folder) as staging:
        return fill(release, staging)


def fill(release: Release, folder: Path, later: Sequence[str] = ()) -> dict[str, str]:
    """Write every file of a release into an empty folder, as it comes; the hashes by file name.

    `later` are files that will be put beside them: they are listed without size and hash, since theirs speak of these.

    Raises TypeError for anything but a release as the gate made it.
    """
    _refuse_all_but_a_release(release)
    units, shapes = release.units, polygons(release)
    units.write_csv(folder / "units.csv")
    release.cells.write_csv(folder / "cells.csv")
    release.changes.write_csv(folder / "changes.csv")
    if release.bridges is not None:
        release.bridges.write_csv(folder / "bridges.csv")
    write_zones(release.zones, folder)
    write_geoparquet(units, shapes, folder / "units.parquet")
    write_flatgeobuf(units, shapes, folder / "units.fgb")
    write_pmtiles(release, shapes, folder / "units.pmtiles")
    data = _hashes(folder)
    _write_json(folder / PAGE, page(release, data))
    _write_json(folder / PACKAGE, data_package(release, folder, later))
    _write_json(folder / CATALOGUE, catalogue_entry(release, shapes, folder, later))
    return data | _hashes(folder)


def _refuse_all_but_a_release(release: Release) -> None:
    if type(release) is not Release or not release.intact:
        raise TypeError("only a Release made by carreau.release.gate.protect can be written")


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file_sha256(file) for file in files}


def _write_json(file: Path, content: object) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
