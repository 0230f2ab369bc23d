"""Bondy from the shipped extract: a territory with contours, whose map the attack cannot break."""

import sys
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from carreau.cli import main
from carreau.demo.bondy import REGISTER, ZONINGS, bondy
from carreau.register.territory import Territory
from carreau.release.building import build
from carreau.release.exports import write
from carreau.release.gate import Release
from carreau.release.indicators import INDICATORS


@pytest.fixture(scope="module")
def territory(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    return bondy(tmp_path_factory.mktemp("bondy") / "territory", seed=1)


@pytest.fixture(scope="module")
def release(territory: Territory) -> Release:
    return build(territory, zonings=ZONINGS)


def test_the_extract_is_small() -> None:
    assert len(files("carreau.demo").joinpath("data", "bondy.zip").read_bytes()) < 40_000


def test_every_home_has_a_point_an_iris_and_where_it_is_in_one_a_priority_neighbourhood(territory: Territory) -> None:
    homes = territory.table("homes").collect()
    assert (homes.height, homes["cell_crs"].null_count(), homes["year"].unique().to_list()) == (9605, 0, [REGISTER])
    in_iris, in_qpv = (territory.zoning(name).collect() for name in ("iris", "qpv"))
    assert (in_iris.height, in_iris["zone"].n_unique()) == (9605, 21)
    assert (in_qpv.height, in_qpv["zone"].n_unique()) == (6045, 3)
    for zoning in (in_iris, in_qpv):
        assert (zoning["valid_from"] <= territory.reference_date).all()
    assert not territory.check()["problems"]


def test_its_people_are_those_of_the_cells(territory: Territory) -> None:
    cells = territory.table("cells").select(pl.col("households").sum()).collect().item()
    households = territory.table("households").select(pl.len()).collect().item()
    assert households == pytest.approx(cells, rel=0.005)  # a few live outside every cell


def test_the_finest_grid_tells_nearly_everybody_at_200_m(release: Release) -> None:
    assert release.withheld == 0
    assert release.share_at_200m > 0.99


def test_beside_it_stand_commune_iris_and_qpv_and_what_that_cost(release: Release) -> None:
    """Homes on the wrong side are those of the three IRIS that are told over whole units only."""
    told = {name: table.figures for name, table in release.zones.items()}
    assert {name: (one["exact"], one["units"], one["withheld"]) for name, one in told.items()} == {
        "commune": (1, 0, 0),
        "iris": (18, 3, 0),
        "qpv": (3, 0, 0),
    }
    assert {name: one["homes_moved"] for name, one in told.items()} == {"commune": 0, "iris": 106, "qpv": 0}


def test_every_indicator_that_the_territory_knows_is_told(release: Release) -> None:
    told, left_out = {one.name for one in release.indicators}, {one["indicator"] for one in release.facts["left_out"]}
    assert told | left_out == {one.name for one in INDICATORS}
    assert left_out == {"housing_benefit", "over_occupied", "under_occupied", "energy_known", "energy_fg"} | {
        f"rooms_{rooms}" for rooms in range(1, 6)
    }
    for table in release.zones.values():
        assert {"persons_low", "poor_low", "ten_years_low", "ceiling_over_100_low"} <= set(table.units.columns)


def attacked(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> object:
    """The exit code of `carreau map attack`."""
    monkeypatch.setattr(sys, "argv", ["carreau", "map", "attack", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code


def test_the_attack_does_not_break_any_of_it(
    release: Release, territory: Territory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(release, tmp_path / "out")
    assert attacked(monkeypatch, tmp_path / "out", "--register", territory.path) == 0


def test_a_second_time_gives_the_same_territory(territory: Territory, tmp_path: Path) -> None:
    again = bondy(tmp_path / "territory", seed=1)
    assert again.facts["tables"] == territory.facts["tables"]
