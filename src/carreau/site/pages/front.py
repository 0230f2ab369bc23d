"""What the front page shows: the published map as squares, and four figures with where each comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl
from django.conf import settings

from carreau.places.grid import CELL, parse_cell_ids
from carreau.rules.parameters import Value, in_force, load
from carreau.site.homes.models import Home, Vacancy
from carreau.site.maps import publishing
from carreau.site.maps.models import Published

STEPS = 6


@dataclass(frozen=True)
class Patch:
    """A published unit: the path of its inhabited cells, one unit of length a cell, and how many were counted."""

    unit_id: str
    path: str
    count: int


@dataclass(frozen=True)
class Living:
    """A release as a picture: `layers` are patches from the least to the most crowded, by class of colour."""

    name: str
    day: date
    count: str
    threshold: int
    total: int
    synthetic: bool
    width: int
    height: int
    layers: Sequence[tuple[str, Sequence[Patch]]]


def living() -> Living | None:
    """The picture of the release that the map shows first; None before any is published."""
    published = publishing.latest()
    return None if published is None else _drawn(published)


def homes() -> int:
    """How many homes the last registers describe."""
    return Home.objects.filter(left=False).count()


def to_let() -> int:
    """How many homes everybody may apply for now."""
    return Vacancy.objects.advertised().count()


def answer_days(day: date) -> Value:
    """How long a household has to answer an offer, with its reference."""
    return in_force(load("commission")["answer_days"].values, day)


@lru_cache(maxsize=4)
def _picture(folder: str, count: str) -> tuple[int, int, int, tuple[tuple[str, tuple[Patch, ...]], ...]]:
    """Total, width, height and layers of the released files in a folder, which never change."""
    files = settings.ENVIRONMENT.home / folder
    units = pl.read_parquet(files / "units.parquet", columns=["unit_id", count])
    cells = pl.read_csv(files / "cells.csv")
    cells = cells.hstack(parse_cell_ids(cells["cell_id"]).select("cell_north", "cell_east"))
    placed = cells.select(
        "unit_id",
        x=(pl.col("cell_east") - pl.col("cell_east").min()) // CELL,
        y=(pl.col("cell_north").max() - pl.col("cell_north")) // CELL,
    ).sort("y", "x")
    paths = placed.group_by("unit_id", maintain_order=True).agg(
        path=pl.format("M{} {}h1v1h-1z", "x", "y").str.join(""), cells=pl.len()
    )
    drawn = paths.join(units, on="unit_id").with_columns(density=pl.col(count) / pl.col("cells"))
    rank = (pl.col("density").rank("min") - 1) * STEPS // pl.len()
    layers = tuple(
        (
            f"c{step + 1}",
            tuple(
                Patch(row["unit_id"], row["path"], row[count])
                for row in drawn.filter(rank == step).sort("unit_id").iter_rows(named=True)
            ),
        )
        for step in range(STEPS)
    )
    return int(drawn[count].sum()), *_extent(placed), layers


def _extent(placed: pl.DataFrame) -> tuple[int, int]:
    if placed.is_empty():
        return 1, 1
    return int(placed["x"].max()) + 1, int(placed["y"].max()) + 1  # type: ignore[arg-type]


def _drawn(published: Published) -> Living:
    facts: dict[str, Any] = published.facts
    total, width, height, layers = _picture(published.folder, facts["count"])
    return Living(
        name=published.name,
        day=published.reference_date,
        count=facts["count"],
        threshold=facts["threshold"],
        total=total,
        synthetic=facts["synthetic"],
        width=width,
        height=height,
        layers=layers,
    )
