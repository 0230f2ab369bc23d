"""Quorum, votes, and the vote that breaks a tie."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carreau.errors import BadInput
from carreau.rules.commission.voting import CHOICES, VOTING, counted, has_quorum, lacking_for_remote

DAY = date(2026, 11, 23)


def test_a_tie_goes_as_the_mayor_voted() -> None:
    found = counted([("board", "for"), ("prefect", "against"), ("mayor", "for"), ("epci", "against")], DAY)
    assert (found.carried, found.by_casting_vote) == (True, True)
    assert not counted([("board", "for"), ("mayor", "against")], DAY).carried


def test_a_tie_without_the_mayor_carries_nothing() -> None:
    assert not counted([("board", "for"), ("prefect", "against")], DAY).carried
    assert not counted([("board", "for"), ("prefect", "against"), ("mayor", "abstention")], DAY).carried
    assert not counted([], DAY).carried
    assert not counted([("mayor", "abstention")], DAY).carried


@given(st.lists(st.sampled_from(list(product(VOTING, CHOICES)))))
def test_half_a_vote_more_for_the_mayor_says_the_same(ballots: list[tuple[str, str]]) -> None:
    worth = {"for": 2, "against": -2, "abstention": 0}
    sum_of = sum(worth[choice] for _, choice in ballots)
    mayors = {choice for seat, choice in ballots if seat == "mayor"}
    if sum_of == 0 and "for" in mayors and "against" not in mayors:
        sum_of += 1
    if len([seat for seat, _ in ballots if seat == "mayor"]) <= 1:  # one mayor a home
        assert counted(ballots, DAY).carried == (sum_of > 0)


@pytest.mark.parametrize("ballot", [("reserver", "for"), ("board", "perhaps")])
def test_who_does_not_vote_has_no_ballot(ballot: tuple[str, str]) -> None:
    with pytest.raises(BadInput, match="seats that vote"):
        counted([ballot], DAY)


def test_only_voting_seats_that_are_there_make_a_quorum() -> None:
    seats = [("board", "present"), ("mayor", "remote"), ("epci", "absent"), ("reserver", "present")]
    assert has_quorum(seats, 2)
    assert not has_quorum(seats, 3)
    assert has_quorum([*seats, ("tenants", "represented")], 3)


def test_a_session_at_a_distance() -> None:
    assert lacking_for_remote({"internal_rules"}, DAY) == ["members_identified"]
    assert lacking_for_remote({"internal_rules", "members_identified"}, DAY) == []
    assert "prefect_agreement" in lacking_for_remote({"internal_rules", "members_identified"}, date(2019, 6, 1))
