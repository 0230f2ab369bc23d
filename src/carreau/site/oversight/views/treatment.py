"""Accounts of equal treatment, and the decisions drawn for people to read again."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from carreau.site.accounts.models import Kind, Organisation
from carreau.site.accounts.rights import Action, needs
from carreau.site.audit.events import record
from carreau.site.jobs.work import start
from carreau.site.oversight import comparing
from carreau.site.oversight.drawing import Refused
from carreau.site.oversight.events import ENTITLED
from carreau.site.oversight.models import Treatment
from carreau.site.oversight.treatment_wording import figures, sampled, stages, summary
from carreau.site.oversight.views.asking import actor_of, ours
from carreau.site.oversight.wording import refusal


@needs(Action.SEE_TREATMENT)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """The organisation's accounts, the newest first, and the button for another."""
    return _list(request)


@needs(Action.SEE_TREATMENT)
@require_POST
def compare(request: HttpRequest) -> HttpResponse:
    """Make the account of this year, as long work."""
    organisation, year = _entitled(request), timezone.localdate().year
    try:
        comparing.refuse_too_soon(organisation)
    except Refused as refused:
        return _list(request, problem=refusal(refused), status=409)
    job = start("compare_treatment", actor_of(request), organisation=organisation.pk, year=year)
    return redirect("job", job.pk)


@needs(Action.SEE_TREATMENT)
@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: in words, then a plot and its table for each stage and measure."""
    one = _own(request, pk)
    context = {
        "account": one,
        "figures": figures(one),
        "summary": summary(one),
        "stages": stages(one),
        "may_review": bool(one.sampled) and actor_of(request).may(Action.REVIEW_DECISIONS),
    }
    return render(request, "oversight/account.html", context)


@needs(Action.REVIEW_DECISIONS)
@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The decisions drawn, of a landlord alone, without the comparisons: a reader judges each by its own record."""
    one = _own(request, pk)
    if one.organisation.kind != Kind.LANDLORD:
        raise Http404
    rows = sampled(one)
    record("seen", one, decisions=len(rows))
    return render(request, "oversight/review.html", {"account": one, "rows": rows})


def _list(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    organisation, today = _entitled(request), timezone.localdate()
    until = comparing.not_before(organisation)
    context = {
        "accounts": Treatment.objects.of(organisation),
        "year": today.year,
        "until": until if until and until > timezone.now() else None,
        "problem": problem,
    }
    return render(request, "oversight/accounts.html", context, status=status)


def _entitled(request: HttpRequest) -> Organisation:
    organisation = ours(request)
    if organisation.kind not in ENTITLED:
        raise Http404
    return organisation


def _own(request: HttpRequest, pk: int) -> Treatment:
    found: Treatment = get_object_or_404(Treatment.objects.of(_entitled(request)).select_related("organisation"), pk=pk)
    return found
