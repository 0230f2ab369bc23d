"""Acting for somebody: whom one may act for, asking for consent, beginning and stopping."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from carreau.site.accounts import representing
from carreau.site.accounts.forms import ConsentAtDeskForm, ConsentByLinkForm
from carreau.site.accounts.models import How, Representation
from carreau.site.accounts.rights import Action, needs
from carreau.site.accounts.views.organisation import ours
from carreau.site.accounts.views.own import me
from carreau.site.accounts.words import say_later
from carreau.site.audit import events

GONE = 410


@needs(Action.ACT_FOR_PERSON)
@require_http_methods(["GET", "HEAD"])
def represented(request: HttpRequest) -> HttpResponse:
    """Whom one may act for. Looking is recorded."""
    return _page(request, ConsentByLinkForm(), ConsentAtDeskForm())


@needs(Action.ACT_FOR_PERSON)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask somebody for their consent by e-mail."""
    form = ConsentByLinkForm(request.POST)
    if not form.is_valid():
        return _page(request, form, ConsentAtDeskForm(), status=400)
    representing.ask_consent(request, me(request), ours(request), form.cleaned_data["address"])
    messages.success(request, str(say_later("accounts.message.consent_asked")))
    return redirect("represented")


@needs(Action.ACT_FOR_PERSON)
@require_POST
def record(request: HttpRequest) -> HttpResponse:
    """Record the consent of somebody at the desk who has no e-mail."""
    form = ConsentAtDeskForm(request.POST)
    if not form.is_valid():
        return _page(request, ConsentByLinkForm(), form, status=400)
    name, how = form.cleaned_data["name"], How(form.cleaned_data["how"])
    representing.record_consent(me(request), ours(request), name, how)
    messages.success(request, str(say_later("accounts.message.consent_recorded")))
    return redirect("represented")


@needs(Action.ACT_FOR_PERSON)
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Act for this person from now on."""
    mine = Representation.objects.of(ours(request)).in_force().filter(officer=me(request))
    representing.begin(request, get_object_or_404(mine, pk=pk))
    return redirect("front")


@needs(Action.STOP_ACTING)
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Act for oneself again."""
    representing.stop(request)
    return redirect("represented")


@needs(Action.SIGN_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """Agree that somebody acts for oneself; the token came by e-mail, so it says who agrees."""
    found = representing.asked_by(token)
    if request.method == "POST":
        found = representing.agree(token)
    given = request.method == "POST" and found is not None
    values = {"asked": found, "given": given}
    return render(request, "accounts/consent.html", values, status=200 if found else GONE)


def _page(
    request: HttpRequest, by_link: ConsentByLinkForm, at_desk: ConsentAtDeskForm, status: int = 200
) -> HttpResponse:
    mine = Representation.objects.of(ours(request)).in_force().filter(officer=me(request)).select_related("represented")
    events.record("seen", Representation, people=len(mine))
    values = {"mine": mine, "by_link": by_link, "at_desk": at_desk}
    return render(request, "accounts/represented.html", values, status=status)
