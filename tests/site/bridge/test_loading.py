"""Vacancies and applications go into the database once."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from tests.allocation.territories import vacancy

from carreau.register.territory import Territory
from carreau.site.applications.models import Application
from carreau.site.bridge.loading import load_applications, load_vacancies
from carreau.site.bridge.models import Register
from carreau.site.homes.models import Vacancy

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_twice_is_once(register: Register, town: Callable[..., Territory]) -> None:
    assert load_vacancies(town().table("vacancies").collect()) == 0
    assert load_applications(town()) == 0
    assert (Vacancy.objects.count(), Application.objects.count()) == (2, 3)


def test_a_home_keeps_the_vacancy_that_is_open(register: Register, town: Callable[..., Territory]) -> None:
    assert load_vacancies(town("more", vacancies=[vacancy("v9", "h1")]).table("vacancies").collect()) == 0


def test_the_database_refuses_a_second_open_vacancy(register: Register) -> None:
    first = Vacancy.objects.get(pk="v1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Vacancy.objects.create(vacancy_id="v9", home=first.home, vacated=first.vacated, available=first.available)


def test_what_somebody_told_of_themselves_is_not_in_clear(register: Register) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts FROM applications_application")
        assert all(b"private_tenant" not in bytes(facts) for (facts,) in cursor.fetchall())
    assert '"private_tenant"' in (Application.objects.get(pk="a1").facts or "")
