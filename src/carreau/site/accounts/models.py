"""Organisations, people, and who works where as what."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from carreau.site.accounts.rights import MEMBERS
from carreau.site.audit.models import Audited
from carreau.site.keyring.fields import SealedTextField
from carreau.site.keyring.index import blind_index

MEMBER_ROLES = tuple(sorted(role.value for role in MEMBERS))


class Kind(models.TextChoices):
    """What an organisation is."""

    LANDLORD = "landlord"
    TERRITORY = "territory"
    STATE = "state"
    RESERVER = "reserver"
    UNION = "union"
    FEDERATION = "federation"
    ASSOCIATION = "association"


class Organisation(Audited):
    """A landlord, a territory, a federation, ...; `parent` is what it belongs to, `federation` only for landlords."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    siren = models.CharField(max_length=9, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    federation = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="landlords")
    fictitious = models.BooleanField(default=False)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="organisation_kind_known"),
            models.CheckConstraint(
                condition=Q(siren="") | Q(siren__regex=r"^[0-9]{9}$"), name="organisation_siren_nine_digits"
            ),
            models.UniqueConstraint(fields=["siren"], condition=~Q(siren=""), name="organisation_siren_once"),
            models.CheckConstraint(
                condition=Q(federation__isnull=True) | Q(kind=Kind.LANDLORD), name="only_landlords_have_a_federation"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody whose personal values are sealed under a key of their own (see `keyring`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail without keeping the e-mail in clear."""

    def create_user(self, email: str, password: str | None = None, *, name: str = "") -> "User":
        """Make an account; no password means that it can only be reached by a link or another provider."""
        user = self.model(person=Person.objects.create(), username=blind_index(email), email=email, name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def with_email(self, email: str) -> "User | None":
        """The account of this address, whatever its capitals."""
        return self.filter(username=blind_index(email)).first()


class User(Audited, AbstractBaseUser):
    """An account. `username` is a keyed hash of the e-mail: it finds the account and tells nothing."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="user")
    username = models.CharField(max_length=64, unique=True)
    email = SealedTextField(person="person_id")
    name = SealedTextField(person="person_id", blank=True)
    is_active = models.BooleanField(default=True)
    joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    personal: ClassVar[tuple[str, ...]] = ("email", "name")
    secret: ClassVar[tuple[str, ...]] = ("password",)

    def __str__(self) -> str:
        return str(self.pk)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, as asked for."""

    def of(self, organisation: Organisation) -> "MembershipQuerySet":
        """Those of one organisation."""
        return self.filter(organisation=organisation)

    def in_force(self) -> "MembershipQuerySet":
        """Those that have not ended."""
        return self.filter(ended__isnull=True)


class Membership(Audited):
    """Somebody's role in an organisation, until it ends."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role, role) for role in MEMBER_ROLES])
    began = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("organisation_id", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["user", "organisation"], condition=Q(ended__isnull=True), name="one_membership_at_a_time"
            ),
            models.CheckConstraint(condition=Q(role__in=MEMBER_ROLES), name="membership_role_known"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"
