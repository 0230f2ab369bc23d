"""Long work on registers: import one, publish its map, rank candidates."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from django.urls import reverse

from carreau.allocation.allocate import allocate
from carreau.allocation.policy import Policy
from carreau.places.grid import cell_ids
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.territory import Territory
from carreau.release.building import build
from carreau.release.located import located_homes
from carreau.release.partition.drawn import CELL_KEY
from carreau.site.accounts.models import Organisation
from carreau.site.bridge.importing import import_register
from carreau.site.bridge.models import Register
from carreau.site.bridge.results import load_allocation
from carreau.site.bridge.snapshot import home_folder, opened, take
from carreau.site.bridge.uploads import forget_old
from carreau.site.jobs.work import Handle, work
from carreau.site.maps.publishing import ledger, publish, shown_over, write


@work("import_register", address=lambda _: reverse("registers"))
def read_register(job: Handle, *, upload: str, year: int, organisation: int) -> Mapping[str, Any]:
    """Read an uploaded RPLS file of a landlord; the upload goes once its homes are in the database."""
    landlord = Organisation.objects.get(pk=organisation)
    folder = home_folder() / "uploads" / upload
    with TemporaryDirectory(prefix="register-", dir=home_folder()) as staging:
        territory = Path(staging) / "territory"
        options = ImportOptions(year=year, landlord=landlord.siren or None, name=landlord.name)
        report = import_rpls(_only_file(folder), territory, options, progress=job.progress)
        with job.committing():
            register = import_register(Territory.open(territory), landlord, progress=job.progress)
    shutil.rmtree(folder, ignore_errors=True)
    job.log("bridge.read", homes=report["homes"], rejected=report["rejected"])
    return {"register": register.pk, "homes": register.homes, "rejected": report["rejected"]}


@work("release", address=lambda _: reverse("map"))
def release(job: Handle, *, register: int) -> Mapping[str, Any]:
    """Make the protected release of a register's territory, beside all that was ever shown there, and publish it."""
    one = Register.objects.get(pk=register)
    folder = home_folder() / one.folder
    territory = Territory.open(folder)
    cells = located_homes(territory).select(cell_ids(*map(pl.col, CELL_KEY))).collect().to_series()
    with ledger() as private:
        made = build(territory, previous=shown_over(cells), ledger=private, progress=job.progress)
        write(made, folder, private, progress=job.progress)
        with job.committing():
            published = publish(made)
    return {"release": published.pk, "units": made.units.height, "digest": made.digest}


@work("allocate", address=lambda result: reverse("run", args=[result["result"]]))
def rank(job: Handle, *, register: int, policy: str, organisation: int | None) -> Mapping[str, Any]:
    """Rank candidates for a landlord's open vacancies (all landlords' when None) under a policy that draws no lots."""
    landlord = Organisation.objects.get(pk=organisation) if organisation else None
    snapshot = take(Register.objects.get(pk=register), landlord, progress=job.progress)
    rules = Policy.load(policy)
    found = allocate(opened(snapshot), rules, progress=job.progress)
    with job.committing():
        result = load_allocation(found, snapshot, rules)
    return {
        "result": result.pk,
        "candidates": result.candidates.count(),
        "left_out": sum(result.left_out.values()),
        "digest": result.digest,
    }


def _only_file(folder: Path) -> Path:
    (file,) = (one for one in folder.iterdir() if not one.name.startswith("."))
    return file


@work("forget_uploads", daily_at=3)
def forget_uploads(_job: Handle) -> Mapping[str, Any]:
    """Remove files whose reading never ended well."""
    return {"removed": forget_old()}
