"""A second map of a territory is drawn beside the first, whatever became of it."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests.release.conftest import FACTS
from tests.site.maps.conftest import tables

from carreau.proof.publishing import NotPublished
from carreau.register.territory import Territory, write
from carreau.release.building import build
from carreau.site.bridge.models import Register
from carreau.site.jobs.asking import start
from carreau.site.jobs.models import Job
from carreau.site.jobs.work import run_waiting
from carreau.site.maps import publishing
from carreau.site.maps.models import Published

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
NORTH, EAST = 2_746_000, 3_448_000
FIRST = {0: 15, 1: 7, 2: 8, 3: 20}
LATER = FIRST | {1: 12, 2: 12, 8: 12}
"""Cells in a row: the second and the third are a unit at first, and might be one each later; the last is new."""


def town(folder: Path, living: Mapping[int, int], day: str = "2026-01-01", name: str = "Testville") -> Territory:
    cells = {(NORTH, EAST + 200 * cell): number for cell, number in living.items()}
    return write(folder, tables(cells), FACTS | {"reference_date": day, "name": name})


def told(published: Published) -> list[int]:
    return publishing.units(published).sort("unit_id")["households"].to_list()


@pytest.mark.parametrize(("day", "name"), [("2026-01-01", "Testville"), ("2027-01-01", "Its county")])
def test_a_job_draws_beside_all_that_was_shown(own_home: Path, day: str, name: str) -> None:
    one = Register.objects.create(
        name="Testville", year=2026, reference_date="2026-01-01", folder="town", digest="a" * 64, homes=50
    )
    given = [(FIRST, "2026-01-01", "Testville"), (LATER, day, name), (LATER, day, name)]
    for number, (living, when, called) in enumerate(given):
        town(own_home / "town", living, when, called)
        start("release", None, register=one.pk)
        run_waiting()
        assert Job.objects.latest("pk").problem == "", number
        newest = Published.objects.latest("pk")
        newest.withdrawn = timezone.now()
        newest.save()
    first, second = Published.objects.order_by("pk")
    assert told(first) == [15, 15, 20]
    assert told(second) == [15, 15, 20, 12]
    assert [before["digest"] for before in second.facts["previous"]] == [first.digest]
    second.withdrawn = None
    second.save()
    stays = day != "2026-01-01"
    for unit, said in (
        (f"CRS3035RES200mN{NORTH}E{EAST + 200}-2", stays),
        (f"CRS3035RES200mN{NORTH}E{EAST + 1600}", False),
    ):
        page = Client().get(f"/carte/?unit={unit}").content.decode()
        assert unit in page
        assert ("Ces chiffres décrivent la situation au 1er janvier 2026." in page) == said
    proof = json.loads((own_home / second.folder / "proof.json").read_text())
    assert len(proof["attack"]["tables"]) == 2


def test_a_map_that_does_not_follow_what_was_shown_is_not_published(own_home: Path) -> None:
    publishing.publish(build(town(own_home / "first", FIRST)))
    with pytest.raises(NotPublished):
        publishing.publish(build(town(own_home / "later", LATER, "2027-01-01")))
    assert Published.objects.count() == 1
