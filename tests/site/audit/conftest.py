"""Somebody who works somewhere."""

from dataclasses import dataclass

import pytest

from carreau.site.accounts.actor import Actor
from carreau.site.accounts.models import Kind, Membership, Organisation, User
from carreau.site.accounts.rights import Role


@dataclass
class Office:
    """A landlord with a manager, and another landlord."""

    organisation: Organisation
    elsewhere: Organisation
    manager: Actor
    membership: Membership


@pytest.fixture
def office() -> Office:
    organisation = Organisation.objects.create(name="Habitat du Test", kind=Kind.LANDLORD)
    elsewhere = Organisation.objects.create(name="Habitat d’ailleurs", kind=Kind.LANDLORD)
    user = User.objects.create_user("gestion@habitat.example", "a long enough password", name="Jo Gestion")
    membership = Membership.objects.create(user=user, organisation=organisation, role=Role.MANAGER)
    return Office(organisation, elsewhere, Actor(Role.MANAGER, user, organisation), membership)
