"""Lots that nobody can try: announced, then frozen, then drawn; the database itself refuses to go back."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from carreau.allocation.replay import drawing as engine
from carreau.allocation.replay.signing import opened as record_in
from carreau.errors import BadInput
from carreau.site.accounts.models import Organisation
from carreau.site.accounts.rights import Role
from carreau.site.applications.models import Application, Candidate
from carreau.site.audit.append_only import guarded
from carreau.site.audit.erasure import erase
from carreau.site.audit.models import Entry
from carreau.site.bridge.demonstration import rank
from carreau.site.bridge.models import Register, Snapshot
from carreau.site.bridge.signing import public_key
from carreau.site.bridge.snapshot import folder_of, take
from carreau.site.oversight import drawing
from carreau.site.oversight.models import Draw
from carreau.site.oversight.replaying import done_again

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
Signed = Callable[..., Client]
TOLD = ("Commission of 10 March", "the five numbers of a public lottery, rising, joined by hyphens")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the time of the site."""
    ahead = [timedelta()]
    real = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: real() + ahead[0])

    def move(by: timedelta) -> None:
        ahead[0] += by

    return move


@pytest.fixture
def announced(register: Register, landlord: Organisation) -> Draw:
    known = timezone.now() + timedelta(days=2)
    return drawing.announce(landlord, register, "lottery", TOLD, known)


def drawn(announced: Draw, clock: Callable[[timedelta], None], value: str = "3-7-12") -> Draw:
    frozen = drawing.freeze(announced)
    clock(timedelta(days=3))
    return drawing.make(drawing.read(frozen, value))


def test_lots_are_announced_then_frozen_then_drawn(
    announced: Draw, landlord: Organisation, clock: Callable[[timedelta], None]
) -> None:
    made = drawn(announced, clock, "  3-7-12 ")
    assert made.made < made.frozen_at < made.known <= made.read_at
    seed = hashlib.sha256(f"carreau lots 1\n{made.frozen_sha256}\n3-7-12".encode()).hexdigest()
    assert made.drawn.seed == seed
    assert made.result.seed == int(seed[:16], 16) >> 1
    record = record_in(made.result.record, public_key())
    assert engine.Draw.of_dict(record.draw) == made.drawn
    again = done_again(made.result)
    assert (again.verdict, again.inputs, again.experiment) == ("same", (), False)
    assert set(Candidate.objects.values_list("vacancy_id", flat=True)) == {"v1"}


def test_each_step_is_an_event_of_the_log(announced: Draw, clock: Callable[[timedelta], None]) -> None:
    drawn(announced, clock)
    verbs = Entry.objects.about("oversight.draw", str(announced.pk)).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["announced", "frozen", "value_read", "lots_drawn"]


def written(draw: Draw, **values: Any) -> None:
    with transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(**values)


