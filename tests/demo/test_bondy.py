"""Bondy from the shipped extract: a territory with contours, whose map the attack cannot break."""

import sys
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from carreau.cli import main
from carreau.demo.bondy import REGISTER, bondy
from carreau.register.territory import Territory
from carreau.release.building import build
from carreau.release.exports import write
from carreau.release.gate import Release


@pytest.fixture(scope="module")
def territory(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    return bondy(tmp_path_factory.mktemp("bondy") / "territory", seed=1)


@pytest.fixture(scope="module")
def release(territory: Territory) -> Release:
    return build(territory, method="finest")


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


def attacked(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> object:
    """The exit code of `carreau map attack`."""
    monkeypatch.setattr(sys, "argv", ["carreau", "map", "attack", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code


def test_the_attack_does_not_break_the_grid(
    release: Release, territory: Territory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(release, tmp_path / "out")
    assert attacked(monkeypatch, tmp_path / "out", "--register", territory.path) == 0


def test_a_second_time_gives_the_same_territory(territory: Territory, tmp_path: Path) -> None:
    again = bondy(tmp_path / "territory", seed=1)
    assert again.facts["tables"] == territory.facts["tables"]
