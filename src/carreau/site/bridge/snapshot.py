"""A pseudonymous, immutable copy of the operations for the engine."""

import secrets
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import polars_hash as plh
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from carreau.errors import BadInput
from carreau.progress import Progress, silent
from carreau.register.tables import Applications, Homes, Vacancies
from carreau.register.territory import Territory, write
from carreau.site.accounts.models import Organisation
from carreau.site.applications.models import Application
from carreau.site.bridge.hashes import tables_digest
from carreau.site.bridge.models import Register, Snapshot
from carreau.site.bridge.rows import from_texts
from carreau.site.homes.models import Vacancy
from carreau.site.keyring.many import unseal_many

DIGITS = 24
WITHOUT_ADDRESS = ("postcode", "address", "locality", "longitude", "latitude")


def take(register: Register, landlord: Organisation | None = None, *, progress: Progress = silent) -> Snapshot:
    """Copy the homes of a register, the open vacancies in them (of one landlord) and the active applications.

    No name and no address is in it; every id is a hash keyed for this snapshot alone. Those of vacancies and
    applications begin with their place in the order of the real ones: the engine breaks its last ties by id, and taking
    another snapshot must not break them anew. An application of somebody who was erased is not in it.
    """
    key = secrets.token_hex(32)
    source = Territory.open(home_folder() / register.folder)
    with transaction.atomic():
        vacancies = _vacancies(register, landlord)
        applications = _applications(progress)
    schema = Homes.create_empty().schema
    wishes = _keyed(applications.sort("application_id"), key, "application_id", "present_home_id")
    tables = {
        "homes": _keyed(source.table("homes").collect(), key, "home_id", "residence_id", "landlord_id").with_columns(
            pl.lit(None, schema[name]).alias(name) for name in WITHOUT_ADDRESS
        ),
        "vacancies": _in_order(_keyed(vacancies.sort("vacancy_id"), key, "vacancy_id", "home_id")),
        "applications": _in_order(wishes),
    }
    staging = home_folder() / "snapshots" / f"new-{key[:12]}"
    facts = {
        "name": register.name,
        "reference_date": register.reference_date.isoformat(),
        "sources": register.sources,
        "licence": source.facts.get("licence"),
    }
    digest = tables_digest(write(staging, tables, facts))
    staging.rename(folder_of(digest))
    return Snapshot.objects.create(register=register, landlord=landlord, digest=digest, key=key.encode())


def opened(snapshot: Snapshot) -> Territory:
    """The territory of a snapshot. Raises BadInput when its inputs have expired, or are no longer what they were."""
    if snapshot.expired:
        raise BadInput(f"inputs expired on {snapshot.expired:%Y-%m-%d}", file=f"snapshot {snapshot}")
    territory = Territory.open(folder_of(snapshot.digest))
    if tables_digest(territory) != snapshot.digest:
        raise BadInput("is not what was taken (digest differs)", file=f"snapshot {snapshot}")
    return territory


def expire(snapshot: Snapshot) -> None:
    """Destroy the files of a snapshot, of what was found on it, and its key; its record stays, and says when."""
    shutil.rmtree(folder_of(snapshot.digest), ignore_errors=True)
    shutil.rmtree(results_on(snapshot), ignore_errors=True)
    snapshot.key, snapshot.expired = None, timezone.now()
    snapshot.save()


def given_back(snapshot: Snapshot, ids: list[str]) -> dict[str, str]:
    """These ids of the database by the hash that each has in a snapshot (see `hash_of`)."""
    if snapshot.key is None:
        raise BadInput("its key was destroyed", file=f"snapshot {snapshot}")
    frame = pl.DataFrame({"own": ids}, schema={"own": pl.String})
    keyed = frame.select(_hash("own", bytes(snapshot.key).decode())).to_series()
    return dict(zip(keyed.to_list(), ids, strict=True))


def hash_of(snapshot_id: str) -> str:
    """The hash in the id of a vacancy or an application of a snapshot."""
    return snapshot_id.partition("-")[2]


def home_folder() -> Path:
    """Where the installation keeps its files."""
    folder: Path = settings.ENVIRONMENT.home
    return folder


def folder_of(digest: str) -> Path:
    """Where the files of a snapshot are."""
    return home_folder() / "snapshots" / digest[:32]


def results_on(snapshot: Snapshot) -> Path:
    """Where what was found on a snapshot is kept, as long as the snapshot."""
    return home_folder() / "results" / snapshot.digest[:32]


def _vacancies(register: Register, landlord: Organisation | None) -> pl.DataFrame:
    columns = ("vacancy_id", "home_id", "vacated", "available", "reserver", "synthetic")
    found = Vacancy.objects.of(landlord) if landlord else Vacancy.objects.all()
    rows = found.advertised().filter(home__register=register).values_list(*columns)
    frame = pl.DataFrame(
        list(rows), schema=list(columns), orient="row", schema_overrides=_dates("vacated", "available")
    )
    return Vacancies.cast(frame.with_columns(_origin()).drop("synthetic"))


def _applications(progress: Progress) -> pl.DataFrame:
    columns = ("number", "department", "filed", "seniority_from", "synthetic", "person_id", "facts")
    rows = list(Application.objects.filter(state=Application.State.ACTIVE).order_by("number").values_list(*columns))
    progress("applications opened", 0, len(rows))
    texts = unseal_many([row[-2] for row in rows], [row[-1] for row in rows])
    alive = [(row[:-2], text) for row, text in zip(rows, texts, strict=True) if text is not None]
    clear = pl.DataFrame(
        [row for row, _ in alive],
        schema=["application_id", *columns[1:-2]],
        orient="row",
        schema_overrides=_dates("filed", "seniority_from"),
    )
    frame = pl.concat([clear.drop("synthetic"), from_texts([text for _, text in alive])], how="horizontal")
    progress("applications opened", len(rows), len(rows))
    return Applications.cast(frame.select(Applications.column_names()))


def _dates(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, pl.Date)


def _origin() -> pl.Expr:
    return pl.when("synthetic").then(pl.lit("synthetic")).otherwise(pl.lit("real")).alias("origin")


def _keyed(frame: pl.DataFrame, key: str, *ids: str) -> pl.DataFrame:
    return frame.with_columns(_hash(name, key) for name in ids)


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    place = pl.int_range(pl.len()).cast(pl.String).str.zfill(8)
    return frame.with_columns(pl.format("{}-{}", place, frame.columns[0]).alias(frame.columns[0]))


def _hash(name: str, key: str) -> pl.Expr:
    return plh.concat_str(pl.lit(key), pl.col(name), pl.lit(key)).chash.sha2_256().str.slice(0, DIGITS).alias(name)
