"""Who is signed in, and where."""

import uuid

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from carreau.site.accounts.models.people import User


class Session(AbstractBaseSession):
    """A session, sealed, with whose it is, so that its owner can end it. No network address is kept.

    `handle` names it on pages: the key itself opens the account.
    """

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    handle = models.UUIDField(default=uuid.uuid4, unique=True)
    began = models.DateTimeField(default=timezone.now)
    seen = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-seen", "pk")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The engine that reads and writes these rows."""
        from carreau.site.accounts.session_store import SessionStore

        return SessionStore
