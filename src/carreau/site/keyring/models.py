"""The keys, in a database of their own."""

from django.db import models


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
        )

    def __str__(self) -> str:
        return str(self.person)
