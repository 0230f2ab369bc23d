"""The cases of tests/spec/occupancy that a jurist can read, and a person's own case told in two languages."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from applicants import born

from carreau.errors import BadInput
from carreau.rules.occupancy.account import Occupancy, account, as_tenants
from carreau.rules.occupancy.review import review
from carreau.rules.occupancy.wording import sentences
from carreau.rules.parameters import Parameter, Value, load

SPEC = Path(__file__).parent.parent / "spec" / "occupancy"
DAY = date(2026, 10, 1)
USUAL: dict[str, Any] = {
    "ages": [45],
    "kind": "alone",
    "commune": "59350",
    "reference_income": 10_000,
    "disposable_income": 12_000,
    "moved_in": date(2020, 3, 15),
    "rooms": 3,
    "surface": 60,
    "access": "none",
    "ceiling_class": "PLUS",
    "in_qpv": False,
    "disability": False,
    "disabled_occupant_left": False,
    "needs_adapted_home": False,
    "loss_of_autonomy": False,
}
OF_FILE: dict[str, dict[str, Any]] = {
    "review": {},
    "right-to-stay": {"territory_1948": True, "visiting_children": 0, "work_rooms": 0},
}


def written() -> list[dict[str, Any]]:
    files = {name: yaml.safe_load((SPEC / f"{name}.yaml").read_text(encoding="utf-8")) for name in OF_FILE}
    return [{**one, "given": OF_FILE[name] | one["given"]} for name, cases in files.items() for one in cases]


def occupancy(given: dict[str, Any]) -> Occupancy:
    told = USUAL | {"day": DAY} | given
    ages = told.pop("ages")
    births = tuple(told.pop("births", None) or born(ages, date(told["day"].year, 1, 1)))
    return Occupancy(births=births, **told)


def differences(case: dict[str, Any]) -> dict[str, Any]:
    found = account(occupancy(case["given"])).found
    return {name: found[name] for name, expected in case["expected"].items() if found[name] != expected}


def any_differs(cases: list[dict[str, Any]]) -> bool:
    """Whether any case breaks, judged together, a frame a day."""
    for day in {occupancy(case["given"]).day for case in cases}:
        of_day = [case for case in cases if occupancy(case["given"]).day == day]
        found = review(as_tenants([occupancy(case["given"]) for case in of_day]), day).to_dicts()
        for case, row in zip(of_day, found, strict=True):
            if any(row[name] != expected for name, expected in case["expected"].items()):
                return True
    return False


@pytest.mark.parametrize("case", [pytest.param(one, id=one["case"]) for one in written()])
def test_case(case: dict[str, Any]) -> None:
    assert differences(case) == {}


def test_every_case_has_a_source() -> None:
    assert len(written()) >= 40
    assert [one["case"] for one in written() if not one.get("source")] == []


MUTATED = [("occupancy", name) for name in load("occupancy").parameters] + [
    ("needs", "rooms_above_persons"),
    ("needs", "minimum_surface"),
    ("sls", "threshold"),
    ("effort_rate", "practice_limit"),
]


def mutations(content: Any) -> list[Any]:
    """The content with each of its numbers moved a little, one at a time."""
    if isinstance(content, dict):
        return [{**content, key: content[key] + step} for key in content for step in (-1, 1)]
    if isinstance(content, date):
        return [date.fromordinal(content.toordinal() + step) for step in (-1, 1)]
    step = 0.02 if isinstance(content, float) else 1
    return [content - step, content + step]


@pytest.mark.parametrize(("family", "name"), MUTATED)
def test_changing_a_parameter_breaks_a_case(family: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parameter = load(family)[name]
    cases = written()
    assert not any_differs(cases)
    broken = []
    for content in mutations(parameter.on(DAY)):
        changed = Parameter(name, "", "", (Value(date(1900, 1, 1), content, "changed", "to verify"),))
        with monkeypatch.context() as patch:
            patch.setitem(load(family).parameters, name, changed)  # type: ignore[arg-type]
            broken.append(any_differs(cases))
    if isinstance(parameter.on(DAY), dict):
        assert all(any(broken[at : at + 2]) for at in range(0, len(broken), 2))
    else:
        assert any(broken)


COUPLE = {"ages": [50, 48], "kind": "couple", "rooms": 4, "refused_offers": 3, "disability": None}


def test_the_account_reads_in_french_and_english() -> None:
    made = account(occupancy(COUPLE))
    french, english = sentences(made, "fr"), sentences(made, "en")
    assert len(french) == len(english)
    assert french[0] == "Occupation du logement au 1er octobre 2026, 2 personnes"
    assert any(line.startswith("Under-occupied: habitable rooms") for line in english)
    assert any("zone tendue ou non (la liste n’est pas fournie)" in line for line in french)
    assert "Right to stay after three refusals: not determined, facts are missing" in english
    assert any(line.endswith("(to verify)") for line in english)


@pytest.mark.parametrize("case", [pytest.param(one, id=one["case"]) for one in written()])
def test_every_case_can_be_told(case: dict[str, Any]) -> None:
    made = account(occupancy(case["given"]))
    assert len(sentences(made, "fr")) == len(sentences(made, "en")) >= 15


def test_everything_unknown_is_told_too() -> None:
    made = account(Occupancy(DAY, "97411", (date(1990, 5, 5),), "alone"))
    assert made.found["cases"] == []
    assert made.found["undetermined"] == [
        "over_occupied",
        "under_occupied",
        "adapted_home_left",
        "adapted_home_needed",
        "ceiling_exceeded",
    ]
    assert {"surface", "rooms", "zone", "tense_zone", "cost"} <= set(made.found["missing"])
    assert "Next review of occupation: the date of the lease is missing" in sentences(made, "en")


def test_every_text_behind_an_account_says_how_sure_it_is() -> None:
    texts = account(occupancy({})).references
    assert {text.certainty for text in texts} == {"verified", "to verify"}
    assert all(text.reference for text in texts)
    assert set(load("occupancy").parameters) <= {text.about for text in texts}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"births": ()}, "births"),
        ({"births": (date(2027, 1, 1),)}, "births"),
        ({"moved_in": date(2027, 1, 1)}, "moved_in 2027"),
        ({"commune": "paris"}, "commune paris"),
        ({"kind": "tribe"}, "kind tribe"),
        ({"access": "wide"}, "access wide: one of none"),
        ({"ceiling_class": "HLM"}, "ceiling_class HLM"),
        ({"reference_income": -1}, "reference_income -1"),
        ({"refused_offers": -1}, "refused_offers -1"),
        ({"rooms": 0}, "rooms 0"),
        ({"surface": 3000}, "surface 3000"),
        ({"day": date(2016, 1, 1), "moved_in": None}, "no value in force on 2016"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    good = occupancy({})
    with pytest.raises(BadInput, match=said):
        account(replace(good, **change))
