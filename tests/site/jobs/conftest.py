"""Kinds of work for the tests, and somebody who may ask for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from carreau.site.accounts.actor import Actor
from carreau.site.accounts.models import Kind, Membership, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.jobs.kinds import KINDS
from carreau.site.jobs.models import Job
from carreau.site.jobs.work import Handle, work


@dataclass
class Office:
    """A landlord with a manager."""

    organisation: Organisation
    manager: Actor


@pytest.fixture
def office() -> Office:
    organisation = Organisation.objects.create(name="Habitat du Test", kind=Kind.LANDLORD)
    user = User.objects.create_user("gestion@habitat.example", name="Jo Gestion")
    Membership.objects.create(user=user, organisation=organisation, role=Role.MANAGER)
    return Office(organisation, Actor(Role.MANAGER, user, organisation))


@pytest.fixture
def kinds() -> Iterator[dict[str, Any]]:
    """A registry that the test may add to."""
    before = dict(KINDS)
    yield KINDS
    KINDS.clear()
    KINDS.update(before)


@pytest.fixture
def counting(kinds: dict[str, Any]) -> list[int]:
    """Registers "count", which counts to `to` and notes each number."""
    counted: list[int] = []

    @work("count")
    def count(job: Handle, *, to: int) -> dict[str, int]:
        for number in range(1, to + 1):
            job.progress("counting", number, to)
            counted.append(number)
        return {"counted": to}

    return counted


def fresh(job: Job) -> Job:
    """The job as the database has it now."""
    return Job.objects.get(pk=job.pk)
