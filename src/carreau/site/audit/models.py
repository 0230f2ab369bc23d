"""The audit log, and what every model that is in it inherits."""

from typing import ClassVar

from django.db import models


class Audited(models.Model):
    """A record whose every change is in the audit log.

    `personal` names the fields whose values are sealed under the person's key, `secret` those whose values are never
    written, only that they changed.
    """

    personal: ClassVar[tuple[str, ...]] = ()
    secret: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True
