"""The small town, ranked, with people of its landlords and of the territory."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from tests.allocation.territories import application, home, vacancy
from tests.site.once_a_module import once_a_module
from tests.site.town import (
    landlord,
    loaded,
    own_home,
    ranked_of_module,
    register,
    register_of_module,
    town,
    write_town,
)

from carreau.site.accounts.models import Membership, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.bridge.demonstration import rank
from carreau.site.bridge.models import Register, Result

__all__ = ["landlord", "own_home", "ranked_of_module", "register", "register_of_module", "town"]

Signed = Callable[..., Client]
YOUNG, OLD = [date(2004, 1, 1)], [date(1980, 1, 1)]


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
def run(ranked_of_module: Callable[[Path], Result], register: Register, own_home: Path) -> Result:
    """A ranking for every landlord's homes."""
    return ranked_of_module(own_home)


@pytest.fixture
def other(register: Register) -> Organisation:
    """The second landlord."""
    return Organisation.objects.get(name="Landlord two")


def make_city(home_folder: Path) -> Register:
    """Sixty applications, a third of them young, for forty homes of one landlord and one of the other; ranked."""
    count = 40
    register = loaded(
        write_town(
            home_folder.parent / "town",
            homes=[home(f"h{n}", landlord_id="one" if n < count else "two") for n in range(count + 1)],
            vacancies=[vacancy(f"v{n}", f"h{n}") for n in range(count + 1)],
            applications=[
                application(f"a{n:02}", births=YOUNG if n % 3 == 0 else OLD, seniority_from=date(2020, 1 + n % 12, 1))
                for n in range(60)
            ],
        )
    )
    rank(register)
    return register


@pytest.fixture(scope="module")
def city_of_module(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], Register]]:
    """Gives each test a copy of the city."""
    yield from once_a_module(request, make_city)


@pytest.fixture
def city(city_of_module: Callable[[Path], Register], db: None, own_home: Path) -> Register:
    """The city, as `make_city` makes it."""
    return city_of_module(own_home)


@pytest.fixture
def one(city: Register) -> Organisation:
    """The landlord of its forty homes."""
    return Organisation.objects.get(name="Landlord one")
