"""The page of the parameters: up to date, and with the address of each text."""

from pathlib import Path

import pytest

from carreau.rules.parameters import families, load
from carreau.rules.reference import addresses, parameter_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "parameters.md"

# What no text sets, or what was told by a source without an address kept here.
WITHOUT_ADDRESS = {
    "consumption_units": "the scale of the OECD, in the documentation of Insee's Filosofi",
    "effort_rate": "a usage",
    "needs": "practice of the commissions",
    "quotas": "Action Logement from 2009: article not read",
    "tfpb": "length of a convention: text not read",
}


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == parameter_page(), "a parameter changed: run `make docs`"


@pytest.mark.parametrize("name", families())
def test_every_verified_text_has_an_address(name: str) -> None:
    values = [value for parameter in load(name).parameters.values() for value in parameter.values]
    lacking = [value for value in values if not addresses(value.reference)]
    assert not lacking or name in WITHOUT_ADDRESS
    assert name == "consumption_units" or all(value.certainty == "to verify" for value in lacking)


def test_the_page_has_every_value_with_its_start_certainty_and_unit() -> None:
    page = parameter_page()
    for name in families():
        for parameter in load(name).parameters.values():
            section = page.partition(f"## {name}\n")[2].partition(f"### `{parameter.name}`\n")[2].partition("\n#")[0]
            assert f"Unit: {parameter.unit}." in section
            rows = [line for line in section.splitlines() if line[:3] in ("| 1", "| 2")]
            assert [row.split(" | ")[0][2:] for row in rows] == [str(one.start) for one in reversed(parameter.values)]
            assert [row.split(" | ")[2] for row in rows] == [one.certainty for one in reversed(parameter.values)]


def test_an_address_given_comes_before_one_known() -> None:
    assert addresses("R441-3 CCH ; https://example.org/a") == ("https://example.org/a",)
    assert addresses("R441-3 CCH")[0].startswith("https://www.legifrance.gouv.fr/")
    assert addresses("usage") == ()
