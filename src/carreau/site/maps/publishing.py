"""Publish a protected release, and find what is published."""

from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import polars as pl
from django.conf import settings

from carreau.progress import Progress, silent
from carreau.proof import publishing
from carreau.proof.hashes import PROOF
from carreau.release.gate import Release
from carreau.release.ledger import Ledger
from carreau.site.maps.models import Published


def shown_over(cells: pl.Series, count: str = "households") -> list[Path]:
    """The folders of all maps ever shown of some of these cells, by their names, whoever published them.

    Withdrawn ones too: whoever kept them can compare.
    """
    folders = [settings.ENVIRONMENT.home / one.folder for one in Published.objects.filter(facts__count=count)]
    return [one for one in folders if pl.read_csv(one / "cells.csv")["cell_id"].is_in(cells.implode()).any()]


def ledger() -> AbstractContextManager[Ledger]:
    """The installation's ledger of who was counted in each published row, for one release at a time."""
    return Ledger.held(settings.ENVIRONMENT.home / "ledger")


def publish(release: Release, register: Path | None = None, private: Ledger | None = None) -> Published:
    """Show a release to everybody once nobody could break its files; the same release again changes nothing.

    All that were ever shown of the same cells are attacked together with it.

    `register` is the territory that it was made of, for what the open register tells; `private` the ledger that it was
    made with. Raises NotPublished.
    """
    if found := Published.objects.filter(digest=release.digest).first():
        return found
    folder = write(release, register, private)
    return Published.objects.create(
        name=release.facts["territory"],
        reference_date=date.fromisoformat(release.facts["reference_date"]),
        folder=folder,
        digest=release.digest,
        facts=dict(release.facts),
    )


def write(
    release: Release, register: Path | None = None, private: Ledger | None = None, *, progress: Progress = silent
) -> str:
    """Write the files of a release with their proof where they are not there yet, unseen. Raises NotPublished."""
    name = _folder(release.digest[:16])
    folder = settings.ENVIRONMENT.home / name
    if not (folder / PROOF).exists():
        beside = shown_over(release.cells["cell_id"], release.count)
        publishing.publish(release, folder, register=register, beside=beside, ledger=private, progress=progress)
    return name


def latest() -> Published | None:
    """The release that the map shows first; None before any is published."""
    return Published.objects.filter(withdrawn__isnull=True).first()


def find(key: str) -> Published | None:
    """A release that is published now, by the first 16 characters of its digest."""
    return Published.objects.filter(withdrawn__isnull=True, folder=_folder(key)).first()


def units(published: Published) -> pl.DataFrame:
    """The published units (see `carreau.release.gate.Release.units`), from the files that everybody can download."""
    return pl.read_parquet(settings.ENVIRONMENT.home / published.folder / "units.parquet")


def _folder(key: str) -> str:
    return f"releases/{key}"