@pytest.mark.parametrize(
    "change",
    [
        {"source": "another source"},
        {"lots": "other lots"},
        {"known": timezone.now() + timedelta(days=9)},
        {"made": timezone.now() - timedelta(days=9)},
        {"policy": "choice"},
        {"source": ""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_was_announced_cannot_be_changed(announced: Draw, change: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError):
        written(announced, **change)
    announced.refresh_from_db()
    assert (announced.lots, announced.source) == TOLD


def test_what_was_frozen_or_read_cannot_be_changed(announced: Draw, clock: Callable[[timedelta], None]) -> None:
    made = drawn(announced, clock)
    nothing = {"snapshot": None, "frozen_sha256": None, "frozen_at": None}
    later = made.frozen_at + timedelta(minutes=1)
    silent = {"value": None, "read_at": None}
    for change in ({"frozen_sha256": "0" * 64}, {"frozen_at": later}, {"value": "1-2-3"}, silent, {"result": None},
                   nothing):  # fmt: skip
        with pytest.raises(DatabaseError):
            written(made, **change)


def test_no_draw_is_taken_away(announced: Draw) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Draw.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM oversight_draw")
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT OR REPLACE INTO oversight_draw SELECT * FROM oversight_draw")
        columns = ", ".join(f'"{field.attname}"' for field in Draw._meta.concrete_fields[1:])
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT OR REPLACE INTO oversight_draw ({columns}) SELECT {columns} FROM oversight_draw")
    assert Draw.objects.get() == announced


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite replaces a row by another of its own accord")
def test_no_draw_takes_the_place_of_another(
    announced: Draw, register: Register, other: Organisation, clock: Callable[[timedelta], None]
) -> None:
    first = drawn(announced, clock)
    second = drawing.announce(other, register, "lottery", TOLD, timezone.now() + timedelta(days=5))
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE OR REPLACE oversight_draw SET result_id = %s WHERE id = %s", [first.result_id, second.pk]
        )
    assert set(Draw.objects.values_list("pk", flat=True)) == {first.pk, second.pk}


def test_the_triggers_are_laid_on_every_column() -> None:
    step = next(one for one in guarded() if one.table == "oversight_draw")
    assert {field.attname for field in Draw._meta.concrete_fields} == set(step.filled_once)


def test_the_database_keeps_the_order(announced: Draw, register: Register) -> None:
    snapshot = Snapshot.objects.create(register=register, digest="x", key=b"k")
    frozen = {"snapshot": snapshot, "frozen_sha256": "0" * 64}
    wrong: tuple[dict[str, Any], ...] = (
        {**frozen, "frozen_at": announced.made - timedelta(seconds=1)},
        {**frozen, "frozen_at": announced.known},
        {**frozen, "frozen_at": announced.made + timedelta(hours=1), "frozen_sha256": "no hash"},
        {"frozen_sha256": "0" * 64},
        frozen,
        {"snapshot": snapshot, "frozen_at": announced.made + timedelta(hours=1)},
        {"value": "1", "read_at": announced.known},
        {"lapsed": "no reason"},
    )
    for change in wrong:
        with pytest.raises(DatabaseError):
            written(announced, **change)
    written(announced, **frozen, frozen_at=announced.made + timedelta(hours=1))
    for change in ({"value": "1", "read_at": announced.known - timedelta(seconds=1)}, {"value": "1"},
                   {"value": "", "read_at": announced.known}):  # fmt: skip
        with pytest.raises(DatabaseError):
            written(announced, **change)


def refused(code: str) -> Any:
    return pytest.raises(drawing.Refused, match=f"^{code}$")


def test_nobody_announces_several_and_keeps_the_one_that_pleases(
    announced: Draw, register: Register, landlord: Organisation, other: Organisation
) -> None:
    known = timezone.now() + timedelta(days=5)
    with refused("another_is_open"):
        drawing.announce(landlord, register, "lottery", ("Other lots", "Another source"), known)
    with pytest.raises(DatabaseError), transaction.atomic():
        Draw.objects.create(
            organisation=landlord, register=register, policy="lottery", lots="a", source="b", known=known
        )
    assert drawing.announce(other, register, "lottery", TOLD, known).organisation == other


def test_a_source_serves_once(
    announced: Draw, register: Register, landlord: Organisation, clock: Callable[[timedelta], None]
) -> None:
    drawn(announced, clock)
    known = timezone.now() + timedelta(days=5)
    for told in (("Other lots", TOLD[1]), (TOLD[0], "Another source"), ("Other lots", f"  {TOLD[1]} ")):
        with refused("drawn_already"):
            drawing.announce(landlord, register, "lottery", told, known)
    assert drawing.announce(landlord, register, "lottery", ("Other lots", "Another source"), known)


def test_a_value_comes_neither_too_soon_nor_for_a_policy_without_lots(
    register: Register, landlord: Organisation
) -> None:
    with refused("too_soon"):
        drawing.announce(landlord, register, "lottery", TOLD, timezone.now() + timedelta(minutes=5))
    with refused("draws_no_lots"):
        drawing.announce(landlord, register, "points", TOLD, timezone.now() + timedelta(days=1))


def test_candidates_cannot_be_frozen_once_the_value_can_be_known(
    announced: Draw, register: Register, landlord: Organisation, clock: Callable[[timedelta], None]
) -> None:
    clock(timedelta(days=3))
    with pytest.raises(BadInput, match="frozen before"):
        drawing.freeze(announced)
    with refused("not_frozen"):
        drawing.read(announced, "3-7-12")
    known = timezone.now() + timedelta(days=2)
    drawing.announce(landlord, register, "lottery", ("Other lots", "Another source"), known)
    announced.refresh_from_db()
    assert announced.lapsed == "not_frozen"


def test_a_value_is_read_once_and_not_before(announced: Draw, clock: Callable[[timedelta], None]) -> None:
    frozen = drawing.freeze(announced)
    assert drawing.freeze(frozen).frozen_sha256 == frozen.frozen_sha256
    with refused("not_known_yet"):
        drawing.read(frozen, "3-7-12")
    with pytest.raises(BadInput):
        drawing.make(frozen)
    clock(timedelta(days=2))
    with refused("no_value"):
        drawing.read(frozen, "  ")
    read = drawing.read(frozen, "3-7-12")
    with refused("read_already"):
        drawing.read(read, "3-7-13")
    assert drawing.make(read).result == drawing.make(Draw.objects.get()).result


def test_applications_that_come_after_the_freeze_are_not_drawn_among(
    announced: Draw, register: Register, clock: Callable[[timedelta], None]
) -> None:
    frozen = drawing.freeze(announced)
    gone = Application.objects.get(pk="a1")
    gone.state = Application.State.WITHDRAWN
    gone.save()
    clock(timedelta(days=3))
    made = drawing.make(drawing.read(frozen, "3-7-12"))
    assert made.result.left_out == {"application_inactive": 1}
    assert done_again(made.result).verdict == "same"


def test_who_is_erased_ends_a_draw_that_is_frozen(
    announced: Draw, register: Register, landlord: Organisation, clock: Callable[[timedelta], None]
) -> None:
    frozen = drawing.freeze(announced)
    erase(Application.objects.get(pk="a2").person_id)
    clock(timedelta(days=3))
    read = drawing.read(frozen, "3-7-12")
    read = Draw.objects.get(pk=read.pk)
    with pytest.raises(BadInput, match="inputs expired"):
        drawing.make(read)
    drawing.announce(
        landlord, register, "lottery", ("Other lots", "Another source"), timezone.now() + timedelta(days=1)
    )
    read.refresh_from_db()
    assert read.lapsed == "inputs_expired"


def test_no_other_candidates_take_the_place_of_those_that_were_frozen(
    announced: Draw, clock: Callable[[timedelta], None]
) -> None:
    """Neither another file in the folder, nor another folder that the record of the snapshot is made to name."""
    frozen = drawing.freeze(announced)
    snapshot = frozen.snapshot
    withdrawn = Application.objects.get(pk="a1")
    withdrawn.state = Application.State.WITHDRAWN
    withdrawn.save()
    other = take(announced.register, announced.organisation)
    other.delete()
    clock(timedelta(days=3))
    read = drawing.read(frozen, "3-7-12")
    file = folder_of(snapshot.digest) / "applications.parquet"
    as_frozen = file.read_bytes()
    file.write_bytes((folder_of(other.digest) / file.name).read_bytes())
    with pytest.raises(BadInput, match="applications: the file is not the one that was written"):
        drawing.make(read)
    file.write_bytes(as_frozen)
    snapshot.digest = other.digest
    snapshot.save()
    with pytest.raises(BadInput, match="not those that were frozen"):
        drawing.make(Draw.objects.get(pk=read.pk))


def test_a_value_that_nobody_wrote_down_holds_up_a_month(
    announced: Draw, register: Register, landlord: Organisation, clock: Callable[[timedelta], None]
) -> None:
    drawing.freeze(announced)
    told = ("Other lots", "Another source")
    clock(timedelta(days=20))
    with refused("another_is_open"):
        drawing.announce(landlord, register, "lottery", told, timezone.now() + timedelta(days=1))
    clock(timedelta(days=20))
    drawing.announce(landlord, register, "lottery", told, timezone.now() + timedelta(days=1))
    announced.refresh_from_db()
    assert announced.lapsed == "value_not_read"


def test_no_lots_are_drawn_with_a_seed_of_somebodys_choice(
    register: Register, landlord: Organisation, signed: Signed
) -> None:
    with pytest.raises(BadInput, match="drawn in public"):
        rank(register, "lottery")
    client = signed(landlord)
    assert 'value="lottery"' not in client.get("/registres/").content.decode()
    assert client.post(f"/registres/{register.pk}/classer/", {"policy": "lottery"}).status_code == 400


# The pages


def local(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def form(place: Register, **given: Any) -> dict[str, Any]:
    known = timezone.now() + timedelta(days=2)
    return {
        "lots": TOLD[0],
        "source": TOLD[1],
        "policy": "lottery",
        "register": place.pk,
        "known": local(known),
        **given,
    }


@pytest.mark.parametrize("given", [{"lots": ""}, {"known": "tomorrow"}, {"policy": "points"}, {"register": 0}])
def test_an_announcement_that_cannot_be_is_answered_in_words(
    register: Register, landlord: Organisation, signed: Signed, given: dict[str, Any]
) -> None:
    answer = signed(landlord).post("/controle/tirages/annoncer/", form(register, **given))
    assert answer.status_code == 400
    assert "summary" in answer.content.decode()
    assert not Draw.objects.exists()


def test_only_the_landlord_goes_on_with_its_draw(
    announced: Draw, register: Register, landlord: Organisation, other: Organisation, signed: Signed
) -> None:
    assert signed(other).post(f"/controle/tirages/{announced.pk}/figer/").status_code == 404
    officer = signed(landlord, Role.OFFICER)
    assert officer.get(f"/controle/tirages/{announced.pk}/").status_code == 200
    assert officer.post(f"/controle/tirages/{announced.pk}/figer/").status_code == 403
    territory = Organisation.objects.create(name="Métropole du Test", kind="territory")
    assert signed(territory).get("/controle/tirages/annoncer/").status_code == 403
