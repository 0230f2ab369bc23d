"""The session engine: Django's database sessions on a table that knows whose they are."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils import timezone

from carreau.site.accounts.periods import SEEN_EVERY, SESSION_IDLE, SESSION_LONGEST


class SessionStore(DatabaseSessions):
    """A session over `models.Session`; one that sat idle, or lived, too long is empty."""

    row: Any = None

    @classmethod
    def get_model_class(cls) -> Any:
        """The table."""
        from carreau.site.accounts.models import Session

        return Session

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]
        if row is not None and row.user_id is not None and over(row.began, row.seen, timezone.now()):
            row.delete()
            self._session_key = None
            row = None
        self.row = row
        return row

    def create(self) -> None:
        """A new session: nothing of an older row is carried over."""
        self.row = None
        super().create()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row to save: whose it is comes from its contents, since when from the row that was read."""
        row: Any = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        if self.row is not None and self.row.session_key == row.session_key:
            row.handle, row.began, row.seen = self.row.handle, self.row.began, self.row.seen
        self.row = row
        return row

    def saw(self) -> None:
        """Note that it was used, at most once a minute."""
        now = timezone.now()
        if self.row is not None and self.row.user_id is not None and now - self.row.seen > SEEN_EVERY:
            self.row.seen = now
            self.get_model_class().objects.filter(pk=self.row.pk).update(seen=now)


def over(began: datetime, seen: datetime, now: datetime) -> bool:
    """Whether a session that began and was last seen then has ended by itself."""
    longest: timedelta = SESSION_LONGEST
    return now - seen > SESSION_IDLE or now - began > longest
