"""What events may tell, and that they never tell a row."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tests.site.audit.conftest import Office

from carreau.site.accounts.models import Organisation
from carreau.site.audit.acting import acting
from carreau.site.audit.events import record
from carreau.site.audit.models import Entry

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_seeing_a_record_is_entered(office: Office) -> None:
    with acting(office.manager):
        entry = record("seen", office.membership, page="candidates", rows=12)
    assert (entry.verb, entry.model, entry.object_id) == ("seen", "accounts.membership", str(office.membership.pk))
    assert (entry.before, entry.after) == ({}, {"page": "candidates", "rows": 12})
    assert entry in Entry.objects.of(office.organisation)


def test_a_list_is_entered_by_its_model() -> None:
    assert record("seen", Organisation).model == "accounts.organisation"
    assert record("seen", None).model == ""


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("word", "word"),
        (3, 3),
        (None, None),
        (True, True),
        (date(2026, 1, 2), "2026-01-02"),
        (Decimal("1.50"), "1.50"),
        (UUID(int=1), str(UUID(int=1))),
        ((1, "a"), [1, "a"]),
        ("x" * 300, "x" * 300),
        ([0] * 200, [0] * 200),
    ],
)
def test_single_values_and_short_lists_are_told(value: Any, written: Any) -> None:
    assert record("counted", None, value=value).after == {"value": written}


@pytest.mark.parametrize(
    "value", [{"income": 9000}, [{"income": 9000}], [[1]], b"bytes", object(), "x" * 301, [0] * 201]
)
def test_rows_and_long_texts_are_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"an (event|entry)"):
        record("counted", None, value=value)
    assert not Entry.objects.exists()


def test_a_record_is_not_told_whole(office: Office) -> None:
    with pytest.raises(TypeError, match="single values"):
        record("seen", None, who=office.manager.user)
