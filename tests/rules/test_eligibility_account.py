"""A person's own case: told in two languages, with documents and texts, and refused by name when it cannot be."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from asking import applicant
from test_eligibility_cases import cases

from carreau.errors import BadInput
from carreau.register.vocabulary import GROUND
from carreau.rules.eligibility.account import account
from carreau.rules.eligibility.priority import SITUATIONS
from carreau.rules.eligibility.wording import sentences
from carreau.rules.parameters import load
from carreau.text import knows

FAMILY = {
    "ages": [34, 8],
    "kind": "lone_parent",
    "present_housing": "hosted_by_others",
    "grounds": ["homeless_or_hosted"],
}


def test_the_account_reads_in_french_and_english() -> None:
    made = account(applicant({**FAMILY, "visiting_children": 1}))
    french, english = sentences(made, "fr"), sentences(made, "en")
    assert len(french) == len(english)
    assert french[0] == "Demande de logement social au 1er janvier 2026, 2 personnes"
    assert "A home that fits: 2 to 4 rooms (living room included), 16 m² at least" in english
    assert "Income that counts: €12,000 a year, for a ceiling of €58,986 (PLS, category 4)" in english
    assert "  - without a home, or hosted by others" in english
    assert "  - certificate of hosting or of domicile" in english
    assert any(line.endswith("(à vérifier)") for line in french)


@pytest.mark.parametrize("case", cases())
def test_every_case_can_be_told(case: dict[str, Any]) -> None:
    made = account(applicant(case["given"]))
    assert len(sentences(made, "fr")) == len(sentences(made, "en")) >= 12


def test_documents_are_asked_once_and_texts_say_how_sure_they_are() -> None:
    made = account(applicant({**FAMILY, "grounds": ["disability", "sexual_violence", "trafficking"]}))
    assert made.documents == (
        "identity_or_residence_document", "tax_notice", "disability_decision", "complaint_receipt",
    )  # fmt: skip
    assert {text.certainty for text in made.references} == {"verified", "to verify"}
    assert {"disability", "trafficking", "residence"} <= {text.about for text in made.references}


def test_every_code_has_a_sentence() -> None:
    documents = {one for name in load("proofs").parameters.values() for value in name.values for one in value.value}
    keys = [f"proof.{one}" for one in documents]
    keys += [f"applicant.ground_{one}" for one in GROUND.categories]
    keys += [f"applicant.situation_{one}" for one in SITUATIONS]
    keys += [f"applicant.dalo_{one}" for one in load("dalo").parameters]
    assert [key for key in keys if not knows(key)] == []


def test_every_ground_and_every_situation_that_needs_one_has_its_proof() -> None:
    assert set(GROUND.categories) | {"dalo", "transfer", "renewal"} <= set(load("proofs").parameters)
    assert set(SITUATIONS) <= set(load("situations").parameters)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"births": ()}, "births"),
        ({"births": (date(2027, 1, 1),)}, "births"),
        ({"seniority_from": date(2027, 1, 1)}, "seniority_from 2027"),
        ({"wanted_communes": ()}, "wanted_communes"),
        ({"wanted_communes": ("paris",)}, "wanted_communes"),
        ({"kind": "tribe"}, "kind tribe"),
        ({"present_housing": "castle"}, "present_housing castle"),
        ({"grounds": ("famous",)}, "grounds famous"),
        ({"reference_income": -1}, "reference_income -1"),
        ({"visiting_children": -1}, "visiting_children -1"),
        ({"alternating_children": 3}, "alternating_children"),
        ({"day": date(2016, 1, 1), "births": (date(1990, 1, 1),)}, "no value in force on 2016"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    good = applicant(FAMILY)
    with pytest.raises(BadInput, match=said):
        account(replace(good, **change))
