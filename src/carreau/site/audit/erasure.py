"""Erase a person: destroy their key, and whatever of them no key protects.

Each app says in its own `erasure.py` what it does about a person (`@on_erasure`). The keyring and the log remember
erasures apart: whichever of the two is put back from a back-up, the other says what to erase again.
"""

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from carreau.site.audit.entry import Entry
from carreau.site.audit.writing import Change, Subject, write
from carreau.site.keyring.keys import destroy
from carreau.site.keyring.models import Key

ERASED = "erased"
PERSON = "accounts.person"
log = logging.getLogger("carreau.erasure")

Forget = Callable[[UUID], None]
_FORGET: list[Forget] = []


def on_erasure(forget: Forget) -> Forget:
    """Register what an app does, when a person is erased, about what no key protects. It may run again."""
    _FORGET.append(forget)
    return forget


def erase(person: UUID) -> None:
    """Erase a person for ever; once is enough, again is harmless.

    What apps refuse (`LastAdministrator`) is raised before anything is lost. No text makes Carreau keep what somebody
    asks to have erased: see docs/explanation/audit-and-erasure.md.
    """
    with transaction.atomic():
        for forget in _FORGET:
            forget(person)
        if not Entry.objects.about(PERSON, str(person)).filter(verb=ERASED).exists():
            write(ERASED, Subject(PERSON, str(person), person=person), Change())
        destroy(person)  # last: what fails before it leaves everything, what fails after it is done again
    log.info("person erased", extra={"person": str(person)})


def reapply_erasures() -> int:
    """Erase again everybody whom a restored back-up of the data, or of the keyring, has brought back; how many."""
    logged = set(Entry.objects.filter(model=PERSON, verb=ERASED).values_list("object_id", flat=True))
    destroyed = set(Key.objects.filter(destroyed__isnull=False).values_list("person", flat=True))
    told = {UUID(one) for one in logged}
    back = (destroyed - told) | (told - destroyed)
    for person in sorted(back):
        erase(person)
    return len(back)
