"""A change made with the triggers lifted, as an owner of the database could, is found."""

from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from carreau.site.audit import chain
from carreau.site.audit.append_only import AppendOnly, guarded
from carreau.site.audit.chain import seal_entries, verify
from carreau.site.audit.events import record
from carreau.site.audit.models import Entry, Seal

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def sealed_twice() -> list[Seal]:
    made = []
    for verb in ("opened", "closed"):
        for number in range(3):
            record(verb, None, number=number, price=1.5, word="é")
        made.append(seal_entries())
    return [seal for seal in made if seal]


def behind_the_back(*queries: str) -> None:
    """What somebody who owns the tables can do, putting the triggers back afterwards."""
    with connection.cursor() as cursor:
        for one in [one for step in guarded() for one in step.lift(connection.vendor)]:
            cursor.execute(one)
        for query in queries:
            cursor.execute(query)
        for one in [one for step in guarded() for one in step.lay(connection.vendor)]:
            cursor.execute(one)


def test_what_nobody_touched_is_found_whole() -> None:
    first, second = sealed_twice()
    assert second.previous == first.sha256
    record("opened", None)
    found = verify(first.sha256)
    assert (found.seals, found.entries, found.unsealed, found.last, found.problem) == (2, 6, 1, second.sha256, "")


def test_there_is_nothing_to_seal_twice() -> None:
    sealed_twice()
    assert seal_entries() is None
    assert Seal.objects.count() == 2


def test_two_sealers_cannot_fork_the_chain() -> None:
    first, second = sealed_twice()
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.create(first=9, last=9, count=1, previous=first.sha256, sha256="f" * 64)
    assert verify().last == second.sha256


TAMPERINGS: dict[str, tuple[str, str]] = {
    "a value": ("UPDATE audit_entry SET verb = 'seen' WHERE id = (SELECT min(id) FROM audit_entry)", "altered"),
    "a time": ("UPDATE audit_entry SET at = '2001-01-01 00:00:00+00:00' WHERE verb = 'closed'", "altered"),
    "an entry gone": ("DELETE FROM audit_entry WHERE id = (SELECT min(id) + 1 FROM audit_entry)", "altered"),
    "a last entry gone": ("DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)", "altered"),
    "a seal gone": ("DELETE FROM audit_seal WHERE id = (SELECT min(id) FROM audit_seal)", "broken"),
    "a seal that overlaps": ("UPDATE audit_seal SET first = first - 1 WHERE previous <> ''", "broken"),
    "a seal changed": ("UPDATE audit_seal SET sha256 = 'a' WHERE previous = ''", "altered"),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_is_found(tampering: str) -> None:
    sealed_twice()
    query, problem = TAMPERINGS[tampering]
    behind_the_back(query)
    assert verify().problem == problem


def test_where_an_entry_ends_is_sealed_too() -> None:
    def sealed(*contents: bytes) -> str:
        return chain._digest("", [SimpleNamespace(content=lambda one=one: one) for one in contents])[1]

    assert len({sealed(b"ab", b"c"), sealed(b"a", b"bc"), sealed(b"abc"), sealed(b"abc", b"")}) == 4


def test_an_end_cut_off_is_found_with_a_hash_noted_elsewhere() -> None:
    first, second = sealed_twice()
    behind_the_back(
        f"DELETE FROM audit_entry WHERE id > {first.last}",
        f"DELETE FROM audit_seal WHERE id = {second.pk}",
    )
    assert verify().problem == ""
    assert verify(second.sha256).problem == "truncated"


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("step", guarded(), ids=lambda step: step.table)
def test_lifted_triggers_are_found(step: AppendOnly, which: int) -> None:
    sealed_twice()
    assert verify().problem == ""
    with connection.cursor() as cursor:
        cursor.execute(step.lift(connection.vendor)[which])
    assert verify().problem == "triggers"


def test_the_command_exits_when_something_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    record("opened", None)
    call_command("verify_audit", "--seal")
    assert capsys.readouterr().out.startswith("1 entries in 1 seals, 0 not yet sealed; ")
    behind_the_back("UPDATE audit_entry SET verb = 'closed'")
    with pytest.raises(CommandError, match="altered at seal"):
        call_command("verify_audit")


def test_an_entry_reads_the_same_from_the_database_as_when_it_was_written() -> None:
    entry = record("opened", None, price=1.5, count=3, word="é", nothing=None)
    assert Entry.objects.get(pk=entry.pk).content() == entry.content()
