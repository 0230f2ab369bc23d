"""What is owed to others: each reserver's list, a territory's commitments; and a member who says they are there."""

import csv
from io import StringIO

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from carreau.rules.commission.procedure import Refused
from carreau.site.accounts.models import Kind
from carreau.site.accounts.rights import Action, needs
from carreau.site.audit.events import record
from carreau.site.commissions import agenda, commitments, reservers
from carreau.site.commissions.forms import CommitmentForm
from carreau.site.commissions.models import Commission
from carreau.site.commissions.views.asking import actor_of, ours
from carreau.site.commissions.wording import quota_name, why_not
from carreau.site.homes.views import today
from carreau.site.pages.templatetags.words import say

MEANT = ("first_quartile_outside_qpv", "other_quartiles_in_qpv", "priority_share")
"""The quotas of the law, which a commitment may be above."""


@needs(Action.SEE_COMMISSIONS)
@require_http_methods(["GET", "HEAD"])
def owed(request: HttpRequest) -> HttpResponse:
    """The list owed to each reserver for a year: the past one until the day it is due, as a page or as a file."""
    year = _year(request, today().year - 1)
    rows = reservers.rows(ours(request), year)
    if request.GET.get("format") == "csv":
        record("exported", Commission, year=year, rows=len(rows))
        return _csv(rows, year)
    record("seen", Commission, year=year, rows=len(rows))
    context = {
        "year": year,
        "rows": rows,
        "due": reservers.due(year),
        "late": today() > reservers.due(year),
        "years": range(today().year, today().year - 4, -1),
    }
    return render(request, "commissions/reservers.html", context)


@needs(Action.SEE_COMMITMENTS)
@require_http_methods(["GET", "HEAD"])
def committed(request: HttpRequest) -> HttpResponse:
    """What landlords committed to and what each reached."""
    return _commitments(request, CommitmentForm())


@needs(Action.SET_COMMITMENTS)
@require_http_methods(["POST"])
def commit(request: HttpRequest) -> HttpResponse:
    """A territory writes a commitment of a landlord."""
    if ours(request).kind != Kind.TERRITORY:
        raise PermissionDenied
    form = CommitmentForm(request.POST)
    if form.is_valid():
        try:
            commitments.commit(ours(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error("share", why_not(refused))
        else:
            return redirect("commitments")
    return _commitments(request, form)


def _commitments(request: HttpRequest, form: CommitmentForm) -> HttpResponse:
    organisation, year = ours(request), _year(request, today().year)
    rows = commitments.rows(organisation, year)
    writes = organisation.kind == Kind.TERRITORY and actor_of(request).may(Action.SET_COMMITMENTS)
    context = {
        "year": year,
        "rows": rows,
        "least": commitments.LEAST,
        "withheld": any(row.counted is None for row in rows),
        "form": form if writes else None,
        "meanings": [(quota_name(name), say(f"commission.commitments.meaning.{name}")) for name in MEANT],
        "years": range(today().year, today().year - 4, -1),
    }
    return render(request, "commissions/commitments.html", context, status=400 if form.is_bound else 200)


@needs(Action.CONFIRM_PRESENCE)
@require_http_methods(["GET", "HEAD", "POST"])
def presence(request: HttpRequest, token: str) -> HttpResponse:
    """A member at a distance says that they are there. The address is theirs alone; opening it changes nothing."""
    context: dict[str, object] = {"done": False, "refused": ""}
    status = 200
    if request.method == "POST":
        try:
            agenda.confirm(token)
            context["done"] = True
        except Refused as refused:
            context["refused"], status = why_not(refused), 409
    return render(request, "commissions/presence.html", context, status=status)


def _year(request: HttpRequest, usual: int) -> int:
    given = request.GET.get("year", "")
    return int(given) if given.isdecimal() and len(given) == 4 and 2017 <= int(given) <= today().year else usual


def _csv(rows: list[reservers.Row], year: int) -> HttpResponse:
    written = StringIO()
    sheet = csv.writer(written)
    sheet.writerow([say(f"commission.owed.{name}") for name in reservers.COLUMNS])
    sheet.writerows([getattr(row, name) for name in reservers.COLUMNS] for row in rows)
    answer = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="reservataires-{year}.csv"'
    return answer
