"""Vacancies and applications of a territory folder into the database, where operations live from then on."""

import polars as pl
from django.db import transaction

from carreau.progress import Progress, silent
from carreau.register.territory import Territory
from carreau.site.accounts.models import Person
from carreau.site.applications.models import Application
from carreau.site.audit.bulk import bulk
from carreau.site.bridge.rows import to_texts
from carreau.site.homes.models import Home, Vacancy
from carreau.site.keyring.many import seal_many

BATCH = 2_000


def load_vacancies(vacancies: pl.DataFrame) -> int:
    """Open the vacancies (rows of `register.tables.Vacancies`) of homes that the database knows; how many are new.

    A home that already has an open vacancy keeps it.
    """
    rows = vacancies.with_columns(pl.col("reserver", "origin").cast(pl.String))
    with transaction.atomic(), bulk("vacancies loaded"):
        known = set(Home.objects.filter(left=False).values_list("home_id", flat=True))
        taken = set(Vacancy.objects.filter(state=Vacancy.State.OPEN).values_list("home_id", flat=True))
        taken_ids = set(Vacancy.objects.values_list("vacancy_id", flat=True))
        new = [
            Vacancy(synthetic=row.pop("origin") == "synthetic", **row)
            for row in rows.unique("home_id", keep="first", maintain_order=True).iter_rows(named=True)
            if row["home_id"] in known - taken and row["vacancy_id"] not in taken_ids
        ]
        Vacancy.objects.bulk_create(new, BATCH)
    return len(new)


def load_applications(territory: Territory, *, progress: Progress = silent) -> int:
    """Load the applications of a territory, each with a person and a key of its own; how many are new."""
    known = pl.Series(list(Application.objects.values_list("number", flat=True)), dtype=pl.String).implode()
    frame = territory.table("applications").filter(~pl.col("application_id").is_in(known)).collect()
    with transaction.atomic(), bulk("applications loaded"):
        for start in range(0, frame.height, BATCH):
            progress("applications into the database", start, frame.height)
            _load(frame[start : start + BATCH])
    progress("applications into the database", frame.height, frame.height)
    return frame.height


def _load(frame: pl.DataFrame) -> None:
    people = Person.objects.bulk_create([Person() for _ in range(frame.height)])
    sealed = seal_many([person.pk for person in people], to_texts(frame))
    columns = frame.select("application_id", "department", "filed", "seniority_from", pl.col("origin").cast(pl.String))
    Application.objects.bulk_create(
        Application(
            number=number,
            person=person,
            department=department,
            filed=filed,
            seniority_from=since,
            facts=facts,
            synthetic=origin == "synthetic",
        )
        for person, facts, (number, department, filed, since, origin) in zip(
            people, sealed, columns.iter_rows(), strict=True
        )
    )
