"""A small territory made up for the tests of releases."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from carreau.places.grid import GRIDS, centre
from carreau.register.tables import Homes, Households
from carreau.register.territory import Territory, write

Household = tuple[tuple[int, int], int, str, int, bool]
"""Corner of the cell, persons, kind, disposable income, poor."""

FACTS = {
    "name": "Testville",
    "reference_date": "2026-01-01",
    "licence": "Licence Ouverte 2.0",
    "sources": [{"table": "homes", "text": "made up"}, {"table": "leases", "text": "not used"}],
    "imports": {},
}


def homes_of(households: Sequence[Household], crs: int) -> pl.DataFrame:
    rows = []
    for number, ((north, east), *_) in enumerate(households):
        longitude, latitude = centre(crs, north, east)
        rows.append(
            {
                "home_id": f"h{number}",
                "year": 2026,
                "residence_id": "r",
                "commune": "44109",
                "department": "44",
                "longitude": longitude,
                "latitude": latitude,
                "cell_crs": crs,
                "cell_north": north,
                "cell_east": east,
                "description_origin": "real",
            }
        )
    return _as(Homes, rows)


def households_of(households: Sequence[Household], origin: str = "synthetic") -> pl.DataFrame:
    rows = [
        {
            "household_id": f"m{number}",
            "home_id": f"h{number}",
            "tenure": "social",
            "kind": kind,
            "births": [date(1980, 1, 1)] * persons,
            "consumption_units": 10 + 5 * (persons - 1),
            "disposable_income": income,
            "reference_income": income,
            "poor": poor,
            "origin": origin,
        }
        for number, (_, persons, kind, income, poor) in enumerate(households)
    ]
    return _as(Households, rows)


def _as(schema: type, rows: list[dict[str, object]]) -> pl.DataFrame:
    empty = schema.create_empty()  # type: ignore[attr-defined]
    frame = pl.DataFrame(rows, schema={name: empty.schema[name] for name in rows[0]}) if rows else empty
    return pl.concat([empty, frame], how="diagonal").select(empty.columns)


@pytest.fixture
def territory(tmp_path: Path) -> Callable[..., Territory]:
    """A function that writes a territory of the given households, each in a home of its own."""

    def make(households: Sequence[Household], crs: int = GRIDS[0], origin: str = "synthetic") -> Territory:
        tables = {"homes": homes_of(households, crs), "households": households_of(households, origin)}
        return write(tmp_path / "territory", tables, FACTS)

    return make
