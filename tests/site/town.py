"""A small town with two landlords, as a territory folder and in the database."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.allocation.territories import application, home, territory, vacancy
from tests.site.once_a_module import commits, once_a_module

from carreau.register.tables import Landlords
from carreau.register.territory import Territory, write
from carreau.site.accounts.models import Organisation
from carreau.site.bridge.demonstration import rank
from carreau.site.bridge.importing import import_register
from carreau.site.bridge.loading import load_applications, load_vacancies
from carreau.site.bridge.models import Register, Result


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    """Files of the installation go to a folder of this test."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=tmp_path / "site")
    return tmp_path / "site"


def write_town(folder: Path, **given: list[dict[str, Any]]) -> Territory:
    """Write the town; what is given takes the place of its usual tables."""
    tables = {
        "homes": [home("h1", landlord_id="one"), home("h2", landlord_id="one"), home("h3", landlord_id="two")],
        "vacancies": [vacancy("v1", "h1"), vacancy("v3", "h3")],
        "applications": [
            application("a1"),
            application("a2", dalo=True),
            application("a3", reference_income=90_000),
        ],
        **given,
    }
    made = territory(folder, **tables, facts={"sources": [{"table": "homes", "text": "Made up"}]})
    landlords = [
        {"landlord_id": code, "siren": None, "name": f"Landlord {code}", "kind": "office", "origin": "synthetic"}
        for code in ("one", "two")
    ]
    frames = {table: made.table(table).collect() for table in ("homes", "vacancies", "applications")}
    frames["landlords"] = pl.DataFrame(landlords, schema=Landlords.create_empty().schema)
    return write(folder, frames, {key: made.facts[key] for key in ("name", "reference_date", "sources")})


@pytest.fixture
def town(tmp_path: Path) -> Callable[..., Territory]:
    """Write the town in a folder of this test."""
    return lambda name="town", **given: write_town(tmp_path / name, **given)


def loaded(folder: Territory) -> Register:
    """A territory folder in the database: its register, what is to let and who applies."""
    found = import_register(folder)
    load_vacancies(folder.table("vacancies").collect())
    load_applications(folder)
    return found


@pytest.fixture(scope="module")
def register_of_module(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], Register]]:
    """Gives each test a copy of the town in the database, where the module's other tests find it too."""
    yield from once_a_module(request, lambda home: loaded(write_town(home.parent / "town")))


@pytest.fixture
def register(register_of_module: Callable[[Path], Register], db: None, own_home: Path) -> Register:
    """The town in the database: 3 homes, 2 of them to let, 3 applications."""
    return register_of_module(own_home)


@pytest.fixture(scope="module")
def ranked_of_module(
    request: pytest.FixtureRequest, register_of_module: Callable[[Path], Register]
) -> Iterator[Callable[[Path], Result]]:
    """Gives each test a copy of a ranking of the town, which the tests of the module that come later find too."""

    def ranked(home: Path) -> Result:
        return rank(Register.objects.get() if commits(request) else register_of_module(home))

    yield from once_a_module(request, ranked)


@pytest.fixture
def landlord(register: Register) -> Organisation:
    """The first landlord."""
    return Organisation.objects.get(name="Landlord one")
