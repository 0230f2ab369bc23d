"""Whom each home is presented to: the one proposed, then the best placed of those still in the running."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.allocation.allocation import CANDIDATES
from carreau.allocation.fit.effort import Efforts
from carreau.allocation.fit.pairs import Pairs
from carreau.allocation.market import NOBODY, Assignment, Ints
from carreau.allocation.policy import Policy
from carreau.allocation.reserves import Asked
from carreau.allocation.standing import Standing

ONE_BY_ONE = ("points", "first_come", "lottery", "choice")
"""Mechanisms that take homes in their order: who is proposed a later one is still in the running for this one."""
NOBODY_YET = np.iinfo(np.int64).max
LOOKED_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class Presenting:
    """What is needed to present homes. `claims` are the reserves of the market, by their number."""

    policy: Policy
    standing: Standing
    pairs: Pairs
    assignment: Assignment
    claims: tuple[Asked, ...]

    @cached_property
    def level(self) -> Ints:
        """[applications]: the level of each in the ranking (see `Standing`)."""
        return self.standing.frame["level"].to_numpy()

    @cached_property
    def since(self) -> Ints:
        """[applications]: the day that the seniority of each counts from."""
        return self.standing.frame["seniority_from"].to_physical().to_numpy()

    def candidates(self, homes: pl.DataFrame, efforts: Efforts) -> pl.DataFrame:
        """The candidates of every home (see `Allocation.candidates`)."""
        rows = list(self._rows())
        schema = {"home": pl.Int64, "rank": pl.Int16, "place": pl.Int64, "eligible_count": pl.Int32,
                  "decided_by": pl.String, "quota": pl.String, "proposed_elsewhere": pl.Boolean}  # fmt: skip
        found = pl.DataFrame(rows, schema=schema, orient="row")
        told = homes.select("vacancy_id", "home_id", "commune", "rent", "agreement")[found["home"]]
        people = self.standing.frame.select("application_id", "points", "seniority_from")[found["place"]]
        effort = pl.Series("effort", efforts.of_pairs(told, found["place"].to_numpy())).replace(-1, None)
        whole = pl.concat([found, told, people, effort.to_frame()], how="horizontal")
        return whole.select(pl.col(name).cast(kind) for name, kind in CANDIDATES.items())

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        gone = np.full(self.standing.frame.height, NOBODY_YET, dtype=np.int64)
        assigned = np.flatnonzero(self.assignment.application != NOBODY)
        gone[self.assignment.application[assigned]] = assigned
        lots = [_Lot(self, lot, gone) for lot in range(self.pairs.starts.size - 1)]
        for home, lot in enumerate(self.pairs.lot.tolist()):
            yield from lots[lot].rows(home)


class _Lot:
    """The applications of one lot and the homes that they got; its homes are asked in their order."""

    def __init__(self, presenting: Presenting, lot: int, gone: Ints) -> None:
        self.presenting = presenting
        starts = presenting.pairs.starts
        self.members = presenting.pairs.application[starts[lot] : starts[lot + 1]]
        self.gone = gone[self.members]
        self.in_order = np.sort(self.gone)
        self.one_by_one = presenting.policy.mechanism in ONE_BY_ONE
        self.first = 0
        self.level, self.since = presenting.level, presenting.since

    def rows(self, home: int) -> Iterator[tuple[Any, ...]]:
        """One home's rows, by rank."""
        policy = self.presenting.policy
        own = int(self.presenting.assignment.application[home])
        waiting = [place for place in self._waiting(home, policy.candidates + 1) if place != own]
        running = ([own] if own != NOBODY else []) + waiting
        count = self._count(home)
        presented = running[: policy.candidates]
        for rank, place in enumerate(presented, start=1):
            following = running[rank] if rank < len(running) else None
            favoured = self._favoured(home) if rank == 1 and place == own else None
            decided = "quota" if favoured else self._decided(place, following)
            yield home, rank, place, count, decided, favoured, False
        for rank, place in enumerate(self._elsewhere(home, policy.candidates - len(presented)), len(presented) + 1):
            yield home, rank, place, count, "proposed_elsewhere", None, True

    def _is_elsewhere(self, home: int, gone: Ints) -> npt.NDArray[np.bool_]:
        return gone < home if self.one_by_one else (gone != NOBODY_YET) & (gone != home)

    def _waiting(self, home: int, most: int) -> list[int]:
        """The first of those not proposed elsewhere, by right."""
        if self.one_by_one:
            self._skip(home)
        found: list[int] = []
        place, size = self.first, LOOKED_AT_ONCE
        while place < self.members.size and len(found) < most:
            free = ~self._is_elsewhere(home, self.gone[place : place + size])
            found += self.members[place : place + size][free].tolist()
            place, size = place + size, 2 * size
        return found[:most]

    def _skip(self, home: int) -> None:
        """Past those at the head who are proposed a home before this one."""
        size = LOOKED_AT_ONCE
        while self.first < self.members.size:
            left = self.gone[self.first : self.first + size] >= home
            if left.any():
                self.first += int(left.argmax())
                return
            self.first, size = self.first + size, 2 * size

    def _count(self, home: int) -> int:
        if self.one_by_one:
            return int(self.members.size - np.searchsorted(self.in_order, home))
        own = int((self.gone == home).any())
        return int(self.members.size - np.searchsorted(self.in_order, NOBODY_YET)) + own

    def _elsewhere(self, home: int, most: int) -> list[int]:
        if most <= 0:
            return []
        return self.members[self._is_elsewhere(home, self.gone)][:most].tolist()

    def _favoured(self, home: int) -> str | None:
        claim = int(self.presenting.assignment.reserve[home])
        return self.presenting.claims[claim].quota.name if claim >= 0 else None

    def _decided(self, place: int, following: int | None) -> str:
        """What put one before the next: by right, unless the mechanism weighed more than rights."""
        if following is None:
            return "alone"
        policy = self.presenting.policy
        if policy.mechanism in ("optimal", "deferred", "choice") and following < place:
            return policy.mechanism
        if self.level[place] != self.level[following]:
            return "class" if policy.mechanism == "lottery" else "points"
        if policy.mechanism == "lottery":
            return "lottery"
        if policy.reservers.strength == "soft" and following < place:
            return "reserver"
        return "seniority" if self.since[place] != self.since[following] else "identifier"
