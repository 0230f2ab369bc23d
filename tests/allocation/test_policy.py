"""Policies by name or by file, and what is refused of them."""

from pathlib import Path

import pytest
import yaml

from carreau.allocation.policy import Policy, policies
from carreau.errors import BadInput

MINE = {
    "name": "mine",
    "title": {"fr": "La mienne", "en": "Mine"},
    "mechanism": "first_come",
    "candidates": 5,
    "reference": "deliberation",
}


def written(tmp_path: Path, page: object) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(page if isinstance(page, str) else yaml.safe_dump(page), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", policies())
def test_every_shipped_policy_is_read_by_its_name(name: str) -> None:
    policy = Policy.load(name)
    assert policy.name == name
    assert set(policy.title) == {"fr", "en"}
    assert policy.candidates == 3
    assert (policy.grid is not None) == (policy.mechanism == "points")


def test_a_file_is_read_with_the_grid_beside_it(tmp_path: Path) -> None:
    grid = {"name": "g", "title": {"fr": "G", "en": "G"}, "reference": "r", "certainty": "verified"}
    grid["rubrics"] = {"r": [{"criterion": "dalo", "kind": "dalo", "points": 9}]}
    (tmp_path / "g.yaml").write_text(yaml.safe_dump(grid), encoding="utf-8")
    policy = Policy.load(written(tmp_path, {**MINE, "mechanism": "points", "grid": "g.yaml"}))
    assert policy.grid is not None
    assert policy.grid.criteria[0].points == 9


def test_an_unknown_policy_is_refused_with_those_that_exist() -> None:
    with pytest.raises(BadInput, match="unknown policy 'lottery': not a file, nor one of first-come, points"):
        Policy.load("lottery")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"mechanism": "lottery"}, "unknown mechanism 'lottery'; there are points, first_come"),
        ({"mechanism": "points"}, "needs a grid"),
        ({"grid": "demo"}, "takes no grid"),
        ({"mechanism": "points", "grid": "gone"}, "unknown points grid 'gone'"),
        ({"candidates": 0}, "from 1 to 50, not 0"),
        ({"candidates": "three"}, "from 1 to 50, not 'three'"),
        ({"quota": 3}, "unknown field quota"),
        ({"title": {"fr": "La mienne"}}, "in fr and en"),
        ({"title": {"fr": "La mienne", "en": "First", "served": None}}, "in quotes if it has a comma"),
        ({"reference": ""}, "has no reference"),
    ],
)
def test_a_bad_policy_is_refused_with_the_reason(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    with pytest.raises(BadInput, match=problem) as refused:
        Policy.load(written(tmp_path, {**MINE, **change}))
    assert str(refused.value).startswith(str(tmp_path / "mine.yaml"))


@pytest.mark.parametrize("text", ["name: [", "3", "", "\x00"])
def test_what_is_no_policy_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput, match=r"mine\.yaml"):
        Policy.load(written(tmp_path, text))
