"""Households drawn for Filosofi's natural cells have the cells' own figures: five real units of Saint-Denis."""

from itertools import permutations
from pathlib import Path

import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from carreau.outputs import digest
from carreau.places.grid import centre
from carreau.register.addresses import import_addresses
from carreau.register.filosofi import import_filosofi
from carreau.register.synthetic.cell_households import _children, whole_shares
from carreau.register.synthetic.natural_cells import compare_cells, natural_figures
from carreau.register.synthetic.synthesize import synthesize
from carreau.register.territory import Territory, write

CELLS = Path(__file__).parent / "data" / "filosofi_2019_saint_denis.csv"
CELL = ["cell_crs", "cell_north", "cell_east"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    """The cells without a register: homes are drawn for their social tenants."""
    folder = tmp_path_factory.mktemp("cells") / "out"
    import_filosofi(CELLS, folder, year=2019)
    return synthesize(folder, seed=1)


@pytest.fixture(scope="module")
def with_homes(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    """The cells with an invented register of addresses: fewer homes than tenants in one unit, more in the others."""
    folder = tmp_path_factory.mktemp("both")
    import_filosofi(CELLS, folder / "out", year=2019)
    cells = Territory.open(folder / "out").table("cells").collect()
    middles = [centre(*cell) for cell in cells.select(*CELL).iter_rows()]
    few = (cells["natural_id"] == "CRS3035RES200mN2898200E3763200").to_numpy()
    counts = np.where(few, cells["social_homes"] - 100, cells["social_homes"] + 10).round().astype(np.int64)
    columns = {"cle": [f"{n} RUE" for n in range(len(counts))], "construct": ["1970"] * len(counts)}
    data = [*(np.array(values, dtype=object) for values in columns.values()), counts]
    points = shapely.to_wkb(shapely.points(np.array(middles)))
    file = folder / "addresses.gpkg"
    names = [*columns, "nb_logements"]
    pyogrio.raw.write(file, points, data, names, geometry_type="Point", crs="EPSG:4326", driver="GPKG")
    import_addresses(file, folder / "out", commune="93066", year=2022)
    return synthesize(folder / "out", seed=1)


@pytest.mark.parametrize("fixture", ["alone", "with_homes"])
def test_each_natural_cell_has_its_own_figures(fixture: str, request: pytest.FixtureRequest) -> None:
    territory = request.getfixturevalue(fixture)
    lines = {line["figure"]: line for line in compare_cells(territory)}
    counts = ("persons", "households", "poor", "one_person", "five_persons", "owners", "lone_parents", "social_homes")
    assert {name: lines[name]["largest_gap"] for name in counts} == dict.fromkeys(counts, 0)
    ages = [name for name in lines if name.startswith("age_")]
    assert len(ages) == 10
    assert max(lines[name]["largest_gap"] for name in ages) < 1
    assert lines["living_standard"]["largest_gap"] < 0.5
    assert territory.check()["problems"] == []
    assert territory.reference_date.isoformat() == "2019-01-01"


def test_households_of_every_tenure_in_families_that_can_be(alone: Territory) -> None:
    day = pl.lit(alone.reference_date)
    households = alone.table("households").with_columns(
        ages=pl.col("births").list.eval((day - pl.element()).dt.total_days() / 365.25)
    ).collect()  # fmt: skip
    assert set(households["tenure"]) == {"social", "private", "owner"}
    assert households["origin"].unique().to_list() == ["synthetic"]
    assert households["ages"].list.first().min() >= 18  # type: ignore[operator]
    adults = pl.when(pl.col("kind") == "couple_children").then(2).otherwise(1)
    families = households.filter(pl.col("kind").is_in(["couple_children", "lone_parent"])).select(
        youngest_parent=pl.col("ages").list.slice(0, adults).list.min(),
        oldest=pl.col("ages").list.slice(adults).list.max(),
        youngest=pl.col("ages").list.slice(adults).list.min(),
    )
    assert (families["youngest_parent"] - families["oldest"]).min() >= 14.9  # type: ignore[operator]
    late = (families["youngest_parent"] - families["youngest"] > 51).mean()
    assert late < 0.05  # type: ignore[operator]


def test_homes_drawn_for_the_tenants_of_cells_say_that_they_are_synthetic(alone: Territory) -> None:
    homes = alone.table("homes").collect()
    assert homes["description_origin"].unique().to_list() == ["synthetic"]
    assert alone.facts["synthetic"]["homes"] is True
    social = alone.table("households").filter(pl.col("tenure") == "social").collect()
    assert sorted(social["home_id"]) == sorted(homes["home_id"])
    assert homes["rent"].null_count() == 0


def test_homes_of_the_register_house_the_tenants_of_their_natural_cell(with_homes: Territory) -> None:
    cells = with_homes.table("cells").select(*CELL, "natural_id").collect()
    homes = with_homes.table("homes").collect()
    assert homes["description_origin"].unique().to_list() == ["real"]
    assert with_homes.facts["synthetic"]["homes"] is False
    housed = with_homes.table("households").filter(pl.col("home_id").is_not_null()).collect()
    both = housed.join(homes, on="home_id", suffix="_home").join(cells, on=CELL)
    assert both.height == housed.height == (homes["status"] == "let").sum()
    assert (both["cell_north"] == both["cell_north_home"]).all()
    social = with_homes.table("households").filter(pl.col("tenure") == "social").collect()
    assert social.height - housed.height == 100  # more tenants than homes in one cell
    statuses = dict(homes["status"].value_counts().iter_rows())
    assert set(statuses) <= {"let", "offered", "otherwise_occupied"}
    assert statuses["offered"] / (statuses["let"] + statuses["offered"]) < 0.05


def test_the_same_seed_gives_the_same_households(alone: Territory, tmp_path: Path) -> None:
    def drawn(seed: int) -> str:
        territory = synthesize(tmp_path / "out", seed=seed)
        return digest({name: territory.table(name).collect() for name in ("homes", "households", "applications")})

    import_filosofi(CELLS, tmp_path / "out", year=2019)
    expected = {name: alone.table(name).collect() for name in ("homes", "households", "applications")}
    assert drawn(1) == digest(expected) != drawn(2)
    assert drawn(1) == digest(expected)


def test_natural_figures_are_whole_and_add_up(alone: Territory) -> None:
    figures = natural_figures(alone.table("cells").collect())
    assert figures.height == 5
    ages = figures.select(pl.sum_horizontal(pl.col("^age_.*$").exclude("age_unknown"))).to_series()
    assert ages.to_list() == pytest.approx(figures["persons"].to_list())


def test_homes_that_a_landlord_says_empty_house_nobody(with_homes: Territory, tmp_path: Path) -> None:
    homes = with_homes.table("homes").with_columns(
        status=pl.lit("empty"), status_origin=pl.lit("real"), rent=None, rent_origin=None
    ).collect()  # fmt: skip
    cells = with_homes.table("cells").collect()
    facts = {**with_homes.facts, "synthetic": {"homes": False}}
    write(tmp_path / "out", {"homes": homes, "cells": cells}, facts)
    territory = synthesize(tmp_path / "out")
    assert territory.table("homes").select(pl.col("status").unique()).collect().to_series().to_list() == ["empty"]
    assert max(line["largest_gap"] for line in compare_cells(territory)) < 1


AMOUNTS = st.lists(st.floats(0, 1000), min_size=1, max_size=8)


@given(amounts=AMOUNTS, total=st.integers(0, 500))
def test_whole_shares_add_up_and_are_near_their_exact_ones(amounts: list[float], total: int) -> None:
    given_amounts = np.array(amounts)
    shares = whole_shares(given_amounts, total)
    assert shares.sum() == total
    assert (shares >= 0).all()
    if given_amounts.sum() > 1e-6:
        assert (np.abs(shares - given_amounts * total / given_amounts.sum()) < 1).all()


@given(children=st.lists(st.integers(0, 25), max_size=5), parents=st.lists(st.integers(18, 90), min_size=5, max_size=5))
def test_children_are_15_years_younger_whenever_some_sharing_out_allows_it(
    children: list[int], parents: list[int]
) -> None:
    places = parents[: len(children)]
    possible = any(all(c + 15 <= p for c, p in zip(order, places, strict=True)) for order in permutations(children))
    found = _children(np.sort(np.array(children, float)), np.array(places, float), np.random.default_rng(0))
    assert sorted(found) == sorted(children)
    assert all(c + 15 <= p for c, p in zip(found, places, strict=True)) == possible
