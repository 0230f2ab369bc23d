"""A text column that only the key of its person opens."""

from typing import Any
from uuid import UUID

from django.db import models

from carreau.site.keyring.keys import seal, unseal


class SealedTextField(models.BinaryField[str | bytes | None, str | None]):
    """Text in Python, sealed bytes in the database; None once the person is erased. It cannot be searched.

    `person` names the attribute that holds the person's id.
    """

    def __init__(self, *args: Any, person: str, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **{"editable": True, **kwargs})

    def deconstruct(self) -> Any:
        """What a migration writes."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "person": self.person}

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Put the descriptor that seals and opens on the model."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _Sealed(self))

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:  # noqa: ARG002 - Django's signature
        """What goes into the database."""
        held = model_instance.__dict__.get(self.attname)
        if held is None:
            return None if self.null else b""
        return seal(_person(model_instance, self), held) if isinstance(held, str) else bytes(held)


class _Sealed:
    """Holds the text given to an instance, or the bytes that came from the database until they are asked for."""

    def __init__(self, field: SealedTextField) -> None:
        self.field = field

    def __get__(self, instance: Any, _owner: Any = None) -> Any:
        if instance is None:
            return self
        held = instance.__dict__.get(self.field.attname)
        if isinstance(held, bytes | memoryview):
            held = unseal(_person(instance, self.field), bytes(held))
            instance.__dict__[self.field.attname] = held
        return held

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


def _person(instance: Any, field: SealedTextField) -> UUID:
    person: UUID = getattr(instance, field.person)
    return person
