"""A county of four communes in two EPCI, with leases and applications, as a territory folder."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.allocation.territories import DAY, application, frame_of, home
from tests.site.town import own_home, town

from carreau.register.tables import Applications, Homes, Leases
from carreau.register.territory import Territory, write

__all__ = ["own_home", "town"]
NANTES, REZE, ORVAULT, PARIS = "44109", "44143", "44114", "75113"
Lets = dict[tuple[str, int, bool], list[int]]


def leases_of(let: Lets, numbers: Iterator[int]) -> list[dict[str, Any]]:
    """Leases signed so many days before the reference date, after waits of 100 days and more."""
    fixed = {"rent": 30_000, "reserver": "none", "first_quartile": False, "transfer": False,
             "relocated_for_renewal": False, "origin": "synthetic"}  # fmt: skip
    return [
        {"lease_id": f"l{next(numbers)}", "home_id": f"{commune}-{rooms}", "signed": DAY - timedelta(days=ago),
         "waited": 100 + 30 * turn, "priority": priority, **fixed}
        for (commune, rooms, priority), days in let.items()
        for turn, ago in enumerate(days)
    ]  # fmt: skip


def asking(commune: str, rooms: int, how_many: int, numbers: Iterator[int]) -> list[dict[str, Any]]:
    wanted = {"wanted_communes": [commune], "wanted_rooms_min": rooms, "wanted_rooms_max": rooms}
    return [application(f"a{next(numbers)}", **wanted) for _ in range(how_many)]


@pytest.fixture
def county(tmp_path: Path) -> Callable[..., Territory]:
    """Write the county: `let` says which leases, `wanted` how many ask for a commune and size."""

    def made(let: Lets, wanted: dict[tuple[str, int], int], name: str = "county", **facts: Any) -> Territory:
        numbers = count()
        kinds = {(commune, rooms) for commune in (NANTES, REZE, ORVAULT, PARIS) for rooms in range(1, 6)}
        homes = [home(f"{commune}-{rooms}", commune=commune, rooms=rooms) for commune, rooms in sorted(kinds)]
        tables: dict[str, pl.DataFrame] = {
            "homes": frame_of(homes, Homes),
            "leases": frame_of(leases_of(let, numbers), Leases),
            "applications": frame_of(
                [one for key, many in wanted.items() for one in asking(*key, many, numbers)], Applications
            ),
        }
        page = {"name": "County", "reference_date": DAY.isoformat(), "sources": [], **facts}
        return write(tmp_path / name, tables, page)

    return made
