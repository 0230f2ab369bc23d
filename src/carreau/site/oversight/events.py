"""What happened to applications, as the audit of equal treatment reads it, from the site's own records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db.models import QuerySet

from carreau.allocation.treatment.groups import described
from carreau.allocation.treatment.stages import WHAT_HAPPENED, events, presented
from carreau.errors import BadInput
from carreau.places.communes import Communes
from carreau.progress import Progress, silent
from carreau.rules.commission.reasons import reasons
from carreau.rules.quartile import Threshold, threshold
from carreau.site.accounts.models import Kind, Organisation
from carreau.site.applications.models import Application, Candidate
from carreau.site.bridge.importing import communes_of
from carreau.site.bridge.models import Register
from carreau.site.commissions.models import Candidacy
from carreau.site.commissions.populations import opened_rows
from carreau.site.commissions.wording import TOLD_BY_REASON
from carreau.site.homes.models import Home

ENTITLED = (Kind.LANDLORD, Kind.TERRITORY, Kind.STATE)
"""Who is given an account: a landlord of its homes, a territory or the State of the communes of its registers."""

ANSWERS = {"accepted": "accepted", "signed": "accepted", "refused": "refused", "silent": "silent"}
AT_ONCE = 2_000


@dataclass(frozen=True)
class Happened:
    """`events` as `carreau.allocation.treatment.stages.events` gives them; `decisions` by the candidacy of each."""

    events: pl.DataFrame
    decisions: pl.DataFrame
    day: date


def happened(organisation: Organisation, year: int, progress: Progress = silent) -> Happened:
    """The ranking as it is and the decisions of a year in the homes of an organisation.

    Groups are told apart on the reference date of the last register. Raises BadInput where there is none, and where the
    first quartile cannot be known. People who were erased are not in it.
    """
    homes = scope(organisation)
    register = Register.objects.filter(pk__in=homes.values("register")).order_by("-reference_date").first()
    if register is None:
        raise BadInput("no register describes homes of this organisation")
    day: date = register.reference_date
    ranked = _ranked(homes)
    decided = _decided(homes, year)
    rows = _applications(set(decided["application_id"]) | set(ranked["application_id"]), progress)
    happened = pl.concat(
        [
            presented(ranked, rows),
            *(part.join(rows, on="application_id", how="semi") for part in _stages(decided, rows)),
        ]
    )
    groups = described(rows, day, _quartile(homes, day, rows))
    return Happened(events(happened, groups), decided, day)


def scope(organisation: Organisation) -> "QuerySet[Home]":
    """The homes that an account is about: a landlord's own, or those in the communes of the registers imported.

    Raises BadInput for an organisation that is given none.
    """
    if organisation.kind not in ENTITLED:
        raise BadInput("an account of equal treatment is for a landlord, a territory or the State")
    homes: QuerySet[Home] = Home.objects.all()
    if organisation.kind == Kind.LANDLORD:
        return homes.filter(landlord=organisation)
    return homes.filter(commune__in=communes_of(organisation))


def outcome_of(candidacy: Candidacy) -> str:
    """What a commission decided on a candidacy, by the reason that it gave; "" before it decided."""
    if not candidacy.reason:
        return ""
    found = [outcome for outcome, code in reasons() if code == candidacy.reason and outcome in TOLD_BY_REASON]
    return found[0] if found else "ranked_attribution"


def _ranked(homes: "QuerySet[Home]") -> pl.DataFrame:
    found = Candidate.objects.filter(vacancy__home__in=homes).values_list("application_id", "rank")
    return pl.DataFrame(list(found), schema={"application_id": pl.String, "rank": pl.Int16}, orient="row")


def _decided(homes: "QuerySet[Home]", year: int) -> pl.DataFrame:
    rows = Candidacy.objects.filter(item__vacancy__home__in=homes, item__decided_on__year=year).select_related("item")
    listed = [
        (one.pk, one.application_id, outcome, one.rank, one.item.decided_on, ANSWERS.get(one.state))
        for one in rows.order_by("pk")
        if (outcome := outcome_of(one))
    ]
    return pl.DataFrame(
        listed,
        schema={"candidacy": pl.Int64, "application_id": pl.String, "outcome": pl.String, "rank": pl.Int16,
                "decided": pl.Date, "answer": pl.String},
        orient="row",
    )  # fmt: skip


def _stages(decided: pl.DataFrame, applications: pl.DataFrame) -> Sequence[pl.DataFrame]:
    """The stages `commission` and `answer`; waits count from the seniority of each application."""
    rows = decided.join(
        applications.select("application_id", "seniority_from"), on="application_id", how="inner", maintain_order="left"
    ).with_columns(wait=(pl.col("decided") - pl.col("seniority_from")).dt.total_days().clip(0).cast(pl.Int32))
    commission = rows.with_columns(stage=pl.lit("commission"))
    answered = rows.filter(pl.col("answer").is_not_null()).with_columns(
        stage=pl.lit("answer"), outcome=pl.col("answer")
    )
    return [part.select(list(WHAT_HAPPENED)) for part in (commission, answered)]


def _applications(also: set[str], progress: Progress) -> pl.DataFrame:
    """Those that are looking, and those that were ranked or decided on meanwhile."""
    wanted = list(Application.objects.filter(state=Application.State.ACTIVE).order_by("number"))
    known = {one.number for one in wanted}
    others = sorted(also - known)
    for start in range(0, len(others), AT_ONCE):
        wanted += Application.objects.filter(number__in=others[start : start + AT_ONCE]).order_by("number")
    parts: list[Any] = []
    for start in range(0, len(wanted), AT_ONCE):
        progress("applications opened", start, len(wanted))
        parts.append(opened_rows(wanted[start : start + AT_ONCE]))
    progress("applications opened", len(wanted), len(wanted))
    return pl.concat(parts) if parts else opened_rows([])


def _quartile(homes: "QuerySet[Home]", day: date, applications: pl.DataFrame) -> Threshold:
    """The threshold of the EPCI in which most of the homes are."""
    communes = pl.DataFrame({"code": list(homes.values_list("commune", flat=True))}, schema={"code": pl.String})
    named = communes.join(Communes.shipped().lookup.select("code", "epci"), on="code").drop_nulls("epci")
    if named.is_empty():
        raise BadInput("no EPCI is known for these homes: the first quartile cannot be told")
    epci = named.group_by("epci").len().sort("len", "epci", descending=[True, False])["epci"][0]
    return threshold(epci, day, applications)
