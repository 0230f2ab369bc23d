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


class SnapshotQuerySet(AuditedQuerySet["Snapshot"]):
    """Snapshots, as asked for."""

    def of(self, organisation: "Organisation") -> "SnapshotQuerySet":
        """Those of its own homes; of everybody's in a register that describes some of its; of what it imported."""
        whole = Q(landlord__isnull=True, register__in=Register.objects.of(organisation))
        return self.filter(Q(landlord=organisation) | Q(register__organisation=organisation) | whole)


class Snapshot(Audited):
    """A pseudonymous copy of the operations for the engine; immutable, named by its content.

    `landlord` is whose vacancies it has, None for everybody's. `key` gave its ids and gives them back; without it they
    mean nothing. `expired` says that its files were destroyed because somebody in it was erased, or that its time was
    over: a replay then says so.
    """

    register = models.ForeignKey(Register, models.PROTECT, related_name="snapshots")
    landlord = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    key = models.BinaryField(null=True)
    taken = models.DateTimeField(auto_now_add=True)
    expired = models.DateTimeField(null=True)
    secret = ("key",)

    objects: ClassVar[Any] = SnapshotQuerySet.as_manager()

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

    def audit_organisation(self) -> int | None:
        """The landlord whose vacancies it has, else who imported the register."""
        return self.landlord_id or self.register.organisation_id


class ResultQuerySet(AuditedQuerySet["Result"]):
    """Results, as asked for."""

    def of(self, organisation: "Organisation") -> "ResultQuerySet":
        """Those on the snapshots of an organisation."""
        return self.filter(snapshot__in=Snapshot.objects.of(organisation))


class Result(Audited):
    """What the engine found on a snapshot: enough to compute it again and see whether it is the same.

    `record` is the signed page of `carreau.allocation.replay.signing`: hashes of all that the run was made from. `seed`
    is the number of a public draw of lots where there was one, else it changes nothing.
    """

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="results")
    kind = models.CharField(max_length=20)
    policy = models.JSONField()
    seed = models.BigIntegerField()
    version = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    loaded = models.DateTimeField(auto_now_add=True)
    left_out = models.JSONField(default=dict)
    record = models.JSONField(default=dict)

    objects: ClassVar[Any] = ResultQuerySet.as_manager()

    class Meta:
        ordering = ("-loaded", "pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:16]}"

    def audit_organisation(self) -> int | None:
        """Whose snapshot it was made from."""
        return self.snapshot.audit_organisation()
