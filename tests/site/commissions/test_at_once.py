"""Many signatures of one home at the same moment, and a failure at every write: one lease, nothing half done."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections
from tests.site.commissions.conftest import Office, proposals

from carreau.rules.commission.procedure import Refused
from carreau.site.applications.models import Application
from carreau.site.commissions import offers
from carreau.site.commissions.deciding import decide
from carreau.site.commissions.leases import sign
from carreau.site.commissions.models import Candidacy, Lease, Vote
from carreau.site.homes.models import Vacancy

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
SIGNATURES = {"postgresql": 200, "sqlite": 40}  # writers of SQLite queue up for seconds
SIGNED = date(2026, 6, 20)


def accepted(office: Office) -> Candidacy:
    first = office.decided()[0]
    offers.offer(first, "by_hand", office.asked())
    return offers.accept(first, office.asked(date(2026, 6, 3)))


def all_at_once(count: int, work: Callable[[], Any]) -> Counter[str]:
    """What came of a piece of work done so many times, all starting at the same moment on connections of their own."""
    start, found = threading.Barrier(count), Counter[str]()

    def one() -> None:
        try:
            connection.ensure_connection()
            start.wait()
            work()
            found["done"] += 1
        except Refused as refused:
            found[refused.code] += 1
        except Exception as error:
            found[repr(error)] += 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_many_signatures_at_once_make_one_lease(office: Office) -> None:
    first = accepted(office)
    count = SIGNATURES[connection.vendor]
    found = all_at_once(count, lambda: sign(first, office.asked(SIGNED)))
    assert found == {"done": 1, "not_now": count - 1}
    assert Lease.objects.count() == 1
    assert Application.objects.filter(state="housed").count() == 1
    assert Vacancy.objects.get(pk="v1").state == "let"


def test_signing_while_the_advert_is_withdrawn_gives_one_or_the_other(office: Office) -> None:
    first = accepted(office)
    acts: Iterator[Callable[[], Any]] = iter([lambda: sign(first, office.asked(SIGNED)), withdrawn] * 5)
    lock = threading.Lock()

    def next_act() -> None:
        with lock:
            act = next(acts)
        act()

    all_at_once(10, next_act)
    assert (Vacancy.objects.get(pk="v1").state, Lease.objects.count()) in {("let", 1), ("withdrawn", 0)}


def withdrawn() -> None:
    from django.db import transaction

    with transaction.atomic():
        vacancy = Vacancy.objects.select_for_update().get(pk="v1")
        if vacancy.state == "open":
            vacancy.state = "withdrawn"
            vacancy.save()


class Killed(Exception):  # noqa: N818
    pass


@contextmanager
def killed_at(number: int) -> Iterator[list[int]]:
    """The database fails at the write of this number; the list counts the writes."""
    writes = [0]

    def look(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            writes[0] += 1
            if writes[0] == number:
                raise Killed
        return execute(sql, *rest)

    with ExitStack() as stack:
        stack.enter_context(connections["default"].execute_wrapper(look))
        yield writes


def everything() -> dict[str, list[Any]]:
    """Every row of the tables that an act may write."""
    labels = ("commissions", "homes", "applications", "audit")
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for label in labels
        for model in apps.get_app_config(label).get_models()
    }


def deciding(office: Office) -> Callable[[], Any]:
    item = office.opened()
    told = proposals(item, "ranked_attribution", "attribution_under_condition", "non_attribution")
    return lambda: decide(item.pk, told, office.ballots(), office.asked())


def signing(office: Office) -> Callable[[], Any]:
    first = accepted(office)
    return lambda: sign(first, office.asked(SIGNED))


def refusing(office: Office) -> Callable[[], Any]:
    first = office.decided("attribution", "non_attribution", "non_attribution")[0]
    offers.offer(first, "by_hand", office.asked())
    return lambda: offers.refuse(first, "place", office.asked(date(2026, 6, 3)))


@pytest.mark.parametrize(("prepare", "least"), [(deciding, 16), (signing, 10), (refusing, 4)])
def test_killed_at_any_write_nothing_is_half_done(
    office: Office, prepare: Callable[[Office], Callable[[], Any]], least: int
) -> None:
    act = prepare(office)
    before = everything()
    number = 0
    while True:
        number += 1
        try:
            with killed_at(number) as writes:
                act()
        except Killed:
            assert everything() == before, f"half done at write {number}"
        else:
            break
    assert writes[0] == number - 1 >= least
    assert everything() != before
    assert Vote.objects.count() == 4
