"""What is kept about somebody, for them to read and to carry elsewhere (GDPR, articles 15 and 20).

Each app says in its own `personal.py` what it keeps (`@kept_about`).
"""

from collections.abc import Callable
from typing import Any

from carreau.site.accounts.models import User

Tell = Callable[[User], list[dict[str, Any]]]
_TELL: dict[str, Tell] = {}


def kept_about(title: str) -> Callable[[Tell], Tell]:
    """Register what an app keeps about somebody: rows of values fit for JSON, under a title of its own."""

    def register(tell: Tell) -> Tell:
        _TELL[title] = tell
        return tell

    return register


def everything_about(user: User) -> dict[str, Any]:
    """All of it, by title; values fit for JSON."""
    return {
        "account": {"email": user.email, "name": user.name, "joined": user.joined, "last_sign_in": user.last_login},
        "memberships": list(user.memberships.values("organisation__name", "role", "began", "ended")),
        "sessions": list(user.sessions.values("began", "seen")),
        "consents": list(user.represented_by.values("organisation__name", "how", "agreed", "until", "ended")),
        "acted_for": list(user.representing.values("organisation__name", "how", "agreed", "until", "ended")),
        **{title: tell(user) for title, tell in _TELL.items()},
    }
