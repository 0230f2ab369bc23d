"""Importing Insee's Filosofi cells of 200 m: what is known of everybody who lives there, tenants and others."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from carreau.errors import BadInput
from carreau.outputs import file_sha256
from carreau.places.grid import GRIDS, parse_cell_ids
from carreau.register.tables import Cells
from carreau.register.tally import Tally
from carreau.register.territory import Territory, write
from carreau.register.textfile import read_header, read_rows
from carreau.register.vectorfile import SUFFIXES, read_shapes

SOURCE = "Insee, dispositif Filosofi, carreaux de 200 m; Licence Ouverte 2.0"
CELL_ID = ("IDCAR_200M", "IDINSPIRE")
NAME_OF_CELL = rf"^CRS({'|'.join(map(str, GRIDS))})RES200mN\d{{0,5}}[02468]00E\d{{0,5}}[02468]00$"
NATURAL_ID = ("IDCAR_NAT", "ID_CARR_N")
COLUMNS = {
    "persons": "IND",
    "households": "MEN",
    "poor": "MEN_PAUV",
    "one_person": "MEN_1IND",
    "five_persons": "MEN_5IND",
    "owners": "MEN_PROP",
    "lone_parents": "MEN_FMP",
    "living_standard": "IND_SNV",
    "social_homes": "LOG_SOC",
    "age_0_3": "IND_0_3",
    "age_4_5": "IND_4_5",
    "age_6_10": "IND_6_10",
    "age_11_17": "IND_11_17",
    "age_18_24": "IND_18_24",
    "age_25_39": "IND_25_39",
    "age_40_54": "IND_40_54",
    "age_55_64": "IND_55_64",
    "age_65_79": "IND_65_79",
    "age_80_more": "IND_80P",
    "age_unknown": "IND_INC",
}


def import_filosofi(file: Path, to: Path, *, year: int, name: str | None = None) -> Mapping[str, Any]:
    """Read Filosofi cells (GeoPackage, CSV) into the table `cells` of the territory folder `to`.

    A cell given twice (files cut by commune) is kept once. Returns `rows_read`, `cells`, `rejected`, `rejects`,
    `repeated`, `natural_cells`, `households`. Raises BadInput on a missing column or when no cell can be used.
    """
    tally = Tally()
    rows = _rows(file, tally)
    missing = [column for column in ("I_EST_200", "LCOG_GEO", *COLUMNS.values()) if column not in rows.columns]
    identifier = _first(rows, CELL_ID, file)
    natural = _first(rows, NATURAL_ID, file)
    if missing:
        raise BadInput(f"lacks {', '.join(missing)}; a Filosofi file of 200 m cells is expected", file=file)
    read = rows.height + tally.total
    named = rows[identifier].str.contains(NAME_OF_CELL).fill_null(value=False)
    tally.add("cell_id_not_readable", rows.filter(~named)["line"])
    rows = rows.filter(named)
    cells = rows.select(
        "line",
        pl.col(natural).alias("natural_id"),
        _commune(rows.columns).alias("commune"),
        (pl.col("I_EST_200").cast(pl.Float64, strict=False) == 1).alias("imputed"),
        *(pl.col(column).cast(pl.Float64, strict=False).alias(ours) for ours, column in COLUMNS.items()),
    ).hstack(parse_cell_ids(rows[identifier]).select("cell_crs", "cell_north", "cell_east"))
    key = ["cell_crs", "cell_north", "cell_east"]
    distinct = cells.unique(key, keep="first", maintain_order=True)
    valid, failures = Cells.filter(distinct.select(Cells.column_names()), cast=True)
    broken = failures.invalid().select(key).join(distinct, on=key)["line"]
    tally.add("value_not_possible", broken)
    if not valid.height:
        raise BadInput(f"none of its {read} rows can be used", file=file)
    report = {
        "file": file.name,
        "rows_read": read,
        "cells": valid.height,
        "rejected": tally.total,
        "rejects": tally.as_list(),
        "repeated": cells.height - distinct.height,
        "natural_cells": valid["natural_id"].n_unique(),
        "households": round(valid["households"].sum()),
    }
    _write(to, valid, file, year, name, report)
    return report


def _rows(file: Path, tally: Tally) -> pl.DataFrame:
    if file.suffix.lower() in SUFFIXES:
        return read_shapes(file).attributes.with_row_index("line", offset=1)
    blocks = list(read_rows(file, read_header(file)))
    if not blocks:
        raise BadInput("holds a header but no row", file=file)
    for rows in blocks:
        tally.add("wrong_number_of_fields", rows.ragged["line"])
    return pl.concat([rows.frame for rows in blocks])


def _commune(columns: list[str]) -> pl.Expr:
    """The commune's own column where a file has one, else the first code of `lcog_geo` (a cell may touch several)."""
    return pl.col("INSEE") if "INSEE" in columns else pl.col("LCOG_GEO").str.slice(0, 5)


def _first(rows: pl.DataFrame, names: tuple[str, ...], file: Path) -> str:
    for name in names:
        if name in rows.columns:
            return name
    raise BadInput(f"lacks {names[0]}; a Filosofi file of 200 m cells is expected", file=file, column=names[0])


def _write(to: Path, cells: pl.DataFrame, file: Path, year: int, name: str | None, report: Mapping[str, Any]) -> None:
    former = Territory.former(to)
    source = {"table": "cells", "text": SOURCE, "file": file.name, "sha256": file_sha256(file), "year": year}
    facts = {
        "name": name or file.stem,
        "reference_date": f"{year}-01-01",
        "licence": "Licence Ouverte 2.0",
        "sources": [],
        "imports": {},
        **(dict(former.facts) if former else {}),
    }
    facts["sources"] = [*(s for s in facts["sources"] if s["table"] != "cells"), source]
    facts["imports"] = {**facts["imports"], "filosofi": {"report": report}}
    kept = [table for table in former.facts["tables"] if table != "cells"] if former else []
    write(to, {"cells": cells}, facts, keep=kept)
