"""One draw of lots: what everybody can see of it, and the landlord's next step."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carreau.site.accounts.models import Kind
from carreau.site.accounts.rights import Action, needs
from carreau.site.jobs.models import Job
from carreau.site.jobs.work import start
from carreau.site.oversight import drawing
from carreau.site.oversight.forms import Announce, Value
from carreau.site.oversight.models import Draw
from carreau.site.oversight.views.asking import actor_of, ours
from carreau.site.oversight.wording import Shown, refusal


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """What was announced, what was frozen, which value came out and what follows from it."""
    return _page(request, get_object_or_404(Draw.objects.select_related("organisation", "result"), pk=pk), Value())


@needs(Action.ANNOUNCE_DRAW)
@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: HttpRequest) -> HttpResponse:
    """Announce lots for the landlord's own homes."""
    landlord = ours(request)
    if landlord.kind != Kind.LANDLORD:
        raise PermissionDenied
    form = Announce(landlord, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            made = drawing.announce(
                landlord, told["register"], told["policy"], (told["lots"], told["source"]), told["known"]
            )
        except drawing.Refused as refused:
            form.add_error(None, refusal(refused))
        else:
            return redirect("draw", made.pk)
    return render(request, "oversight/announce.html", {"form": form}, status=400 if form.is_bound else 200)


@needs(Action.ANNOUNCE_DRAW)
@require_POST
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the candidates, as long work."""
    one = _own(request, pk)
    if one.frozen_at is not None or one.known <= timezone.now():
        return _page(request, one, Value(), problem=refusal(drawing.Refused("frozen_or_too_late")), status=409)
    return _followed(start("freeze_draw", actor_of(request), draw=one.pk))


@needs(Action.ANNOUNCE_DRAW)
@require_POST
def make(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the value down, then draw, as long work; with the value written already, only draw again."""
    one = _own(request, pk)
    form = Value(request.POST)
    if one.value is None:
        if not form.is_valid():
            return _page(request, one, form, status=400)
        try:
            one = drawing.read(one, form.cleaned_data["value"])
        except drawing.Refused as refused:
            return _page(request, one, form, problem=refusal(refused), status=409)
    return _followed(start("make_draw", actor_of(request), draw=one.pk))


def _followed(job: Job) -> HttpResponse:
    return redirect("job", job.pk)


def _own(request: HttpRequest, pk: int) -> Draw:
    found: Draw = get_object_or_404(Draw.objects.of(ours(request)), pk=pk)
    return found


def _page(request: HttpRequest, one: Draw, form: Value, *, problem: str = "", status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    acts = actor.organisation == one.organisation and actor.may(Action.ANNOUNCE_DRAW)
    context = {"draw": Shown(one), "form": form, "problem": problem, "acts": acts}
    return render(request, "oversight/draw.html", context, status=status)
