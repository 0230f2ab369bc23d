"""The one table: every pair that it does not have is refused, and its page is up to date."""

from itertools import product
from pathlib import Path

import pytest

from carreau.rules.commission.procedure import Refused, diagram, procedures
from carreau.rules.commission.reference import commission_page

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "commission.md"
PAIRS = [
    (subject, state, act)
    for subject, procedure in procedures().items()
    for state, act in product(procedure.states, procedure.acts)
]
ABSENT = [(s, state, act) for s, state, act in PAIRS if state not in procedures()[s].acts[act].moves]


@pytest.mark.parametrize(("subject", "state", "act"), ABSENT)
def test_a_pair_that_is_not_in_the_table_is_refused(subject: str, state: str, act: str) -> None:
    with pytest.raises(Refused) as refused:
        procedures()[subject].after(state, act)
    assert (refused.value.code, refused.value.values) == ("not_now", {"act": act, "state": state})


def test_there_are_more_absent_pairs_than_present_ones() -> None:
    assert len(ABSENT) > len(PAIRS) / 2 > 60


def test_an_unknown_act_is_refused() -> None:
    with pytest.raises(Refused, match="not_now"):
        procedures()["session"].after("open", "dance")


@pytest.mark.parametrize("subject", procedures())
def test_every_state_is_reached_and_an_end_from_each(subject: str) -> None:
    procedure = procedures()[subject]
    reached = {procedure.begins}
    for _ in procedure.states:
        reached |= {new for act in procedure.acts.values() for old, new in act.moves.items() if old in reached}
    assert reached == set(procedure.states)
    ends = set(procedure.final)
    for _ in procedure.states:
        ends |= {old for act in procedure.acts.values() for old, new in act.moves.items() if new in ends}
    assert ends == set(procedure.states)


def test_the_ends() -> None:
    assert {subject: set(one.final) for subject, one in procedures().items()} == {
        "session": {"closed", "cancelled"},
        "item": {"postponed", "let", "exhausted", "sent_back"},
        "candidacy": {"declined", "ineligible", "refused", "silent", "signed", "passed_over", "unmet", "withdrawn"},
    }


def test_what_does_not_move_is_drawn_as_a_loop() -> None:
    assert "declined --> declined: inform" in diagram(procedures()["candidacy"])
    assert procedures()["candidacy"].possible("accepted")[0].name == "renounce"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == commission_page(), "the table changed: run `make docs`"
