"""The log of an organisation's records, page by page and as a file. Whoever reads it is entered in it."""

import csv
from collections.abc import Iterator
from io import StringIO
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from carreau.site.accounts.actor import Actor
from carreau.site.accounts.models import Organisation
from carreau.site.accounts.rights import Action, needs
from carreau.site.audit.entry import EntryQuerySet
from carreau.site.audit.events import record
from carreau.site.audit.models import Entry
from carreau.site.audit.search import MODEL, VERB, Search, choices
from carreau.site.audit.wording import Line, lines
from carreau.site.pages.templatetags.words import say

A_PAGE = 50
A_BATCH = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@needs(Action.SEE_AUDIT)
@never_cache
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """The entries asked for, the newest first."""
    actor, organisation = _reader(request)
    search, opened = Search(request.GET), actor.may(Action.OPEN_AUDIT)
    found = list(search.of(Entry.objects.of(organisation))[: A_PAGE + 1])
    page, more = found[:A_PAGE], len(found) > A_PAGE
    shown = lines(page, organisation, opened=opened)
    record("seen", Entry, entries=len(page), opened=opened, **search.given())
    kept = urlencode(search.given())
    context = {
        "search": search,
        "lines": shown,
        "models": choices(MODEL),
        "verbs": choices(VERB),
        "kept": kept,
        "older": f"?{urlencode({**search.given(), 'before': page[-1].pk})}" if more else "",
        "newest": f"?{kept}" if request.GET.get("before") else "",
    }
    return render(request, "audit/log.html", context, status=200 if search.is_valid() else 400)


@needs(Action.SEE_AUDIT)
@never_cache
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All the entries asked for, as CSV."""
    actor, organisation = _reader(request)
    search, opened = Search(request.GET), actor.may(Action.OPEN_AUDIT)
    found = search.of(Entry.objects.of(organisation))
    record("exported", Entry, opened=opened, **search.given())
    response = StreamingHttpResponse(_csv(found, organisation, opened=opened), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="journal.csv"'
    return response


def _csv(found: EntryQuerySet, organisation: Organisation, *, opened: bool) -> Iterator[str]:
    heads = ("number", "when", "who", "did", "what", "id", "field", "before", "after")
    yield "\ufeff" + _row([say(f"audit.{one}") for one in heads])
    last: int | None = None
    while batch := list((found.filter(pk__lt=last) if last else found)[:A_BATCH]):
        last = batch[-1].pk
        for line in lines(batch, organisation, opened=opened):
            yield from _rows(line)


def _rows(line: Line) -> Iterator[str]:
    """A row for each changed field, or one when none is named."""
    start = [str(line.number), line.at.isoformat(), line.who, line.verb, line.what, line.object_id]
    for change in line.changes:
        yield _row([*start, change.name, change.before, change.after])
    if not line.changes:
        yield _row([*start, "", "", ""])


def _row(cells: list[str]) -> str:
    """A row in which no cell is taken for a formula."""
    written = StringIO()
    csv.writer(written).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return written.getvalue()


def _reader(request: HttpRequest) -> tuple[Actor, Organisation]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.organisation is None:
        raise Http404
    return actor, actor.organisation
