"""The states of the procedure as the database knows them."""

from django.db.models import Q

from carreau.rules.commission.procedure import procedures


def choices(subject: str) -> list[tuple[str, str]]:
    """The states of a subject, for a column."""
    return [(state, state) for state in procedures()[subject].states]


def known(subject: str) -> Q:
    """The condition that a column `state` holds a state of the procedure."""
    return Q(state__in=procedures()[subject].states)
