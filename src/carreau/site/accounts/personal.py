"""What is kept about somebody, for them to read and to carry elsewhere (GDPR, articles 15 and 20)."""

from typing import Any

from django.dispatch import Signal

from carreau.site.accounts.models import User

collecting = Signal()
"""Sent with `user`; a receiver returns (title, rows) of what its app keeps about them."""


def everything_about(user: User) -> dict[str, Any]:
    """All of it, by title; values fit for JSON."""
    found: dict[str, Any] = {
        "account": {"email": user.email, "name": user.name, "joined": user.joined, "last_sign_in": user.last_login},
        "memberships": list(user.memberships.values("organisation__name", "role", "began", "ended")),
        "sessions": list(user.sessions.values("began", "seen")),
        "consents": list(user.represented_by.values("organisation__name", "how", "agreed", "until", "ended")),
        "acted_for": list(user.representing.values("organisation__name", "how", "agreed", "until", "ended")),
    }
    answers: Any = (told for _, told in collecting.send(User, user=user))
    return found | dict(answers)
