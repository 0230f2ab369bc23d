"""The fictitious landlord's commission: one session over, one in progress, made once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.allocation.territories import application, home, vacancy
from tests.site.town import own_home, town

from carreau.site.accounts.models import Organisation
from carreau.site.bridge.demonstration import rank
from carreau.site.bridge.importing import import_register
from carreau.site.bridge.loading import load_applications, load_vacancies
from carreau.site.commissions.demonstration import load
from carreau.site.commissions.models import Candidacy, Commission, Lease

__all__ = ["own_home", "town"]
pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
HOMES, RENTED = 8, 3


@pytest.fixture
def landlord(town: Callable[..., Any]) -> Organisation:
    """Eight homes in communes of their own, each with three candidates of its own."""
    communes = ["44109", "44143", "44162", "44190", "44114", "44020", "44026", "44035"]
    folder = town(
        homes=[home(f"h{n}", landlord_id="one", commune=communes[n]) for n in range(HOMES)],
        vacancies=[vacancy(f"v{n}", f"h{n}") for n in range(HOMES)],
        applications=[
            application(f"a{n}-{m}", wanted_communes=[communes[n]]) for n in range(HOMES) for m in range(RENTED)
        ],
    )
    register = import_register(folder)
    load_vacancies(folder.table("vacancies").collect())
    load_applications(folder)
    rank(register)
    return Organisation.objects.get(name="Landlord one")


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 6, 15)])
def test_two_sessions_are_made_once(landlord: Organisation, day: date) -> None:
    load(landlord, day)
    load(landlord, day)
    assert sorted(Commission.objects.values_list("state", flat=True)) == ["closed", "open"]
    assert all(Commission.objects.values_list("synthetic", flat=True))
    assert Lease.objects.count() == 1
    states = list(Candidacy.objects.values_list("state", flat=True))
    assert (states.count("offered"), states.count("presented")) == (1, 12)


def test_a_landlord_without_candidates_has_none(landlord: Organisation) -> None:
    load(Organisation.objects.get(name="Landlord two"), date(2026, 6, 15))
    assert not Commission.objects.exists()
