"""A year's register into the database: all of it or nothing, and twice the same is once."""

import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction

from carreau.errors import BadInput
from carreau.outputs import whole_folder
from carreau.progress import Progress, silent
from carreau.register.territory import Territory
from carreau.site.accounts.models import Organisation
from carreau.site.audit.bulk import bulk
from carreau.site.audit.models import AuditedQuerySet
from carreau.site.bridge.hashes import tables_digest
from carreau.site.bridge.models import Register, RegisterLandlord
from carreau.site.homes.models import Home

BATCH = 2_000
TEXTS = ("postcode", "address", "locality", "kind", "ceiling_class", "energy", "access", "rent_origin")
NUMBERS = ("rooms", "surface", "floor", "built", "in_qpv", "rent")
DESCRIPTION = ("residence_id", "commune", *TEXTS, *NUMBERS)


def import_register(
    territory: Territory, organisation: Organisation | None = None, *, progress: Progress = silent
) -> Register:
    """Keep a copy of a territory folder and describe its homes in the database.

    `organisation` is who imports it. A landlord imports its own homes; for anybody else, and for the installation
    itself (None), the register says whose they are. Homes that the register no longer has are marked as `left` (the
    landlord's own, or those in its communes); operations on them stay. The same content again changes nothing.

    Raises BadInput when the folder is not sound (see `Territory.check`), or has homes of another landlord.
    """
    digest = tables_digest(territory)
    if found := Register.objects.filter(digest=digest, organisation=organisation).first():
        return found
    homes = territory.table("homes").collect()
    folder = Path("registers") / digest[:16]
    _keep(territory.path, Path(settings.ENVIRONMENT.home) / folder)
    with transaction.atomic(), bulk("register imported"):
        register = Register.objects.create(
            name=territory.name,
            organisation=organisation,
            year=int(homes["year"].max()),  # type: ignore[arg-type]
            reference_date=territory.reference_date,
            folder=folder.as_posix(),
            digest=digest,
            sources=territory.facts["sources"],
            homes=homes.height,
        )
        owner = organisation if organisation and organisation.kind == "landlord" else None
        if owner:
            _refuse_homes_of_others(homes, owner)
        landlords = dict.fromkeys(homes["landlord_id"].unique(), owner) if owner else _landlords(territory)
        for done, batch in _batches(homes, register, landlords, progress):
            Home.objects.bulk_create(batch, update_conflicts=True, unique_fields=["home_id"], update_fields=_updated())
            progress("homes into the database", done, homes.height)
        _former(homes, owner).exclude(register=register).filter(left=False).update(left=True)
    return register


def communes_of(organisation: Organisation) -> frozenset[str]:
    """The communes that the registers of an organisation describe, whoever described their homes again since.

    Raises BadInput when a register that was kept is missing or damaged.
    """
    folders = Register.objects.filter(organisation=organisation).values_list("folder", flat=True)
    return frozenset[str]().union(*(_communes(Path(settings.ENVIRONMENT.home) / folder) for folder in folders))


@lru_cache(maxsize=256)  # a register that was kept never changes
def _communes(folder: Path) -> frozenset[str]:
    return frozenset(Territory.open(folder).table("homes").select(pl.col("commune").unique()).collect()["commune"])


def _former(homes: pl.DataFrame, owner: Organisation | None) -> AuditedQuerySet[Home]:
    """The homes that a register would have if they were still there."""
    if owner:
        return Home.objects.filter(landlord=owner)
    return Home.objects.filter(commune__in=homes["commune"].unique().to_list())


def _refuse_homes_of_others(homes: pl.DataFrame, owner: Organisation) -> None:
    others = Home.objects.filter(landlord__isnull=False, left=False).exclude(landlord=owner)
    taken = pl.Series(list(others.values_list("home_id", flat=True)), dtype=pl.String)
    if count := homes["home_id"].is_in(taken.implode()).sum():
        raise BadInput(f"{count} homes of this register are another landlord's; nothing was imported")


def _updated() -> list[str]:
    return ["register", "landlord", "left", *DESCRIPTION]


def _batches(
    homes: pl.DataFrame, register: Register, landlords: dict[str, Organisation], progress: Progress
) -> Iterator[tuple[int, list[Home]]]:
    rows = homes.select("home_id", "landlord_id", *DESCRIPTION).with_columns(
        pl.col(TEXTS).cast(pl.String).fill_null("")
    )
    progress("homes into the database", 0, homes.height)
    for start in range(0, rows.height, BATCH):
        part = rows[start : start + BATCH]
        yield (
            start + part.height,
            [_home(row, register, landlords) for row in part.iter_rows(named=True)],
        )


def _home(row: dict[str, Any], register: Register, landlords: dict[str, Organisation]) -> Home:
    return Home(register=register, landlord=landlords.get(row.pop("landlord_id")), left=False, **row)


def _landlords(territory: Territory) -> dict[str, Organisation]:
    """The organisation of each landlord of the register; one that is new is made."""
    if not territory.has("landlords"):
        return {}
    rows = territory.table("landlords").collect()
    known = {one.code: one.organisation for one in RegisterLandlord.objects.select_related("organisation")}
    found: dict[str, Organisation] = {}
    for row in rows.iter_rows(named=True):
        code = row["siren"] or f"{territory.name}: {row['landlord_id']}"
        found[row["landlord_id"]] = known.get(code) or _organisation(row, code)
    return found


def _organisation(row: dict[str, Any], code: str) -> Organisation:
    siren = row["siren"] or ""
    found = Organisation.objects.filter(siren=siren).first() if siren else None
    organisation = found or Organisation.objects.create(
        name=row["name"], kind="landlord", siren=siren, fictitious=row["origin"] == "synthetic"
    )
    RegisterLandlord.objects.create(code=code, organisation=organisation)
    return organisation


def _keep(source: Path, target: Path) -> None:
    if not target.exists():
        with whole_folder(target) as staging:
            shutil.copytree(source, staging, dirs_exist_ok=True)
