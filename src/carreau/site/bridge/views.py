"""A landlord's registers: send one, rank candidates, publish the map; each is long work, followed on its own page."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from carreau.allocation.policy import Policy
from carreau.allocation.replay.drawing import draws_lots
from carreau.allocation.shipped import policies
from carreau.site.accounts.rights import Action, needs
from carreau.site.bridge.models import Register
from carreau.site.bridge.uploads import keep
from carreau.site.jobs.work import start
from carreau.site.pages.templatetags.words import language, say

PUBLISHERS = ("territory", "state")
LARGEST = 2_000_000_000
ENDINGS = (".csv", ".csv.gz", ".txt", ".zip")
FIRST_YEAR, LAST_YEAR = 2012, 2100


class Upload(forms.Form):
    """A landlord's RPLS file and the year that it describes."""

    year = forms.IntegerField()
    file = forms.FileField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("year", "file"):
            wrong = say(f"bridge.wrong_{name}")
            self.fields[name].error_messages = dict.fromkeys(("required", "invalid", "missing", "empty"), wrong)

    def clean_year(self) -> int:
        """A year that a register can be of."""
        year: int = self.cleaned_data["year"]
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise forms.ValidationError(say("bridge.wrong_year"))
        return year

    def clean_file(self) -> Any:
        """A text file, compressed or not, of a size that can be read."""
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(ENDINGS) or file.size > LARGEST:
            raise forms.ValidationError(say("bridge.wrong_file"))
        return file


@needs(Action.START_JOB)
def registers(request: HttpRequest) -> HttpResponse:
    """The registers that describe the organisation's homes, and the form to send one."""
    return _page(request, Upload())


@require_POST
@needs(Action.START_JOB)
def send(request: HttpRequest) -> HttpResponse:
    """Keep a file and start reading it. Only a landlord has a register to send."""
    actor = request.actor  # type: ignore[attr-defined]
    form = Upload(request.POST, request.FILES)
    if actor.organisation.kind != "landlord":
        form.add_error(None, say("bridge.only_landlords"))
    if not form.is_valid():
        return _page(request, form, status=400)
    upload = keep(form.cleaned_data["file"])
    job = start(
        "import_register", actor, upload=upload, year=form.cleaned_data["year"], organisation=actor.organisation.pk
    )
    return redirect("job", job.pk)


@require_POST
@needs(Action.START_JOB)
def rank(request: HttpRequest, pk: int) -> HttpResponse:
    """Rank candidates for the landlord's open vacancies in a register."""
    actor = request.actor  # type: ignore[attr-defined]
    register = get_object_or_404(Register.objects.of(actor.organisation), pk=pk)
    policy = request.POST.get("policy", "")
    if policy not in _offered():
        return _page(request, Upload(), problem=say("bridge.wrong_policy"), status=400)
    job = start("allocate", actor, register=register.pk, policy=policy, organisation=actor.organisation.pk)
    return redirect("job", job.pk)


@require_POST
@needs(Action.START_JOB)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the protected map of a register; for a territory or the State, since it shows every landlord's homes."""
    actor = request.actor  # type: ignore[attr-defined]
    register = get_object_or_404(Register.objects.of(actor.organisation), pk=pk)
    if actor.organisation.kind not in PUBLISHERS:
        return _page(request, Upload(), problem=say("bridge.only_publishers"), status=400)
    return redirect("job", start("release", actor, register=register.pk).pk)


def _offered() -> dict[str, Policy]:
    """The policies that need no draw of lots: those that do are announced, and run, where lots are drawn."""
    loaded = {name: Policy.load(name) for name in policies()}
    return {name: rules for name, rules in loaded.items() if not draws_lots(rules)}


def _page(request: HttpRequest, form: Upload, *, problem: str = "", status: int = 200) -> HttpResponse:
    organisation = request.actor.organisation  # type: ignore[attr-defined]
    context = {
        "form": form,
        "problem": problem,
        "registers": Register.objects.of(organisation),
        "policies": [(name, rules.title[language()]) for name, rules in _offered().items()],
        "may_send": organisation.kind == "landlord",
        "may_publish": organisation.kind in PUBLISHERS,
    }
    return render(request, "bridge/registers.html", context, status=status)
