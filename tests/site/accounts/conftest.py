"""Organisations and people for the tests of accounts."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from carreau.site.accounts.models import Kind, Membership, Organisation, User
from carreau.site.accounts.rights import Role

PASSWORD = "une phrase de passe longue"


@pytest.fixture(autouse=True)
def _nobody_slowed() -> None:
    cache.clear()


@pytest.fixture
def landlord() -> Organisation:
    return Organisation.objects.create(name="Habitat du Test", kind=Kind.LANDLORD)


@pytest.fixture
def other_landlord() -> Organisation:
    return Organisation.objects.create(name="Logis du Test", kind=Kind.LANDLORD)


@pytest.fixture
def member(landlord: Organisation) -> Callable[..., User]:
    """Makes a member: `member(Role.OFFICER)`."""

    def make(role: Role, organisation: Organisation = landlord) -> User:
        email = f"{role.value}.{organisation.pk}@habitat.example"
        user = User.objects.create_user(email, PASSWORD, name=f"Camille {role.value}")
        Membership.objects.create(user=user, organisation=organisation, role=role)
        return user

    return make


@pytest.fixture
def person() -> User:
    return User.objects.create_user("dominique@personne.example", PASSWORD, name="Dominique Personne")


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    def sign(user: User) -> Client:
        client.force_login(user)
        return client

    return sign


def sent_link(index: int = -1) -> str:
    """The address of the link in a letter, without the host."""
    found = re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[index].body))
    assert found, mail.outbox[index].body
    return found.group(1)
