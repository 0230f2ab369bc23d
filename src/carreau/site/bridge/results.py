"""Results of the engine into the database, against the state that the database is in by then."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from carreau.allocation.allocate import source_facts
from carreau.allocation.allocation import Allocation
from carreau.allocation.policy import Policy
from carreau.allocation.replay.drawing import Draw, draws_lots
from carreau.allocation.replay.record import record_of
from carreau.errors import BadInput
from carreau.site.applications.models import Application, Candidate
from carreau.site.audit.bulk import bulk
from carreau.site.bridge.models import Result, Snapshot
from carreau.site.bridge.signing import signed
from carreau.site.bridge.snapshot import given_back, hash_of, opened, results_on
from carreau.site.homes.models import Vacancy
from carreau.site.keyring.many import seal_many

BATCH = 2_000


def load_allocation(allocation: Allocation, snapshot: Snapshot, policy: Policy, draw: Draw | None = None) -> Result:
    """Put the candidates of an allocation under their vacancies, in the place of those proposed before.

    What changed since the snapshot is left out and counted in `left_out`: a vacancy that is no longer open, an
    application that is no longer active. The result keeps the signed record of the run; the allocation itself stays as
    long as the snapshot. Raises BadInput when the allocation was not made from this snapshot under this policy, or
    draws lots otherwise than in public: `draw` is where its seed comes from.
    """
    territory = opened(snapshot)
    if allocation.facts["territory"] != source_facts(territory):
        raise BadInput("the allocation was made from something else", file=f"snapshot {snapshot}")
    if draws_lots(policy) and draw is None:
        raise BadInput(f"{policy.name}: lots are drawn in public, with a seed that nobody chose")
    page = signed(record_of(territory, policy, allocation, draw))
    _keep(allocation, snapshot)
    vacancies = given_back(snapshot, list(Vacancy.objects.values_list("vacancy_id", flat=True)))
    numbers = given_back(snapshot, list(Application.objects.values_list("number", flat=True)))
    with transaction.atomic(), bulk("allocation loaded"):
        result = Result.objects.create(
            snapshot=snapshot,
            kind="allocation",
            policy=allocation.facts["policy"],
            seed=allocation.facts["seed"],
            version=allocation.facts["version"],
            digest=allocation.digest,
            record=page,
        )
        live = _Live(vacancies, numbers)
        candidates = list(live.candidates(allocation, result))
        asked = {vacancies[hash_of(one)] for one in allocation.vacancies["vacancy_id"]}
        Candidate.objects.filter(vacancy__in=asked & live.open).delete()
        Candidate.objects.bulk_create(candidates, BATCH)
        result.left_out = dict(live.left_out)
        result.save()
    return result


def kept(result: Result) -> Allocation | None:
    """The whole of what was found, as long as its snapshot is kept. Raises BadInput when it is not what was found."""
    if result.snapshot.expired or not (folder := _folder(result.snapshot, result.digest)).exists():
        return None
    return Allocation.open(folder)


def _keep(allocation: Allocation, snapshot: Snapshot) -> None:
    if not (folder := _folder(snapshot, allocation.digest)).exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        allocation.save(folder)


def _folder(snapshot: Snapshot, digest: str) -> Path:
    return results_on(snapshot) / digest[:32]


class _Live:
    """The vacancies and applications as they are now, locked until the transaction ends."""

    def __init__(self, vacancies: dict[str, str], numbers: dict[str, str]) -> None:
        self.vacancies, self.numbers = vacancies, numbers
        self.open = set(
            Vacancy.objects.advertised().select_for_update(of=("self",)).values_list("vacancy_id", flat=True)
        )
        active = Application.objects.filter(state=Application.State.ACTIVE).select_for_update()
        self.people = dict(active.values_list("number", "person_id"))
        self.left_out: Counter[str] = Counter()

    def candidates(self, allocation: Allocation, result: Result) -> Iterator[Candidate]:
        """The candidates that still hold, with the ranks that are left by those that do not."""
        lines = _breakdowns(allocation)
        kept = [row for row in self._rows(allocation) if self._holds(row)]
        sealed = seal_many(
            [self.people[row["number"]] for row in kept], [json.dumps(lines.get(row["own"], [])) for row in kept]
        )
        ranks: Counter[str] = Counter()
        for row, breakdown in zip(kept, sealed, strict=True):
            ranks[row["vacancy_id"]] += 1
            yield Candidate(
                vacancy_id=row["vacancy_id"],
                application_id=row["number"],
                person_id=self.people[row["number"]],
                result=result,
                rank=ranks[row["vacancy_id"]],
                points=row["points"],
                eligible_count=row["eligible_count"],
                decided_by=row["decided_by"],
                breakdown=breakdown,
            )

    def _rows(self, allocation: Allocation) -> Iterator[dict[str, Any]]:
        for row in allocation.candidates.sort("vacancy_id", "rank").iter_rows(named=True):
            own = row["application_id"]
            vacancy, number = self.vacancies[hash_of(row["vacancy_id"])], self.numbers[hash_of(own)]
            yield {**row, "own": own, "vacancy_id": vacancy, "number": number}

    def _holds(self, row: dict[str, Any]) -> bool:
        if row["vacancy_id"] not in self.open:
            self.left_out["vacancy_closed"] += 1
            return False
        if row["number"] not in self.people:
            self.left_out["application_inactive"] += 1
            return False
        return True


def _breakdowns(allocation: Allocation) -> dict[str, list[tuple[str, int]]]:
    ordered = allocation.breakdown.sort("points", descending=True, maintain_order=True)
    return {
        ids[0]: list(lines.select("criterion", "points").iter_rows())
        for ids, lines in ordered.partition_by("application_id", as_dict=True).items()
    }
