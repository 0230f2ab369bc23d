"""Long work on waiting times: make the public table of a register."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from carreau.register.territory import Territory
from carreau.site.bridge.models import Register
from carreau.site.bridge.snapshot import home_folder
from carreau.site.jobs.work import Handle, work
from carreau.site.waiting.making import protected
from carreau.site.waiting.publishing import publish


@work("waiting_times", address=lambda _: reverse("waiting"))
def waiting_times(job: Handle, *, register: int) -> Mapping[str, Any]:
    """Make the table of waiting times of a register's territory and publish it."""
    folder = home_folder() / Register.objects.get(pk=register).folder
    table = protected(Territory.open(folder), progress=job.progress)
    with job.committing():
        made = publish(table)
    return {"lines": len(made.rows), "digest": made.digest}
