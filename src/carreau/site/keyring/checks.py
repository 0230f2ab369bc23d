"""What must hold of the keyring at the start."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from carreau.site.keyring.master import WrongSecret, unwrap
from carreau.site.keyring.models import Key
from carreau.site.keyring.router import KEYRING


def the_secret_opens_the_keys(databases: Sequence[str] | None = None, **_asked: Any) -> list[CheckMessage]:
    """An error for a secret under which the keys there are cannot be opened: new ones must not join them."""
    if KEYRING not in (databases or ()) or Key._meta.db_table not in connections[KEYRING].introspection.table_names():
        return []
    key = Key.objects.filter(destroyed__isnull=True).first()
    try:
        if key is not None:
            unwrap(key.person, bytes(key.wrapped or b""))
    except (WrongSecret, ImproperlyConfigured) as error:
        return [Error(str(error), hint="Give back the secret, or set KEYRING_SECRET_PREVIOUS.", id="keyring.E001")]
    return []
