"""People and their accounts."""

import secrets
import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from carreau.site.audit.models import Audited, AuditedQuerySet
from carreau.site.keyring.fields import SealedTextField
from carreau.site.keyring.index import blind_index


class Person(models.Model):
    """Somebody whose personal values are sealed under a key of their own (see `keyring`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    def __str__(self) -> str:
        return str(self.pk)


class UserManager(BaseUserManager.from_queryset(AuditedQuerySet["User"])):  # type: ignore[misc]
    """Finds people by e-mail without keeping the e-mail in clear."""

    def create_user(
        self, email: str, password: str | None = None, *, name: str = "", person: Person | None = None
    ) -> "User":
        """Make an account; no password means that it can only be reached by a link, a passkey or a provider.

        `person` is given when something is already sealed under their key.
        """
        person = person or Person.objects.create()
        user = self.model(person=person, username=blind_index(email), email=email, name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_without_address(self, name: str) -> "User":
        """Make an account for somebody who has no e-mail: only whoever acts for them reaches it."""
        user = self.model(person=Person.objects.create(), username=secrets.token_hex(32), email="", name=name)
        user.set_unusable_password()
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

    objects = UserManager()  # type: ignore[misc]
    USERNAME_FIELD = "username"
    personal: ClassVar[tuple[str, ...]] = ("email", "name")
    secret: ClassVar[tuple[str, ...]] = ("password", "username")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def called(self) -> str:
        """What to call them on a page: their name, else their address, else nothing (erased)."""
        return self.name or self.email or ""

    def move_to(self, email: str) -> None:
        """Change the address. Raises IntegrityError when another account has it."""
        self.email, self.username = email, blind_index(email)
        self.save(update_fields=["email", "username"])
