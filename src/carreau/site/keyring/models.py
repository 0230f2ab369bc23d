"""The keys, in a database of their own."""

from uuid import UUID

from django.db import models

FIRST_PERSON = UUID(int=1 << 32)
"""Lower ids are those of the installation's own keys, which nobody's erasure may destroy; people's are random."""


class Key(models.Model):
    """The key of a person, wrapped under the installation's secret; `destroyed` is kept so that none is made again."""

    person = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField(null=True)
    made = models.DateTimeField(auto_now_add=True)
    destroyed = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=True, destroyed__isnull=False)
                | models.Q(wrapped__isnull=False, destroyed__isnull=True),
                name="key_is_there_or_destroyed",
            ),
            models.CheckConstraint(
                condition=models.Q(person__gte=FIRST_PERSON) | models.Q(destroyed__isnull=True),
                name="key_of_the_installation_is_there",
            ),
        )

    def __str__(self) -> str:
        return str(self.person)
