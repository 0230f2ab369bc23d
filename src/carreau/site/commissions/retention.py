"""Why a candidacy had its points goes a year after it ended, as the national file does; states and days stay."""

from typing import Any

from django.db import models, transaction

from carreau.site.audit.retention import register
from carreau.site.commissions.models import Candidacy


def forget_reasons(due: models.QuerySet[Any]) -> int:
    """Empty what was sealed; how many there were to empty."""
    held = due.exclude(breakdown__isnull=True, note__isnull=True)
    with transaction.atomic():
        count = 0
        for count, one in enumerate(held.iterator(), start=1):  # noqa: B007 - the last one is the count
            one.breakdown = one.note = None
            one.save()
    return count


register(Candidacy, "unique_number", "closed_on", forget_reasons)
