"""Change the secret under which the keys are wrapped. The keys, and all that they seal, stay as they are."""

from django.db import transaction

from carreau.site.keyring.master import is_under_present_secret, unwrap, wrap
from carreau.site.keyring.models import Key
from carreau.site.keyring.router import KEYRING

BATCH = 2_000


def rewrap() -> int:
    """Wrap under the present secret every key that is under the one before; how many. It may be stopped and begun anew.

    Raises WrongSecret for a key under neither.
    """
    count, last = 0, None
    while keys := _after(last):
        last = keys[-1].person
        stale = [key for key in keys if not is_under_present_secret(key.person, bytes(key.wrapped or b""))]
        for key in stale:
            key.wrapped = wrap(key.person, unwrap(key.person, bytes(key.wrapped or b"")))
        with transaction.atomic(using=KEYRING):
            # never over a key destroyed meanwhile
            count += sum(
                Key.objects.filter(person=key.person, destroyed__isnull=True).update(wrapped=key.wrapped)
                for key in stale
            )
    return count


def _after(person: object) -> list[Key]:
    keys = Key.objects.filter(destroyed__isnull=True).order_by("person")
    return list((keys.filter(person__gt=person) if person else keys)[:BATCH])
