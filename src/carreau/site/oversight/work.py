"""Long work for whoever checks: run again, freeze candidates, draw lots, compare."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from carreau.site.accounts.models import Organisation
from carreau.site.bridge.models import Result
from carreau.site.jobs.work import Handle, work
from carreau.site.oversight import comparing, drawing, replaying
from carreau.site.oversight.models import Draw


@work("replay", address=lambda result: reverse("run", args=[result["result"]]))
def run_again(job: Handle, *, result: int) -> Mapping[str, Any]:
    """Run again what a result was made from, and keep the verdict."""
    one = Result.objects.select_related("snapshot__register").get(pk=result)
    found = replaying.done_again(one, job.progress)
    with job.committing():
        replaying.keep(one, found)
    return {"result": result, "digest": found.digest}


@work("freeze_draw", address=lambda result: reverse("draw", args=[result["draw"]]))
def freeze(job: Handle, *, draw: int) -> Mapping[str, Any]:
    """Freeze the candidates of a draw and note their hash."""
    one = drawing.freeze(_draw(draw), job.progress, job)
    return {"draw": draw, "digest": one.frozen_sha256}


@work("make_draw", address=lambda result: reverse("draw", args=[result["draw"]]))
def make(job: Handle, *, draw: int) -> Mapping[str, Any]:
    """Rank the frozen candidates by the lots drawn."""
    one = drawing.make(_draw(draw), job.progress, job)
    return {"draw": draw, "digest": one.result.digest if one.result else ""}


@work("compare_treatment", address=lambda result: reverse("treatment_account", args=[result["account"]]))
def compare(job: Handle, *, organisation: int, year: int) -> Mapping[str, Any]:
    """Compare how applications were treated, for a landlord, a territory or the State."""
    made = comparing.compare(Organisation.objects.get(pk=organisation), year, job.progress)
    with job.committing():
        kept = comparing.keep(made)
    return {"account": kept.pk, "digest": kept.digest}


def _draw(pk: int) -> Draw:
    return Draw.objects.select_related("organisation", "register", "snapshot", "result").get(pk=pk)
