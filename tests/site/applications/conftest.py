"""The small town with its candidates ranked, and an officer of its first landlord."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from tests.site.town import landlord, own_home, ranked_of_module, register, register_of_module, town

from carreau.site.accounts.models import Membership, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.bridge.models import Register, Result

__all__ = ["landlord", "own_home", "ranked_of_module", "register", "register_of_module", "town"]


@pytest.fixture
def result(ranked_of_module: Callable[[Path], Result], register: Register, own_home: Path) -> Result:
    """Candidates for both homes to let."""
    return ranked_of_module(own_home)


@pytest.fixture
def officer(client: Client, landlord: Organisation) -> Client:
    """A browser in which an officer of the first landlord is signed in."""
    user = User.objects.create_user("agent@habitat.example", name="Camille Agent")
    Membership.objects.create(user=user, organisation=landlord, role=Role.OFFICER)
    client.force_login(user)
    return client
