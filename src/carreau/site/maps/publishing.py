"""Publish a protected release, and find what is published."""

from datetime import date

import polars as pl
from django.conf import settings

from carreau.release.exports import write
from carreau.release.gate import Release
from carreau.site.maps.models import Published


def publish(release: Release) -> Published:
    """Write the files of a release and show it to everybody; the same release again changes nothing."""
    if found := Published.objects.filter(digest=release.digest).first():
        return found
    folder = _folder(release.digest[:16])
    write(release, settings.ENVIRONMENT.home / folder)
    return Published.objects.create(
        name=release.facts["territory"],
        reference_date=date.fromisoformat(release.facts["reference_date"]),
        folder=folder,
        digest=release.digest,
        facts=dict(release.facts),
    )


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
