"""An organisation's long work: the list, one job followed, cancel, retry."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from carreau.site.accounts.actor import Actor
from carreau.site.accounts.rights import Action, check, needs
from carreau.site.jobs import asking
from carreau.site.jobs.models import Job
from carreau.site.jobs.states import UNFINISHED, Refused
from carreau.site.jobs.wording import Said

A_PAGE = 50


@needs(Action.SEE_JOBS)
def jobs(request: HttpRequest) -> HttpResponse:
    """The organisation's jobs, the newest first."""
    found = Job.objects.of(_actor(request).organisation)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    waiting = any(one.state in UNFINISHED for one in page)
    return render(request, "jobs/jobs.html", {"page": page, "jobs": [Said(one) for one in page], "waiting": waiting})


@needs(Action.SEE_JOBS)
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One job; only what changes while it runs when htmx asks, which loads the page anew at the end."""
    found = _own(request, pk)
    context: dict[str, Any] = {"job": Said(found), "unfinished": found.state in UNFINISHED}
    if request.headers.get("HX-Request") != "true":
        return render(request, "jobs/job.html", context | _possible(request, found))
    answer = render(request, "jobs/_followed.html", context)
    if found.state not in UNFINISHED:
        answer["HX-Refresh"] = "true"
    return answer


@needs(Action.CANCEL_JOB)
@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Cancel a job, or ask a running one to stop."""
    return _asked(request, pk, Action.CANCEL_JOB)


@needs(Action.RETRY_JOB)
@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Queue again what failed, was cancelled or lost."""
    return _asked(request, pk, Action.RETRY_JOB)


def _asked(request: HttpRequest, pk: UUID, action: Action) -> HttpResponse:
    actor, found = _actor(request), _own(request, pk)
    try:
        check(actor.role, action, found.state)
        (asking.cancel if action is Action.CANCEL_JOB else asking.retry)(pk, actor)
    except (PermissionDenied, Refused):
        found.refresh_from_db()
        context = {"job": Said(found), "unfinished": found.state in UNFINISHED, "too_late": True}
        return render(request, "jobs/job.html", context | _possible(request, found), status=409)
    return redirect("job", pk)


def _possible(request: HttpRequest, found: Job) -> dict[str, bool]:
    actor = _actor(request)
    return {
        "may_cancel": actor.may(Action.CANCEL_JOB, found.state) and not found.cancel_asked,
        "may_retry": actor.may(Action.RETRY_JOB, found.state),
    }


def _own(request: HttpRequest, pk: UUID) -> Job:
    jobs_of_theirs = Job.objects.of(_actor(request).organisation).select_related("asked_by")
    return get_object_or_404(jobs_of_theirs, pk=pk)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
