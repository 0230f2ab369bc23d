"""The union of the sector, its five federations and its regional unions, as shipped in `sector.yaml`."""

from collections.abc import Iterator
from importlib import resources
from typing import Any

import yaml
from django.db import transaction

from carreau.site.accounts.models import Kind, Organisation

GROUPS = {"union": Kind.UNION, "federations": Kind.FEDERATION, "regional_unions": Kind.UNION}


@transaction.atomic
def load_sector() -> int:
    """Make those that are missing, and give the others the name and parent of the file; how many were made."""
    made = 0
    for kind, row in _rows():
        parent = Organisation.objects.get(code=row["parent"]) if "parent" in row else None
        found = Organisation.objects.filter(code=row["code"]).first()
        organisation = found or Organisation(code=row["code"])
        organisation.name, organisation.kind, organisation.parent = row["name"], kind, parent
        organisation.save()
        made += found is None
    return made


def _rows() -> Iterator[tuple[Kind, dict[str, Any]]]:
    """Parents come before those that belong to them."""
    file = resources.files("carreau.site.accounts").joinpath("sector.yaml")
    shipped = yaml.safe_load(file.read_text(encoding="utf-8"))
    return ((kind, row) for group, kind in GROUPS.items() for row in shipped[group])
