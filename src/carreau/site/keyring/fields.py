"""A text column that only the key of its person opens."""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from carreau.site.keyring.keys import seal, unseal
from carreau.site.keyring.many import unseal_many

Record = TypeVar("Record", bound=models.Model)


class SealedTextField(models.BinaryField[str | bytes | None, str | None]):
    """Text in Python, sealed bytes in the database; None once the person is erased. It cannot be searched.

    `person` names the attribute that holds the person's id. Bytes given to it are taken as sealed already.
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

    def get_lookup(self, lookup_name: str) -> Any:
        """Only whether there is a value: the same text is other bytes each time it is sealed."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:  # noqa: ARG002 - Django's signature
        """What goes into the database."""
        held = model_instance.__dict__.get(self.attname)
        if held is None:
            return None if self.null else b""
        return seal(_person(model_instance, self), held) if isinstance(held, str) else bytes(held)


def open_many(records: Iterable[Record]) -> list[Record]:
    """The same records with their sealed texts open: a query for all their keys, not one for each."""
    listed = list(records)
    still = [
        (record, field)
        for record in listed
        for field in record._meta.concrete_fields
        if isinstance(field, SealedTextField) and isinstance(record.__dict__.get(field.attname), bytes | memoryview)
    ]
    people = [_person(record, field) for record, field in still]
    texts = unseal_many(people, [record.__dict__[field.attname] for record, field in still])
    for (record, field), text in zip(still, texts, strict=True):
        record.__dict__[field.attname] = text
    return listed


class _Sealed:
    """Holds the text given to an instance, or the bytes that came from the database until they are asked for."""

    def __init__(self, field: SealedTextField) -> None:
        self.field = field

    def __get__(self, instance: Any, _owner: Any = None) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:  # the query left it out
            instance.refresh_from_db(fields=[self.field.attname])
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
