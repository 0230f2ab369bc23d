"""Links sent by e-mail that prove that somebody reads an address."""

from django.db import models
from django.db.models import Q

from carreau.site.accounts.models.people import User


class Purpose(models.TextChoices):
    """What a link is good for."""

    SIGN_IN = "sign_in"
    ADDRESS = "address"


class Link(models.Model):
    """A link, good once and for minutes.

    The table cannot say to whom: `digest` is of the token, and the address is sealed under the token itself, which only
    the e-mail holds. `user` is who asked, when they change their address.
    """

    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(purpose=Purpose.SIGN_IN, user__isnull=True)
                | Q(purpose=Purpose.ADDRESS, user__isnull=False),
                name="link_of_somebody_to_change_address",
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
