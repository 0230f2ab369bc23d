"""The runs that ranked candidates: what each was made from, its signed record, and whether it comes out again."""

import json

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from carreau.site.accounts.rights import Action, needs
from carreau.site.audit.events import record
from carreau.site.bridge.models import Result, ResultQuerySet
from carreau.site.jobs.work import start
from carreau.site.oversight.replaying import record_of
from carreau.site.oversight.views.asking import actor_of, ours
from carreau.site.oversight.wording import left_out, policy_in_words, replays

A_PAGE = 30


@needs(Action.SEE_RUNS)
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """The runs on the organisation's homes, the newest first."""
    page = Paginator(_ours(request).prefetch_related("replays"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "oversight/runs.html", {"page": page})


@needs(Action.SEE_RUNS)
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run."""
    one = _own(request, pk)
    context = {
        "run": one,
        "record": record_of(one),
        "policy": policy_in_words(one),
        "left_out": left_out(one),
        "draw": getattr(one, "draw", None),
        "replays": replays(one),
        "may_replay": actor_of(request).may(Action.START_JOB),
    }
    return render(request, "oversight/run.html", context)


@needs(Action.SEE_RUNS)
@require_safe
def record_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed record as a file, to verify elsewhere. It holds hashes and versions, and nothing of anybody."""
    one = _own(request, pk)
    record("exported", one)
    written = json.dumps(one.record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    answer = HttpResponse(written, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="carreau-{one.digest[:16]}.json"'
    return answer


@needs(Action.START_JOB)
@require_POST
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Run again, as long work."""
    one = _own(request, pk)
    return redirect("job", start("replay", actor_of(request), result=one.pk).pk)


def _ours(request: HttpRequest) -> ResultQuerySet:
    found: ResultQuerySet = Result.objects.of(ours(request)).select_related(
        "snapshot__register", "snapshot__landlord", "draw"
    )
    return found


def _own(request: HttpRequest, pk: int) -> Result:
    found: Result = get_object_or_404(_ours(request), pk=pk)
    return found
