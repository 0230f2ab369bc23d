"""A register goes into the database whole or not at all, once, and never over somebody else's homes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.allocation.territories import home

from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.site.accounts.models import Organisation
from carreau.site.bridge.importing import import_register
from carreau.site.bridge.models import Register
from carreau.site.homes.models import Home

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
Town = Callable[..., Territory]


def test_homes_are_described_with_their_landlords(register: Register) -> None:
    assert register.homes == Home.objects.count() == 3
    assert {(one.home_id, str(one.landlord)) for one in Home.objects.select_related("landlord")} == {
        ("h1", "Landlord one"), ("h2", "Landlord one"), ("h3", "Landlord two")
    }  # fmt: skip


def test_the_same_register_again_changes_nothing(register: Register, town: Town) -> None:
    assert import_register(town("again")) == register
    assert Register.objects.count() == 1
    assert Organisation.objects.filter(kind="landlord").count() == 2


def test_the_folder_read_is_kept_and_sound(register: Register, own_home: Path) -> None:
    kept = Territory.open(own_home / register.folder)
    assert kept.check()["problems"] == []


def test_next_year_a_home_changes_another_is_new_and_one_is_gone(register: Register, town: Town) -> None:
    homes = [
        home("h1", year=2027, landlord_id="one", rooms=4),
        home("h3", year=2027, landlord_id="two"),
        home("h4", year=2027),
    ]
    newer = import_register(town("newer", homes=homes, vacancies=[]))
    assert newer.year == 2027
    assert Home.objects.get(pk="h1").rooms == 4
    assert Home.objects.get(pk="h4").landlord is None
    assert list(Home.objects.filter(left=True).values_list("home_id", flat=True)) == ["h2"]


def test_a_home_that_comes_back_is_there_again(register: Register, town: Town) -> None:
    import_register(town("without", homes=[home("h3", landlord_id="two")], vacancies=[]))
    assert Home.objects.filter(left=True).count() == 2
    import_register(town("with", homes=[home("h1", landlord_id="one", rooms=3)], vacancies=[]))
    assert not Home.objects.get(pk="h1").left


def test_a_landlord_imports_its_own_homes_only(register: Register, town: Town, landlord: Organisation) -> None:
    with pytest.raises(BadInput, match="1 homes of this register are another landlord's"):
        import_register(town("mine", homes=[home("h1"), home("h3")], vacancies=[]), landlord)
    assert str(Home.objects.get(pk="h3").landlord) == "Landlord two"
    import_register(town("mine", homes=[home("h1"), home("h9")], vacancies=[]), landlord)
    assert Home.objects.get(pk="h9").landlord == landlord
    assert Home.objects.get(pk="h2").left
    assert not Home.objects.get(pk="h3").left


def test_who_sees_a_register(register: Register, landlord: Organisation) -> None:
    stranger = Organisation.objects.create(name="Elsewhere", kind="landlord")
    assert list(Register.objects.of(landlord)) == [register]
    assert list(Register.objects.of(stranger)) == []
