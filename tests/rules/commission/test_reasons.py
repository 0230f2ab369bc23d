"""Reasons have a reference and words, and a retired one is kept and no longer given."""

from datetime import date

import pytest

from carreau.errors import BadInput
from carreau.rules.commission.reasons import REFUSED, Reason, in_use, reasons, refuse_unless_in_use
from carreau.rules.parameters import load
from carreau.text import knows

DAY = date(2026, 11, 23)


def test_the_outcomes_are_those_of_the_law() -> None:
    assert {outcome for outcome, _ in reasons()} == {*load("commission")["outcomes"].on(DAY), REFUSED}


@pytest.mark.parametrize("one", reasons().values(), ids=lambda one: f"{one.outcome}-{one.code}")
def test_every_reason_can_be_said(one: Reason) -> None:
    assert knows(f"commission.reason.{one.code}")
    assert one.reference


def test_a_retired_reason_is_known_and_refused() -> None:
    assert reasons()["non_attribution", "low_income_in_qpv"].in_use(date(2025, 6, 30))
    assert "low_income_in_qpv" not in [one.code for one in in_use("non_attribution", DAY)]
    with pytest.raises(BadInput, match="retired on 2025-06-30"):
        refuse_unless_in_use("non_attribution", "low_income_in_qpv", DAY)


def test_a_reason_of_another_outcome_is_none() -> None:
    refuse_unless_in_use("ineligible", "above_the_ceiling", DAY)
    with pytest.raises(BadInput, match="no reason for attribution"):
        refuse_unless_in_use("attribution", "above_the_ceiling", DAY)
