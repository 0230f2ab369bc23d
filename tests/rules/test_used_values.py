"""Cases of tests/spec about what is done with a parameter: a wrong value, or a wrong use of it, makes one fail."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from tests.allocation.territories import application, frame_of

from carreau.allocation.contingents import check_shares
from carreau.allocation.fit.seekers import acceptable
from carreau.allocation.quotas import POPULATIONS, Quota, meters
from carreau.errors import BadInput
from carreau.register.tables import Applications
from carreau.rules.commission.deadline import answer_by, holidays
from carreau.rules.commission.voting import counted, has_quorum, lacking_for_remote
from carreau.rules.parameters import load
from carreau.site.audit.retention import before
from carreau.site.commissions.agenda import board_complete, usual_quorum
from carreau.site.commissions.deciding import too_few
from carreau.site.commissions.reservers import due

SPEC = Path(__file__).parent.parent / "spec"


def target(rule: str, population: str, scope: str, leases: int, day: date, reservers: Any = ("none",)) -> Any:
    """How many leases are owed, by group, of so many that each reserver's homes were let with."""
    told = {"signed": day, "in_qpv": scope == "in_qpv", "landlord_id": "one", "epci": "e", "department": "44"}
    told |= dict.fromkeys({name for names in POPULATIONS.values() for name in names}, False)
    signed = pl.DataFrame([{**told, "reserver": one} for one in reservers for _ in range(leases)])
    by = "reserver" if len(reservers) > 1 else "landlord"
    found = meters(signed, [Quota("q", population, scope, by, False, "r", rule)], day)
    rows = found.filter(pl.col("by") == ("reserver" if by == "reserver" else "all"))
    return {group or "all": owed for group, owed in rows.select("group", "target").iter_rows() if owed}


def convention_stands(shares: Mapping[str, int], day: date) -> bool:
    try:
        check_shares(shares, day)
    except BadInput:
        return False
    return True


def young(born: date, day: date, others: Sequence[date] = ()) -> bool:
    told = application("a", births=[born, *others], kind="lone_parent" if others else "alone")
    found: bool = acceptable(frame_of([told], Applications), day)["young"].item()
    return found


USES: dict[str, Callable[..., Any]] = {
    "answer_by": answer_by,
    "local_holidays": lambda departments, year: {
        one: sorted(holidays(year, one) - holidays(year)) for one in departments
    },
    "too_few": too_few,
    "board_complete": board_complete,
    "quorum": lambda seats, day: has_quorum(seats, usual_quorum(day)),
    "carried": lambda ballots, day: counted([tuple(one) for one in ballots], day).carried,
    "lacking_for_remote": lacking_for_remote,
    "report_due": due,
    "young": young,
    "target": target,
    "convention_stands": convention_stands,
    "still_kept": lambda struck_off, day: struck_off >= before(day, load("retention")["unique_number"]),
}


def cases() -> list[Any]:
    files = sorted(SPEC.glob("*/uses.yaml"))
    written = [one for file in files for one in yaml.safe_load(file.read_text(encoding="utf-8"))]
    return [pytest.param(one, id=one["case"]) for one in written]


@pytest.mark.parametrize("case", cases())
def test_what_follows_is_what_the_text_says(case: dict[str, Any]) -> None:
    assert USES[case["use"]](**case["given"]) == case["expected"]


def test_every_use_has_a_case() -> None:
    assert {one.values[0]["use"] for one in cases()} == set(USES)
