"""The picture of the front page tells what is published, and nothing else."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from carreau.places.grid import cell_id
from carreau.site.pages import front

CORNER = (2_742_000, 3_450_000)


def published(folder: str) -> Any:
    facts = {"count": "households", "threshold": 11, "synthetic": True}
    return SimpleNamespace(name="Ville", reference_date=date(2026, 1, 1), folder=folder, facts=facts)


def written(folder: Path, units: list[tuple[str, int]], cells: list[tuple[int, int, str]]) -> None:
    """Released files: units with their count, cells by their place (rows to the north, columns to the east)."""
    folder.mkdir(parents=True)
    pl.DataFrame(units, schema=["unit_id", "households"], orient="row").write_parquet(folder / "units.parquet")
    names = [(cell_id(3035, CORNER[0] + 200 * north, CORNER[1] + 200 * east), unit) for north, east, unit in cells]
    pl.DataFrame(names, schema=["cell_id", "unit_id"], orient="row").write_csv(folder / "cells.csv")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "ENVIRONMENT", SimpleNamespace(home=tmp_path))
    front._picture.cache_clear()
    return tmp_path


def test_a_unit_is_one_patch_of_its_cells_and_the_crowded_come_last(home: Path) -> None:
    written(home / "one", [("small", 12), ("large", 90)], [(1, 0, "small"), (0, 0, "large"), (0, 1, "large")])
    picture = front._drawn(published("one"))
    assert (picture.width, picture.height, picture.total) == (2, 2, 102)
    patches = [(colour, patch) for colour, layer in picture.layers for patch in layer]
    assert [(colour, patch.unit_id, patch.count) for colour, patch in patches] == [
        ("c1", "small", 12),
        ("c4", "large", 90),
    ]
    assert [patch.path for _, patch in patches] == ["M0 0h1v1h-1z", "M0 1h1v1h-1zM1 1h1v1h-1z"]


def test_a_release_without_units_is_an_empty_picture(home: Path) -> None:
    (home / "none").mkdir()
    pl.DataFrame(schema={"unit_id": pl.String, "households": pl.Int64}).write_parquet(home / "none" / "units.parquet")
    (home / "none" / "cells.csv").write_text("cell_id,unit_id\n")
    picture = front._drawn(published("none"))
    assert picture.total == 0
    assert not [patch for _, layer in picture.layers for patch in layer]


@given(counts=st.lists(st.integers(11, 500), min_size=1, max_size=12))
def test_more_crowded_is_never_lighter(tmp_path_factory: pytest.TempPathFactory, counts: list[int]) -> None:
    folder = tmp_path_factory.mktemp("release") / "r"
    units = [(f"u{place}", count) for place, count in enumerate(counts)]
    written(folder, units, [(0, place, name) for place, (name, _) in enumerate(units)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "ENVIRONMENT", SimpleNamespace(home=folder.parent))
        _, _, _, layers = front._picture.__wrapped__("r", "households")
    steps = sorted((unit.count, colour) for colour, layer in layers for unit in layer)
    assert [colour for _, colour in steps] == sorted(colour for _, colour in steps)
    assert sum(len(layer) for _, layer in layers) == len(counts)
