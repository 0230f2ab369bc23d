"""Why an application is presented for a home, passed over, or not eligible: its own facts, and what decided."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from carreau.allocation.allocate import source_facts
from carreau.allocation.allocation import Allocation
from carreau.allocation.fit.conditions import names
from carreau.allocation.fit.offers import KIND, offers
from carreau.allocation.fit.pairs import Finder
from carreau.allocation.fit.seekers import PROFILE, profiles
from carreau.allocation.policy import Policy
from carreau.allocation.presenting import ONE_BY_ONE
from carreau.allocation.standing import Standing, standing
from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.rules.points import points

PRESENTED, PASSED_OVER, INELIGIBLE = "presented", "passed_over", "ineligible"
BY_RIGHT = ("points", "class", "lottery", "seniority", "identifier", "reserver", "alone", "proposed_elsewhere")
"""What can have decided a first rank when nothing but the order of rights was weighed."""


@dataclass(frozen=True)
class Own:
    """The facts of an application that bear on a home: rooms it asks for and needs, points, since when it waits."""

    rooms: tuple[int, int]
    surface: int
    points: int | None
    breakdown: tuple[tuple[str, int], ...]
    pending: tuple[tuple[str, int, str], ...]
    seniority_from: date


@dataclass(frozen=True)
class Case:
    """An application and a home. Nothing of another application but how many were in the running.

    `kind`: `presented`, `passed_over` (eligible) or `ineligible`. `rank` among those in the running, of `running`;
    None for who is not eligible, or was proposed another home. `presented`: how many are. `fails`: conditions
    (`fit.conditions`), and `place` for a commune that is not asked for. `decided_by` as in `Allocation.candidates`:
    what put it before the next, or the last one presented before it; "" for who is not eligible. `favoured`: the
    population of the quota that the first place was kept for, "" for none: it says something of whoever has it, so that
    only those who see the candidates are told. `aims`: the populations of all quotas of the policy. `home` is what the
    register says of it.
    """

    kind: str
    application_id: str
    vacancy_id: str
    home: Mapping[str, Any]
    rank: int | None
    running: int
    presented: int
    decided_by: str
    favoured: str
    aims: tuple[str, ...]
    fails: tuple[str, ...]
    own: Own


@dataclass(frozen=True)
class Placed:
    """Where an application stands for a home: what fails, its place among those in the running, how many they are."""

    fails: tuple[str, ...]
    rank: int | None
    running: int
    before: str | None
    """The last application presented, when this one comes after it: never told."""


class Asking:
    """A run and what it was made from, ready to answer.

    Raises BadInput when the run was made from another territory or another state of it, or under another policy.
    """

    def __init__(self, allocation: Allocation, territory: Territory, policy: Policy) -> None:
        if allocation.facts["territory"] != source_facts(territory):
            raise BadInput("the run was made from another territory, or before this one changed", file=territory.path)
        if allocation.facts["policy"]["name"] != policy.name:
            raise BadInput(f"the run was made under the policy {allocation.facts['policy']['name']}, not {policy.name}")
        self.allocation, self.policy, self.day = allocation, policy, territory.reference_date
        self.applications = territory.table("applications").collect()
        of_run = allocation.vacancies.select("vacancy_id", pl.col("reserver").alias("of_run"))
        self.homes = (
            offers(territory)
            .join(of_run, on="vacancy_id", how="left", maintain_order="left")
            .with_columns(pl.col("of_run").alias("reserver"))
            .drop("of_run")
        )
        self.epcis = self.homes["epci"].drop_nulls().unique().sort().to_list()

    @cached_property
    def ranked(self) -> Standing:
        """The ranking that the run was made with."""
        return self.ranking(self.applications)

    def ranking(self, applications: pl.DataFrame) -> Standing:
        """The ranking of applications as the run makes it."""
        return standing(applications, self.policy, self.day, epcis=self.epcis, seed=str(self.allocation.facts["seed"]))

    def row(self, application_id: str) -> dict[str, Any]:
        """An application as the register has it. Raises BadInput when there is none."""
        rows = self.applications.filter(pl.col("application_id") == application_id)
        if rows.is_empty():
            raise BadInput(f"application {application_id} is not among the applications of this territory")
        return rows.row(0, named=True)

    def home(self, *, vacancy_id: str = "", home_id: str = "") -> dict[str, Any]:
        """A vacated home (its first vacancy), as offered. Raises BadInput when it was not vacated."""
        column, wanted = ("vacancy_id", vacancy_id) if vacancy_id else ("home_id", home_id)
        rows = self.homes.with_row_index("turn").filter(pl.col(column) == wanted)
        if rows.is_empty():
            raise BadInput(f"{column.removesuffix('_id')} {wanted} is not among the vacancies of this allocation")
        return rows.row(0, named=True)

    def case(self, application_id: str, *, vacancy_id: str = "", home_id: str = "") -> Case:
        """What became of an application for a vacancy, or for a home. Raises BadInput for an unknown one of either."""
        row, home = self.row(application_id), self.home(vacancy_id=vacancy_id, home_id=home_id)
        shown = self.allocation.candidates.filter(pl.col("vacancy_id") == home["vacancy_id"]).sort("rank")
        mine = shown.filter(pl.col("application_id") == application_id)
        placed = self.placed(self.ranked, home, application_id)
        kind = INELIGIBLE if placed.fails else PASSED_OVER if mine.is_empty() else PRESENTED
        case = Case(
            kind=kind,
            application_id=application_id,
            vacancy_id=home["vacancy_id"],
            home=home,
            rank=placed.rank,
            running=placed.running,
            presented=shown.height,
            decided_by=self._decided(kind, placed, application_id),
            favoured=self._favoured(shown),
            aims=tuple(dict.fromkeys(one.population for one in self.policy.quotas)),
            fails=placed.fails,
            own=self._own(row),
        )
        if kind != PRESENTED:
            return case
        told = mine.row(0, named=True)
        return replace(case, rank=told["rank"], running=told["eligible_count"], decided_by=told["decided_by"])

    def placed(self, ranked: Standing, home: Mapping[str, Any], application_id: str) -> Placed:
        """Where an application of a ranking stands for a home, those proposed elsewhere in the run left out."""
        asked = {**home, "kind_of_home": 0}
        kind = pl.DataFrame([{name: home[name] for name in KIND}], schema=self.homes.select(KIND).schema)
        found = Finder(ranked, self.policy, self.day, kind).of_home(asked)
        ids = ranked.frame["application_id"][found.application]
        fails = () if application_id in ids else self._fails(ranked, asked, kind, application_id)
        elsewhere = self._elsewhere(home)
        running = ids.filter(~ids.is_in(elsewhere.implode())).to_list()
        first = self._kept_first(home)
        if first is not None and first != application_id:
            running = [first, *(one for one in running if one != first)]
        rank = running.index(application_id) + 1 if application_id in running else None
        last = running[self.policy.candidates - 1] if rank and rank > self.policy.candidates else None
        return Placed(fails, rank, len(running), last)

    def _fails(
        self, ranked: Standing, home: dict[str, Any], kind: pl.DataFrame, application_id: str
    ) -> tuple[str, ...]:
        """The conditions that fail for one application alone; its contingent, when no other does."""
        place = ranked.frame["application_id"].index_of(application_id)
        own = ranked.frame.filter(pl.col("application_id") == application_id)
        here = np.zeros(1, dtype=np.int32)
        alone = Standing(
            own, ranked.breakdown, profiles(own.select("application_id", *PROFILE)), {home["commune"]: (here, here)}
        )
        found = Finder(alone, self.policy, self.day, kind).of_home(home)
        wanted = place in ranked.who_wants(home["commune"])[0]
        fails = [*([] if wanted else ["place"]), *(names(int(found.failing[0])) if found.failing.size else [])]
        return tuple(fails) or ("reserver",)

    def _elsewhere(self, home: Mapping[str, Any]) -> pl.Series:
        """Who was proposed another home: before this one's turn, where homes are taken one after the other."""
        given = self.allocation.assignments.join(self.homes.with_row_index("turn"), on="vacancy_id", how="inner")
        others = (
            pl.col("turn") < home["turn"] if self.policy.mechanism in ONE_BY_ONE else pl.col("turn") != home["turn"]
        )
        return given.filter(others)["application_id"]

    def _kept_first(self, home: Mapping[str, Any]) -> str | None:
        """Who holds the first place for another reason than its right."""
        first = self.allocation.candidates.filter(pl.col("vacancy_id") == home["vacancy_id"], pl.col("rank") == 1)
        if first.is_empty() or first["decided_by"].item() in BY_RIGHT:
            return None
        return str(first["application_id"].item())

    def _decided(self, kind: str, placed: Placed, application_id: str) -> str:
        if kind == INELIGIBLE:
            return ""
        if placed.rank is None:
            return "proposed_elsewhere"
        if placed.before is None:
            return "alone"
        columns = ("level", "points", "seniority_from")
        mine, last = (
            self.ranked.frame.filter(pl.col("application_id") == one).select(columns).row(0, named=True)
            for one in (application_id, placed.before)
        )
        if mine["level"] != last["level"]:
            return "class" if self.policy.mechanism == "lottery" else "points"
        if self.policy.mechanism == "lottery":
            return "lottery"
        return "seniority" if mine["seniority_from"] != last["seniority_from"] else "identifier"

    def _favoured(self, shown: pl.DataFrame) -> str:
        """The population that the first place was kept for."""
        named = shown.filter(pl.col("rank") == 1)["quota"].drop_nulls()
        populations = {one.name: one.population for one in self.policy.quotas}
        return populations.get(named[0], "") if named.len() else ""

    def _own(self, row: Mapping[str, Any]) -> Own:
        own = self.ranked.frame.filter(pl.col("application_id") == row["application_id"]).row(0, named=True)
        lines: tuple[tuple[str, int], ...] = ()
        pending: tuple[tuple[str, int, str], ...] = ()
        if self.policy.grid is not None:
            frame = self.applications.filter(pl.col("application_id") == row["application_id"])
            scored = points(frame, self.policy.grid, self.day)
            lines = tuple(scored.breakdown.sort("points", descending=True, maintain_order=True)
                          .select("criterion", "points").iter_rows())  # fmt: skip
            pending = tuple(scored.pending.select("criterion", "points", "awaits").iter_rows())
        rooms = own["rooms_min"], own["rooms_max"]
        return Own(rooms, own["surface"], own["points"], lines, pending, own["seniority_from"])
