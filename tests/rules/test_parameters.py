"""Dated values: each has a unit, a start, a reference and a certainty, and the newest started one is in force."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from carreau.errors import BadInput
from carreau.register.vocabulary import GROUND
from carreau.rules.parameters import Value, families, in_force, load, read

GOOD = {
    "family": "made_up",
    "parameters": {
        "limit": {
            "unit": "EUR",
            "values": [{"start": date(2024, 1, 1), "value": 3, "reference": "L1", "certainty": "verified"}],
        }
    },
}


def written(tmp_path: Path, page: object) -> Path:
    file = tmp_path / "made_up.yaml"
    file.write_text(yaml.safe_dump(page), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", families())
def test_every_shipped_value_says_where_it_comes_from(name: str) -> None:
    family = load(name)
    assert family.name == name
    for parameter in family.parameters.values():
        assert parameter.unit
        assert all(value.reference and value.certainty in ("verified", "to verify") for value in parameter.values)


@pytest.mark.parametrize("missing", ["reference", "start", "certainty", "value"])
def test_a_value_that_lacks_something_is_refused(tmp_path: Path, missing: str) -> None:
    page = yaml.safe_load(yaml.safe_dump(GOOD))
    del page["parameters"]["limit"]["values"][0][missing]
    with pytest.raises(BadInput, match=f"made_up.yaml: limit.* {missing}"):
        read(written(tmp_path, page))


def test_a_parameter_without_unit_is_refused(tmp_path: Path) -> None:
    page = yaml.safe_load(yaml.safe_dump(GOOD))
    del page["parameters"]["limit"]["unit"]
    with pytest.raises(BadInput, match="limit has no unit"):
        read(written(tmp_path, page))


def test_two_values_of_the_same_day_are_refused(tmp_path: Path) -> None:
    page = yaml.safe_load(yaml.safe_dump(GOOD))
    page["parameters"]["limit"]["values"] *= 2
    with pytest.raises(BadInput, match="same day"):
        read(written(tmp_path, page))


@pytest.mark.parametrize("page", [[], {"family": "x"}, {"family": "x", "parameters": 3}, "text"])
def test_what_is_no_family_is_refused(tmp_path: Path, page: object) -> None:
    with pytest.raises(BadInput, match=r"made_up\.yaml"):
        read(written(tmp_path, page))


def test_an_unknown_family_is_refused_with_those_that_exist() -> None:
    with pytest.raises(BadInput, match=", ".join(families())):
        load("rents")


@given(st.lists(st.dates(date(2000, 1, 1), date(2030, 1, 1)), min_size=1, unique=True), st.dates(date(1999, 1, 1)))
def test_the_newest_started_value_is_in_force(starts: list[date], day: date) -> None:
    values = tuple(Value(start, start, "L1", "verified") for start in starts)
    expected = None
    for start in sorted(starts):
        if start <= day:
            expected = start
    if expected is None:
        with pytest.raises(BadInput, match="no value in force"):
            in_force(values, day)
    else:
        assert in_force(values, day).value == expected


@pytest.mark.parametrize("name", families())
def test_each_start_is_a_boundary(name: str) -> None:
    for parameter in load(name).parameters.values():
        for before, value in zip((None, *parameter.values), parameter.values, strict=False):
            assert in_force(parameter.values, value.start) is value
            assert parameter.on(value.start) == value.value
            if before is not None:
                assert in_force(parameter.values, value.start - timedelta(days=1)) is before
                assert parameter.on(value.start - timedelta(days=1)) == before.value
            else:
                with pytest.raises(BadInput, match=f"{re.escape(parameter.name)}: no value in force"):
                    parameter.on(value.start - timedelta(days=1))


def test_a_day_before_the_first_value_names_the_parameter() -> None:
    with pytest.raises(
        BadInput, match=r"PLUS\.other: no value in force on 2016-12-31: the oldest known starts on 2017"
    ):
        load("ceilings")["PLUS.other"].on(date(2016, 12, 31))


def test_every_ground_of_the_register_has_its_article() -> None:
    assert set(load("priorities").parameters) == set(GROUND.categories)
