import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from command import Carreau

from carreau import __version__
from carreau.allocation.allocation import Allocation
from carreau.allocation.shipped import policies
from carreau.cli import app


def test_the_natural_grid_of_nantes_has_112_units(carreau: Carreau, nantes: Path, tmp_path: Path) -> None:
    out = tmp_path / "map"
    said = carreau("map", "build", nantes, "--to", out, "--method", "natural", "--count", "homes", "--json")
    assert said.figures["method"] == "natural"
    assert said.figures["units"] == 112
    assert said.figures["homes"] == 35_110
    assert said.figures["share_at_200m"] == pytest.approx(0.202, abs=0.0005)
    assert pl.read_csv(out / "units.csv")["homes"].min() >= 11


def test_no_unit_of_the_map_of_households_is_small(carreau: Carreau, nantes: Path, tmp_path: Path) -> None:
    said = carreau("map", "build", nantes, "--to", tmp_path / "map", "--zoning", "qpv", "--json")
    assert said.figures["method"] == "finest"
    assert said.figures["zonings"] == {"qpv": {"exact": 1, "units": 0, "withheld": 0, "homes_moved": 0}}
    units = pl.read_csv(tmp_path / "map" / "units.csv")
    assert units.height == said.figures["units"]
    assert units["households"].min() >= 11
    poor = units.select(low=pl.col("poor_low"), high=pl.col("poor_high"), count=pl.col("households"))
    assert poor.filter((pl.col("high") < 3) & (pl.col("low") == pl.col("high"))).is_empty()


def test_a_method_that_does_not_exist_is_refused_by_name(carreau: Carreau, nantes: Path, tmp_path: Path) -> None:
    said = carreau("map", "build", nantes, "--to", tmp_path / "map", "--method", "dense")
    assert said.code == 2
    assert "finest, natural, quadtree" in said.err
    assert not (tmp_path / "map").exists()


def test_an_allocation_is_made_and_a_rank_explained(carreau: Carreau, nantes: Path, tmp_path: Path) -> None:
    out = tmp_path / "allocation"
    figures = carreau("allocate", nantes, "--policy", "points", "--to", out, "--json").figures
    assert figures["digest"] == Allocation.open(nantes.parent / "allocation").digest, "the same each time"
    assert figures["assignments"] == figures["vacancies"] - figures["without_candidate"] > 3_000
    first = pl.read_parquet(out / "assignments.parquet").row(0, named=True)
    asked = ("--application", first["application_id"], "--home", first["home_id"])
    french = carreau("explain", out, *asked, "--json").figures
    assert french["rank"] == 1
    assert french["points"] == sum(french["breakdown"].values())
    assert french["sentence"].startswith("Rang 1 sur ")
    assert carreau("explain", out, *asked, "--language", "en").out.startswith("Rank 1 of ")
    applications = pl.read_parquet(nantes / "applications.parquet").sort("seniority_from", descending=True)
    kinds = set()
    for latest in applications["application_id"].head(12):
        told = carreau("explain", out, "--application", latest, "--home", first["home_id"], "--json").figures
        kinds.add(told["kind"])
        assert (told["kind"] == "ineligible") == bool(told["fails"])
        if kinds >= {"passed_over", "ineligible"}:
            return
    raise AssertionError(f"only {kinds}")


def test_a_run_whose_territory_is_gone_or_changed_is_refused(carreau: Carreau, nantes: Path, tmp_path: Path) -> None:
    out, asked = tmp_path / "allocation", ("--application", "a", "--home", "h")
    carreau("allocate", nantes, "--policy", "first-come", "--to", out)
    moved = tmp_path / "elsewhere" / "allocation"
    moved.parent.mkdir()
    out.rename(moved)
    said = carreau("explain", moved, *asked)
    assert said.code == 2
    assert "name it with --territory" in said.err
    assert "application a is not among" in carreau("explain", moved, *asked, "--territory", nantes).err


def test_an_unknown_policy_names_those_that_exist(carreau: Carreau, nantes: Path, tmp_path: Path) -> None:
    said = carreau("allocate", nantes, "--policy", "chance", "--to", tmp_path / "x")
    assert said.code == 2
    assert all(name in said.err for name in policies())


def test_policies_are_listed(carreau: Carreau) -> None:
    assert [policy["name"] for policy in carreau("policies", "--json").figures["policies"]] == list(policies())


def test_a_full_disk_is_said_in_one_line(carreau: Carreau, nantes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr("carreau.cli.release.publish", full)
    said = carreau("map", "build", nantes, "--to", "unused")
    assert (said.code, said.err) == (1, "carreau: somewhere: No space left on device\n")


def test_every_command_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^## `carreau ([a-z ]+)`", page, flags=re.MULTILINE))
    groups = {group.name: group.typer_instance for group in app.registered_groups}
    commands = {str(command.name) for command in app.registered_commands}
    for name, group in groups.items():
        commands |= {f"{name} {command.name or command.callback.__name__}" for command in group.registered_commands}
    assert documented == commands


def test_the_module_runs_as_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "carreau", "policies"], capture_output=True, text=True, check=True)
    assert "first-come" in done.stdout
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
