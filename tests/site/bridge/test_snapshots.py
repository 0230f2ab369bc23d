"""What the engine is given tells nobody's name, place or number, and what it gives back finds its way."""

from pathlib import Path

import dataframely as dy
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from carreau.allocation.allocate import allocate
from carreau.allocation.policy import Policy
from carreau.errors import BadInput
from carreau.register.tables import Applications
from carreau.site.accounts.models import Organisation
from carreau.site.applications.models import Application, Candidate
from carreau.site.bridge.models import Register, Snapshot
from carreau.site.bridge.results import load_allocation
from carreau.site.bridge.rows import KEPT_APART, from_texts, to_texts
from carreau.site.bridge.snapshot import WITHOUT_ADDRESS, expire, folder_of, opened, take
from carreau.site.homes.models import Vacancy
from carreau.site.keyring.keys import destroy

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
POLICY = Policy.load("points")


def ranked(snapshot: Snapshot) -> list[tuple[str, int, str]]:
    load_allocation(allocate(opened(snapshot), POLICY), snapshot, POLICY)
    return list(Candidate.objects.values_list("vacancy_id", "rank", "application_id"))


@settings(max_examples=examples(10))
@given(seed=st.integers(0, 2**32))
def test_a_row_that_is_sealed_comes_back_the_same(seed: int) -> None:
    sampled = Applications.sample(5, generator=dy.random.Generator(seed)).drop(KEPT_APART)
    whole = sampled.with_columns(pl.lit("x").alias(name) for name in KEPT_APART)
    assert from_texts(to_texts(whole)).equals(sampled)


def test_no_id_no_address_and_no_number_is_in_a_snapshot(register: Register) -> None:
    snapshot = take(register)
    content = b"".join(file.read_bytes() for file in folder_of(snapshot.digest).rglob("*") if file.is_file())
    territory = opened(snapshot)
    for table in ("homes", "vacancies", "applications"):
        told = territory.table(table).collect().write_json()
        for known in ("h1", "h2", "h3", "v1", "v3", "a1", "a2", "a3", '"one"', '"two"'):
            assert f'"{known}"' not in told
    homes = territory.table("homes").collect()
    assert all(homes[name].null_count() == homes.height for name in WITHOUT_ADDRESS)
    assert bytes(snapshot.key) not in content


def test_two_snapshots_share_no_id_and_the_same_candidates(register: Register) -> None:
    first, second = take(register), take(register)
    one, two = (set(opened(each).table("homes").collect()["home_id"]) for each in (first, second))
    assert one.isdisjoint(two)
    assert ranked(first) == ranked(second)


def test_candidates_are_those_of_the_engine_on_the_open_territory(register: Register) -> None:
    assert ranked(take(register)) == [("v1", 1, "a2"), ("v1", 2, "a1"), ("v3", 1, "a1"), ("v3", 2, "a2")]
    assert Candidate.objects.get(vacancy="v1", rank=1).breakdown == '[["dalo", 50], ["seniority", 12]]'


def test_a_snapshot_that_was_altered_is_refused(register: Register) -> None:
    snapshot = take(register)
    (folder_of(snapshot.digest) / "homes.parquet").write_bytes(b"altered")
    with pytest.raises(BadInput):
        opened(snapshot)


def test_an_expired_snapshot_says_so_and_its_files_are_gone(register: Register) -> None:
    snapshot = take(register)
    expire(snapshot)
    assert not folder_of(snapshot.digest).exists()
    with pytest.raises(BadInput, match="inputs expired"):
        opened(Snapshot.objects.get())


def test_what_changed_meanwhile_is_left_out_and_counted(register: Register) -> None:
    snapshot = take(register)
    found = allocate(opened(snapshot), POLICY)
    closed = Vacancy.objects.get(pk="v3")
    closed.state = Vacancy.State.LET
    closed.save()
    gone = Application.objects.get(pk="a2")
    gone.state = Application.State.WITHDRAWN
    gone.save()
    result = load_allocation(found, snapshot, POLICY)
    assert result.left_out == {"vacancy_closed": 2, "application_inactive": 1}
    assert list(Candidate.objects.values_list("vacancy_id", "rank", "application_id")) == [("v1", 1, "a1")]


def test_a_new_ranking_takes_the_place_of_the_former_one(register: Register) -> None:
    assert ranked(take(register)) == ranked(take(register))


def test_one_landlord_ranks_for_its_own_homes_and_leaves_the_others(register: Register, landlord: Organisation) -> None:
    ranked(take(register))
    before = set(Candidate.objects.filter(vacancy="v3").values_list("pk", flat=True))
    mine = take(register, landlord)
    assert opened(mine).table("vacancies").collect().height == 1
    ranked(mine)
    assert set(Candidate.objects.filter(vacancy="v3").values_list("pk", flat=True)) == before


def test_a_result_of_another_snapshot_is_refused(register: Register) -> None:
    found = allocate(opened(take(register)), POLICY)
    with pytest.raises(BadInput, match="made from something else"):
        load_allocation(found, take(register), POLICY)
    assert not Candidate.objects.exists()


def test_who_was_erased_is_in_no_snapshot(register: Register) -> None:
    destroy(Application.objects.get(pk="a2").person_id)
    assert opened(take(register)).table("applications").collect().height == 2


def test_a_snapshot_is_where_the_installation_keeps_it(register: Register, own_home: Path) -> None:
    assert folder_of(take(register).digest).is_relative_to(own_home)
