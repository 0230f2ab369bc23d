"""The open register: where homes are, and in which zones, as everybody can read it in a territory folder."""

import json
from datetime import date
from pathlib import Path

import polars as pl

from carreau.errors import BadInput
from carreau.places.grid import cell_ids

KEY = ("cell_crs", "cell_north", "cell_east")
DECLARED = {
    "commune": ("commune", pl.col("commune")),
    "iris": ("iris", pl.col("iris")),
    "qpv": ("qpv", pl.coalesce(pl.col("qpv"), pl.when(pl.col("in_qpv")).then(pl.lit("QPV")))),
    "residence": ("residence_id", pl.col("residence_id")),
}
"""Zonings that the register itself declares: a column that must be there, and the zone."""


def open_register(folder: Path) -> pl.DataFrame:
    """The open register by cell, from the public columns and the zonings of a territory folder.

    `cell`, `homes` (how many), `parts`: the combinations of zones that have homes there, a field for each zoning known.

    Raises BadInput when the folder has no table of homes with cells.
    """
    file = folder / "homes.parquet"
    try:
        homes = pl.read_parquet(file)
        homes = homes.drop_nulls(KEY).with_columns(cell=cell_ids(*(pl.col(name) for name in KEY)))
    except FileNotFoundError:
        raise BadInput("is not there; give a territory folder", file=file) from None
    except pl.exceptions.PolarsError as error:
        raise BadInput(f"does not tell the cells of homes: {error}", file=file) from None
    zones = {name: zone for name, (column, zone) in DECLARED.items() if {column, *_also(name)} <= set(homes.columns)}
    homes = homes.select("home_id", "cell", **zones)
    for zoning in sorted((folder / "zonings").glob("*.parquet")):
        homes = _placed(homes, zoning, _day(folder))
    names = [name for name in homes.columns if name not in ("home_id", "cell")]
    parts = pl.struct(names).unique(maintain_order=True) if names else pl.lit(None)
    return homes.sort("cell", *names).group_by("cell").agg(homes=pl.len(), parts=parts).sort("cell")


def parts_of(register: pl.DataFrame | None) -> pl.DataFrame | None:
    """The combinations of `cell` and zones that have homes, a column for each zoning; None where none is known."""
    if register is None or not isinstance(register.schema.get("parts"), pl.List):
        return None
    return register.select("cell", "parts").explode("parts").unnest("parts")


def _also(name: str) -> set[str]:
    return {"in_qpv"} if name == "qpv" else set()


def _placed(homes: pl.DataFrame, file: Path, day: date) -> pl.DataFrame:
    """The homes with their zone in a zoning on a day; unchanged where a home would be in several."""
    ended = (pl.col("valid_to") <= day).fill_null(value=False)
    members = pl.read_parquet(file).filter((pl.col("valid_from") <= day) & ~ended)
    zones = members.select(home_id="unit", zone="zone").unique()
    if zones["home_id"].is_duplicated().any():
        return homes
    name = file.stem
    placed = homes.drop(name, strict=False).join(zones, on="home_id", how="left", maintain_order="left")
    return placed.rename({"zone": name})


def _day(folder: Path) -> date:
    page = json.loads((folder / "territory.json").read_text(encoding="utf-8"))
    return date.fromisoformat(page["reference_date"])
