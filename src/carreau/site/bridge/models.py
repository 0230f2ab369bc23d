"""What went in from registers, what went out to the engine, and what came back."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from carreau.site.audit.models import Audited, AuditedQuerySet

if TYPE_CHECKING:
    from carreau.site.accounts.models import Organisation


class RegisterQuerySet(AuditedQuerySet["Register"]):
    """Registers, as asked for."""

    def of(self, organisation: "Organisation") -> "RegisterQuerySet":
        """Those that an organisation imported, and those that describe its homes."""
        from carreau.site.homes.models import Home

        described = Home.objects.filter(register=OuterRef("pk"), landlord=organisation)
        return self.filter(Q(organisation=organisation) | Exists(described))


class Register(Audited):
    """A register imported for a year: a territory folder kept as it was read, and its homes in the database.

    `folder` is relative to the installation's home; `digest` is the SHA-256 of its tables' hashes. `organisation` is
    who imported it, None for the installation itself.
    """

    name = models.CharField(max_length=200)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="registers")
    year = models.PositiveSmallIntegerField()
    reference_date = models.DateField()
    folder = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    sources = models.JSONField(default=list)
    homes = models.PositiveIntegerField()
    imported = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = RegisterQuerySet.as_manager()

    class Meta:
        ordering = ("-year", "-imported", "pk")
        constraints = (
            models.UniqueConstraint(fields=["digest", "organisation"], name="register_once_an_organisation"),
            models.UniqueConstraint(
                fields=["digest"], condition=Q(organisation__isnull=True), name="register_once_by_the_installation"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class RegisterLandlord(Audited):
    """Which organisation a landlord of a register is. `code` is its SIREN, or the register's name and its id there."""

    code = models.CharField(max_length=300, primary_key=True)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="register_codes")

    def __str__(self) -> str:
        return self.code


class Snapshot(Audited):
    """A pseudonymous copy of the operations for the engine; immutable, named by its content.

    `key` gave its ids and gives them back; without it they mean nothing. `expired` says that its files were destroyed
    because somebody in it was erased, or that its time was over: a replay then says so.
    """

    register = models.ForeignKey(Register, models.PROTECT, related_name="snapshots")
    digest = models.CharField(max_length=64, unique=True)
    key = models.BinaryField(null=True)
    taken = models.DateTimeField(auto_now_add=True)
    expired = models.DateTimeField(null=True)
    secret = ("key",)

    class Meta:
        ordering = ("-taken", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(key__isnull=True, expired__isnull=False)
                | models.Q(key__isnull=False, expired__isnull=True),
                name="snapshot_has_its_key_until_it_expires",
            ),
        )

    def __str__(self) -> str:
        return self.digest[:16]


class Result(Audited):
    """What the engine found on a snapshot: enough to compute it again and see whether it is the same."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="results")
    kind = models.CharField(max_length=20)
    policy = models.JSONField()
    seed = models.BigIntegerField()
    version = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    loaded = models.DateTimeField(auto_now_add=True)
    left_out = models.JSONField(default=dict)

    class Meta:
        ordering = ("-loaded", "pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:16]}"
