"""For everybody: the key that signs, how to verify with it, and the draws that were announced."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carreau.allocation.replay.signing import fingerprint
from carreau.site.accounts.models import Kind
from carreau.site.accounts.rights import Action, needs
from carreau.site.bridge.signing import public_key, public_pem
from carreau.site.oversight.models import Draw
from carreau.site.oversight.views.asking import actor_of
from carreau.site.oversight.wording import Shown

A_PAGE = 30
LATEST = 3


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def oversight(request: HttpRequest) -> HttpResponse:
    """What can be checked, by whom, and how."""
    latest = Draw.objects.select_related("organisation", "result")[:LATEST]
    context = {"fingerprint": fingerprint(public_key()), "draws": [Shown(one) for one in latest]}
    return render(request, "oversight/oversight.html", context)


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def key(_request: HttpRequest) -> HttpResponse:
    """The public key as a file."""
    answer = HttpResponse(public_pem(), content_type="application/x-pem-file")
    answer["Content-Disposition"] = 'attachment; filename="carreau.pem"'
    return answer


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def draws(request: HttpRequest) -> HttpResponse:
    """Every draw of lots that was announced, the newest first: none is ever taken away."""
    found = Draw.objects.select_related("organisation", "result")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    actor = actor_of(request)
    landlord = actor.organisation is not None and actor.organisation.kind == Kind.LANDLORD
    context = {
        "page": page,
        "draws": [Shown(one) for one in page],
        "may_announce": landlord and actor.may(Action.ANNOUNCE_DRAW),
    }
    return render(request, "oversight/draws.html", context)
