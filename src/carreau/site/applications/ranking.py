"""The ranking that a question about a home is answered from: the result that was kept, on its snapshot."""

from dataclasses import dataclass

import polars as pl

from carreau.allocation.explain_case import Asking
from carreau.allocation.policy import Policy
from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.site.applications.models import Application, Candidate
from carreau.site.bridge.models import Result, Snapshot
from carreau.site.bridge.results import kept
from carreau.site.bridge.snapshot import given_back, hash_of, opened
from carreau.site.homes.models import Vacancy

LOOKED_AT = 5
"""Rankings of a register that are looked through for a home without candidates, the last first."""

_KEPT: dict[str, Asking] = {}
"""The ranking asked about last, by the digest of its result: two questions in a row rank everybody once."""


class Unanswerable(Exception):  # noqa: N818 - it says what the question is
    """There is nothing to answer from: `code` is `not_ranked`, `expired` or `not_in_ranking`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Named:
    """A home to let and an application as a snapshot calls them."""

    vacancy: str
    application: str


def last_result(vacancy: Vacancy) -> Result:
    """The last ranking for a home to let. Raises Unanswerable when there is none, or none is left to look into."""
    presented = Candidate.objects.filter(vacancy=vacancy).select_related("result__snapshot").first()
    if presented is not None:
        return presented.result
    found = Result.objects.filter(kind="allocation", snapshot__register=vacancy.home.register)
    code = "not_ranked"
    for result in found.select_related("snapshot")[:LOOKED_AT]:
        if result.snapshot.expired:
            code = "expired"
        elif _called(result.snapshot, opened(result.snapshot), "vacancies", "vacancy_id", vacancy.pk):
            return result
    raise Unanswerable(code)


def named(result: Result, vacancy: Vacancy, application: Application) -> Named:
    """What a ranking's snapshot calls both. Raises Unanswerable when either is not in it, or it has expired."""
    if result.snapshot.expired:
        raise Unanswerable("expired")
    territory = opened(result.snapshot)
    home = _called(result.snapshot, territory, "vacancies", "vacancy_id", vacancy.pk)
    own = _called(result.snapshot, territory, "applications", "application_id", application.pk)
    if home is None or own is None:
        raise Unanswerable("not_in_ranking")
    return Named(home, own)


def run_of(result: Result) -> Asking:
    """The run behind a result, as it was kept with its snapshot. Raises BadInput when it is not, or not any more."""
    if result.snapshot.expired:
        _KEPT.pop(result.digest, None)
    territory = opened(result.snapshot)
    if result.digest not in _KEPT:
        run = kept(result)
        if run is None:
            raise BadInput("the run was not kept", file=f"result {result}")
        _KEPT.clear()
        _KEPT[result.digest] = Asking(run, territory, Policy.load(result.policy["name"]))
    return _KEPT[result.digest]


def _called(snapshot: Snapshot, territory: Territory, table: str, column: str, own: str) -> str | None:
    """The id that a record has in a table of a snapshot; None when it is not there."""
    (keyed,) = given_back(snapshot, [own])
    ids = territory.table(table).select(column).filter(pl.col(column).str.ends_with(keyed)).collect().to_series()
    return next((str(one) for one in ids if hash_of(one) == keyed), None)
