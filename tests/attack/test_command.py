"""`carreau map attack` as a shell sees it, on hand-made releases and on the natural grid of Nantes."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import beside, cell, publish
from tests.installations import demonstration

from carreau.cli import main
from carreau.register.territory import Territory
from carreau.release.building import build
from carreau.release.exports import write

Attack = Callable[..., tuple[int, str, str]]


@pytest.fixture
def attack(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Attack:
    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["carreau", "map", "attack", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture(scope="module")
def nantes() -> Path:
    return demonstration() / "territory"


def naive(folder: Path) -> Path:
    publish(folder, [{"unit_id": "A", "households": 30}, {"unit_id": "B", "households": 20}], {"A": [1], "B": [2, 3]})
    beside(folder, "qpv", [{"zone": "Q1", "households": 35}], {"Q1": [1, 2]})
    return folder


def true_territory(folder: Path, households: list[int]) -> Path:
    """A territory with so many households in cells 1, 2 and 3."""
    homes: list[dict[str, Any]] = []
    for place, number in enumerate(households, start=1):
        corner = {"cell_crs": 3035, "cell_north": 2_000_000, "cell_east": 3_200_000 + 200 * place}
        homes += [{"home_id": f"h{place}-{n}", **corner} for n in range(number)]
    folder.mkdir()
    pl.DataFrame(homes).write_parquet(folder / "homes.parquet")
    living = [{"home_id": home["home_id"], "tenure": "social"} for home in homes]
    pl.DataFrame(living).write_parquet(folder / "households.parquet")
    return folder


def test_a_broken_release_ends_with_1_and_says_where_and_how(attack: Attack, tmp_path: Path) -> None:
    code, out, _ = attack(naive(tmp_path), "--json", "--language", "en")
    said = json.loads(out)
    assert (code, said["verdict"]) == (1, "broken")
    (finding,) = said["findings"]
    assert finding["region"] == [cell(2)]
    assert [(term["sign"], term["zone"], term["low"]) for term in finding["derivation"]] == [
        (1, "Q1", 35),
        (-1, "A", 30),
    ]
    assert finding["sentence"].startswith(f"The cell {cell(2)}: 5 households = Q1 of qpv 2026-01-01 (35) minus A of ")
    assert said["searched"]
    assert said["not_searched"] == {}
    code, out, _ = attack(tmp_path)
    assert code == 1
    assert out.startswith("Cassée : 1 trouvaille.\n- Le carreau CRS3035RES200mN")


@pytest.mark.parametrize(("truth", "right"), [([30, 5, 15], True), ([29, 6, 14], False)])
def test_against_the_truth_a_claim_is_checked_and_nothing_else_changes(
    truth: list[int], right: bool, attack: Attack, tmp_path: Path
) -> None:
    release, territory = naive(tmp_path / "map"), true_territory(tmp_path / "true", truth)
    code, out, _ = attack(release, "--against", territory, "--json")
    (finding,) = json.loads(out)["findings"]
    assert (code, finding["low"]) == (1, 5)
    assert (finding["true"], finding["true_number"]) == (right, truth[1])
    assert ("vérifié : vrai (5)" if right else "vérifié : faux (6)") in attack(release, "--against", territory)[1]


def test_what_was_not_searched_ends_with_3(attack: Attack, tmp_path: Path) -> None:
    units = [{"unit_id": f"U{n}", "households": 50} for n in range(50)]
    publish(tmp_path, units, {f"U{n}": [3 * n, 3 * n + 1, 3 * n + 2] for n in range(50)})
    zones = [{"zone": f"Z{n}", "households_low": 0, "households_high": 10} for n in range(49)]
    places = {f"Z{n}": [3 * n + 2, 3 * n + 3] for n in range(49)}
    beside(tmp_path, "iris", zones, places)
    wide = [{"zone": "W", "households_low": 20, "households_high": 900}]
    beside(tmp_path, "wide", wide, {"W": [place for held in places.values() for place in held]})
    code, out, _ = attack(tmp_path, "--language", "en")
    assert code == 3
    assert out.startswith("Not broken, but not everything was searched")
    assert "\nnot searched: " in out


def test_an_undivided_square_whose_only_small_part_the_register_does_not_show(attack: Attack, tmp_path: Path) -> None:
    """1 km with homes in three cells, 30, 20 and 12; 60 households: only the third can hold fewer than 11."""
    square = {"unit_id": "CRS3035RES1000mN2000000E3200000", "crs": 3035, "size": 1000, "north": 2_000_000}
    release = tmp_path / "map"
    publish(release, [square | {"east": 3_200_000, "households": 60}], {square["unit_id"]: [1, 2, 3]}, method="natural")
    register = true_territory(tmp_path / "register", [30, 20, 12])
    assert attack(release)[0] == 0
    code, out, _ = attack(release, "--register", register, "--json", "--language", "en")
    (finding,) = json.loads(out)["findings"]
    assert (code, finding["way"], finding["region"]) == (1, "undivided", [cell(3)])
    assert (finding["low"], finding["high"]) == (10, 10)


def test_the_register_tells_where_nobody_lives(attack: Attack, tmp_path: Path) -> None:
    publish(tmp_path / "map", [{"unit_id": "A", "households": 30}, {"unit_id": "B", "households": 20}],
            {"A": [1], "B": [2, 3]})  # fmt: skip
    beside(tmp_path / "map", "qpv", [{"zone": "Q1", "households": 35}], {"Q1": [1, 2, 9]})
    register = true_territory(tmp_path / "register", [30, 5, 15])
    assert json.loads(attack(tmp_path / "map", "--json")[1])["findings"][0]["region"] == [cell(2), cell(9)]
    told = json.loads(attack(tmp_path / "map", "--register", register, "--json")[1])
    assert told["findings"][0]["region"] == [cell(2)]


@pytest.mark.parametrize("missing", ["release.json", "units.csv", "cells.csv"])
def test_a_folder_that_is_no_release_is_refused(missing: str, attack: Attack, tmp_path: Path) -> None:
    naive(tmp_path)
    (tmp_path / missing).unlink()
    code, _, err = attack(tmp_path)
    assert code == 2
    assert f"{missing}: is not there" in err


def test_a_number_that_is_none_is_refused_with_its_line(attack: Attack, tmp_path: Path) -> None:
    naive(tmp_path)
    (tmp_path / "zones" / "qpv.csv").write_text("zone,households\nQ1,many\n", encoding="utf-8")
    code, _, err = attack(tmp_path)
    assert code == 2
    assert "qpv.csv, line 2, column households: 'many' is not a number" in err


@pytest.mark.parametrize(("count", "indicators"), [("homes", "none"), ("households", "none")])
@pytest.mark.parametrize("method", ["natural", "quadtree", "finest"])
def test_the_maps_of_nantes_hold(
    method: str, count: str, indicators: str, attack: Attack, nantes: Path, tmp_path: Path
) -> None:
    write(build(Territory.open(nantes), method=method, count=count, indicators=indicators), tmp_path / "map")
    assert attack(tmp_path / "map", "--register", nantes)[0] == 0


@pytest.mark.parametrize("method", ["natural", "quadtree", "finest"])
def test_the_maps_of_nantes_hold_with_every_indicator(
    method: str, attack: Attack, nantes: Path, tmp_path: Path
) -> None:
    write(build(Territory.open(nantes), method=method), tmp_path / "map")
    code, out, _ = attack(tmp_path / "map", "--register", nantes, "--against", nantes)
    assert code == 0, out
