"""An account of equal treatment: compared by the engine, told through its gate, kept with its hash."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from carreau.allocation.treatment.audit import COMPARISONS, Audit, audit
from carreau.allocation.treatment.review import drawn_for_review
from carreau.allocation.treatment.stages import FAVOURABLE
from carreau.outputs import digest
from carreau.progress import Progress, silent
from carreau.release.rules import Rules
from carreau.site.accounts.models import Kind, Organisation
from carreau.site.oversight.drawing import Refused
from carreau.site.oversight.events import Happened, happened
from carreau.site.oversight.models import Treatment

APART = timedelta(days=30)
"""Between two accounts of the same year: fewer days would tell, by difference, of whoever came in between."""

STAGES = tuple(FAVOURABLE)
EACH = 10
"""Decisions drawn to be read again, by stage and outcome."""


def compare(organisation: Organisation, year: int, progress: Progress = silent) -> Treatment:
    """Compare, and give an account that is not kept yet. Raises BadInput as `events.happened` does."""
    found = happened(organisation, year, progress)
    threshold = Rules.of("households").threshold
    told = audit(found.events, threshold=threshold)
    hashed = digest({"comparisons": told.comparisons})
    return Treatment(
        organisation=organisation,
        year=year,
        day=found.day,
        threshold=threshold,
        accepted=told.accepted,
        comparisons=told.comparisons.to_dicts(),
        counted=_counted(found.events, threshold),
        sampled=_sampled(found, hashed) if organisation.kind == Kind.LANDLORD else [],
        digest=hashed,
    )


def keep(made: Treatment) -> Treatment:
    """Keep an account, unless there is one of the same year of less than `APART` ago: then that one.

    Raises Refused when there is one of another year: candidates are compared as they stand, whatever the year.
    """
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=made.organisation_id)
        recent = last(made.organisation)
        if recent is not None and recent.made > timezone.now() - APART:
            if recent.year != made.year:
                raise Refused("account_too_soon")
            return recent
        made.save()
    return made


def refuse_too_soon(organisation: Organisation) -> None:
    """Raise Refused when the last account is too recent for another."""
    if (until := not_before(organisation)) and until > timezone.now():
        raise Refused("account_too_soon")


def not_before(organisation: Organisation) -> datetime | None:
    """From when another account may be made; None when there is none yet."""
    found = last(organisation)
    return found.made + APART if found else None


def last(organisation: Organisation) -> Treatment | None:
    """The newest account, of any year."""
    found: Treatment | None = Treatment.objects.of(organisation).order_by("-made", "-pk").first()
    return found


def as_audit(one: Treatment) -> Audit:
    """The engine's account again."""
    return Audit(pl.DataFrame(one.comparisons, schema=COMPARISONS, orient="row"), one.threshold, one.accepted)


def _counted(events: pl.DataFrame, threshold: int) -> dict[str, int]:
    """How many applications each stage is about; a stage with too few to tell is left out."""
    counts = events.group_by("stage").agg(pl.col("application_id").n_unique().alias("count"))
    return {stage: count for stage, count in counts.iter_rows() if count >= threshold}


def _sampled(found: Happened, seed: str) -> list[dict[str, Any]]:
    """Decisions drawn without regard to any group: the candidacy of each, its outcome, how many it stands for."""
    commission = found.events.filter(pl.col("stage") == "commission")
    drawn = drawn_for_review(commission, seed=seed, each=EACH)
    by = found.decisions.select("candidacy", "application_id", "outcome", "rank")
    return (
        drawn.join(by, on=["application_id", "outcome", "rank"], how="left", nulls_equal=True, maintain_order="left")
        .drop_nulls("candidacy")
        .unique(["candidacy"], keep="first", maintain_order=True)
        .select("candidacy", "outcome", "stands_for")
        .to_dicts()
    )


def year_of(today: date) -> int:
    """The year that an account is of."""
    return today.year
