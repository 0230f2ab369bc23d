"""Each protection, switched off alone, lets the attack break a territory; with all of them nothing follows."""

import dataclasses

import pytest
from tools.protection_cases import Case, attacked, cases, released, told_of
from tools.protection_pages import FOLDER, pages

from carreau.attack.findings import BROKEN, INCOME_MARGIN, SAFE
from carreau.attack.sentences import sentence
from carreau.release.indicators import INDICATORS
from carreau.release.located import EDGES
from carreau.release.rules import PROTECTIONS, Rules

CASES = cases()
NOT_DEMONSTRABLE = {"dominance", "winsorising"}


@pytest.mark.parametrize("name", PROTECTIONS)
def test_every_protection_has_a_territory_that_it_saves(name: str) -> None:
    protection = PROTECTIONS[name]
    assert protection.title
    assert protection.protects
    assert protection.reference
    assert protection.demonstrable == any(case.protection == name for case in CASES)
    assert protection.demonstrable == (name not in NOT_DEMONSTRABLE)
    assert protection.demonstrable or protection.why


def ids(case: Case) -> str:
    return f"{case.protection}: {case.case}"


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_without_it_the_attack_names_the_region(case: Case) -> None:
    result = attacked(released(case, without=True))
    assert result.verdict == BROKEN
    cells = tuple(sorted(case.cell_id(letter) for letter in case.without["cells"]))
    expected = (case.without["kind"], case.without["quantity"], case.without["low"], case.without["high"], cells)
    found = {(one.kind, one.quantity, one.low, one.high, one.cells): one for one in result.findings}
    assert expected in found
    for language in ("fr", "en"):
        assert all(cell in sentence(found[expected], language) for cell in cells)


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_with_all_of_them_nothing_follows(case: Case) -> None:
    releases = released(case, without=False)
    release = releases[-1]
    for letter, numbers in case.told.items():
        assert {name: told_of(release, case.cell_id(letter), name) for name in numbers} == numbers
    if case.zoning:
        told = release.zones[case.zoning].told
        assert dict(told.select("zone", "told").iter_rows()) == dict(case.zones)
    assert attacked(releases).verdict == SAFE


def test_a_protection_that_does_not_exist_cannot_be_switched_off() -> None:
    with pytest.raises(ValueError, match="no such protection: luck"):
        dataclasses.replace(Rules.of("households"), off=frozenset({"luck"}))


def test_nobody_can_switch_one_off_from_a_territory() -> None:
    assert Rules.of("households").off == frozenset()
    assert released(CASES[0], without=True)[-1].facts["protections_off"] == [CASES[0].protection]
    assert "protections_off" not in released(CASES[0], without=False)[-1].facts


def test_no_band_of_the_ceilings_tells_an_income_to_a_tenth() -> None:
    """Of a household known to be in a band the income is known to the band's limits, and no better."""
    edges = list(EDGES.values())
    assert [f"ceiling_{name}" for name in EDGES] == [one.name for one in INDICATORS if one.kind == "band"]
    assert all(high is None or (high - low) / (high + low) > INCOME_MARGIN for low, high in edges)
    assert edges[-1][1] is None, "100 to 120 % would tell it to a tenth: the last band has no upper limit"


def test_the_pages_of_the_protections_are_up_to_date() -> None:
    written = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()}
    assert written == pages(), "a case, a protection or the attack changed: run `make docs`"
