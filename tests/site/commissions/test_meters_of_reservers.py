"""A quota that each reserver owes is counted on its own leases, and shown for its own homes alone."""

from datetime import date

import polars as pl

from carreau.site.commissions.counting import COLUMNS, Meter, moved, quotas
from carreau.site.commissions.populations import NAMES
from carreau.site.homes.models import Home, Vacancy

DAY = date(2026, 6, 30)


def lease(reserver: str, *, priority: bool) -> tuple[object, ...]:
    flags = {**dict.fromkeys(NAMES, False), "priority": priority}
    return ("1", "244400404", DAY, reserver, False, *(flags[name] for name in NAMES))


def meters(reserver: str) -> list[Meter]:
    told = [("action_logement", True), ("action_logement", False), ("none", False), ("none", False)]
    leases = pl.DataFrame([lease(one, priority=flag) for one, flag in told], schema=dict(COLUMNS), orient="row")
    vacancy = Vacancy(reserver=reserver, home=Home(commune="44109", in_qpv=False, landlord_id=1))
    found = moved(leases, quotas(), DAY, vacancy, dict.fromkeys(NAMES, False))
    return [one for one in found if one.name == "priority_share"]


def test_the_leases_of_other_reservers_do_not_count() -> None:
    (one,) = meters("action_logement")
    assert (one.group, one.threshold, one.counts) == ("action_logement", 25.0, 2)
    assert (one.before, one.after) == (50.0, 33.3)
    (other,) = meters("none")
    assert (other.before, other.after) == (0.0, 0.0)


def test_who_owes_no_such_share_has_no_meter_of_it() -> None:
    assert meters("state_priority") == []
