"""The small town, ranked, with people of its landlords and of the territory."""

from collections.abc import Callable

import pytest
from django.test import Client
from tests.site.town import landlord, own_home, register, town

from carreau.site.accounts.models import Membership, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.bridge.demonstration import rank
from carreau.site.bridge.models import Register, Result

__all__ = ["landlord", "own_home", "register", "town"]

Signed = Callable[..., Client]


@pytest.fixture
def signed() -> Signed:
    """A browser in which a member of an organisation is signed in."""

    def client(organisation: Organisation, role: Role = Role.MANAGER) -> Client:
        user = User.objects.create_user(f"{role}.{organisation.pk}@check.example")
        Membership.objects.create(user=user, organisation=organisation, role=role)
        browser = Client()
        browser.force_login(user)
        return browser

    return client


@pytest.fixture
def run(register: Register) -> Result:
    """A ranking for every landlord's homes."""
    return rank(register)


@pytest.fixture
def other(register: Register) -> Organisation:
    """The second landlord."""
    return Organisation.objects.get(name="Landlord two")
