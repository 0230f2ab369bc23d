"""Candidates for every vacated home: eligible applications, ranked by the policy, one proposal each."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from carreau import __version__
from carreau.allocation.allocation import CANDIDATES, VACANCIES, Allocation
from carreau.allocation.policy import Policy
from carreau.allocation.standing import Flags, Places, Standing, standing, within_column
from carreau.errors import BadInput
from carreau.progress import Progress, silent
from carreau.register.territory import Territory
from carreau.rules.ceilings import zone

CONDITIONS = ("rooms", "ceiling", "surface", "accessibility", "own_home")
SOURCES = ("homes", "vacancies", "applications")
TOLD_EVERY = 200


def allocate(territory: Territory, policy: Policy, *, seed: int = 1, progress: Progress = silent) -> Allocation:
    """Propose a household for each vacancy of a territory, with the candidates that follow it.

    Vacancies are taken by the day they can be let again, then id. Eligible is an application that wants the commune,
    whose wanted and needed rooms include the home's, that is within its income ceiling and above the overcrowding
    surface, has an adapted home if it needs one, and does not live there. Candidates are the best ranked among those
    not yet proposed elsewhere; the first is proposed. Rules are those in force on the territory's reference date.

    `seed` is recorded and changes nothing: ids break the last ties. Raises BadInput when a table is missing, a
    vacancy's home is not among the homes, or no ceiling is known for the reference date.
    """
    day = territory.reference_date
    homes = _vacated_homes(territory)
    ranked = standing(territory.table("applications").collect(), policy, day)
    matching = _Matching(ranked, policy.candidates)
    for done, home in enumerate(homes.iter_rows(named=True)):
        if done % TOLD_EVERY == 0:
            progress("allocate", done, homes.height)
        matching.fill(home)
    progress("allocate", homes.height, homes.height)
    candidates = matching.found()
    return Allocation(
        candidates=candidates,
        assignments=candidates.filter(pl.col("rank") == 1).select("vacancy_id", "home_id", "application_id"),
        breakdown=ranked.breakdown.join(candidates.select("application_id").unique(), on="application_id", how="semi"),
        vacancies=pl.DataFrame(matching.vacancies, schema=VACANCIES, orient="row"),
        facts=_facts(territory, policy, seed),
    )


def _vacated_homes(territory: Territory) -> pl.DataFrame:
    described = territory.table("homes").select(
        "home_id", "commune", "rooms", "surface", "ceiling_class", "access", pl.lit(True).alias("known")
    )
    vacancies = territory.table("vacancies").select("vacancy_id", "home_id", "available")
    joined = vacancies.join(described, on="home_id", how="left").sort("available", "vacancy_id").collect()
    if (lost := joined.filter(pl.col("known").is_null())).height:
        first = lost["vacancy_id"][0]
        raise BadInput(f"{lost.height} vacancies name a home that is not in homes, first {first}", file=territory.path)
    return joined.with_columns(
        zone(pl.col("commune"), territory.reference_date).cast(pl.String).alias("zone"),
        pl.col("ceiling_class").cast(pl.String),
        pl.col("access").cast(pl.String),
    )


@dataclass(frozen=True)
class _Wishing:
    """The applications that want one commune, as arrays in the order of the ranking."""

    places: Places
    rooms_min: Places
    rooms_max: Places
    surface: Places
    needs_adapted_home: Flags


@dataclass
class _Matching:
    standing: Standing
    presented: int
    candidates: list[tuple[Any, ...]] = field(default_factory=list)
    vacancies: list[tuple[Any, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        frame = self.standing.frame
        self.proposed = np.zeros(frame.height, dtype=np.bool_)
        self.within = {c: frame[c].to_numpy() for c in frame.columns if c.startswith("within_")}
        self.columns = {c: frame[c].to_numpy() for c in ("rooms_min", "rooms_max", "surface", "needs_adapted_home")}
        self.living_in: dict[str, list[int]] = {}
        for place, home_id in enumerate(frame["present_home_id"]):
            if home_id is not None:
                self.living_in.setdefault(home_id, []).append(place)
        self.points = frame["points"].fill_null(0).to_numpy()
        self.since = frame["seniority_from"].to_physical().to_numpy()
        self.wishing: dict[str, _Wishing] = {}

    def fill(self, home: dict[str, Any]) -> None:
        """Find the candidates of one vacated home, propose the first, and keep the counts."""
        wishing = self._wishing(home["commune"])
        refused = dict(zip(CONDITIONS, self._refused(home, wishing), strict=True))
        eligible = ~np.logical_or.reduce(list(refused.values()))
        waiting = wishing.places[eligible & ~self.proposed[wishing.places]]
        chosen = waiting[: self.presented]
        for place, row in zip(chosen, self._rows(home, waiting), strict=True):
            self.candidates.append(row)
            if row[2] == 1:
                self.proposed[place] = True
        counts = [int(refused[condition].sum()) for condition in CONDITIONS]
        reason = None if len(chosen) else _why_nobody(home, len(wishing.places), int(eligible.sum()), counts)
        self.vacancies.append(
            (
                home["vacancy_id"],
                home["home_id"],
                len(wishing.places),
                int(eligible.sum()),
                len(chosen),
                *counts,
                reason,
            )
        )

    def _wishing(self, commune: str) -> _Wishing:
        if commune not in self.wishing:
            places = self.standing.places_wanting(commune)
            self.wishing[commune] = _Wishing(places, **{name: each[places] for name, each in self.columns.items()})
        return self.wishing[commune]

    def _refused(self, home: dict[str, Any], wishing: _Wishing) -> Iterator[Flags]:
        nobody, everybody = np.zeros(len(wishing.places), np.bool_), np.ones(len(wishing.places), np.bool_)
        rooms, surface = home["rooms"], home["surface"]
        yield everybody if rooms is None else (wishing.rooms_min > rooms) | (wishing.rooms_max < rooms)
        if home["zone"] is None:
            yield everybody
        else:
            yield ~self.within[within_column(home["zone"], home["ceiling_class"])][wishing.places]
        yield nobody if surface is None else wishing.surface > surface
        yield nobody if home["access"] == "adapted" else wishing.needs_adapted_home
        at_home = self.living_in.get(home["home_id"])
        yield np.isin(wishing.places, at_home) if at_home else nobody

    def _rows(self, home: dict[str, Any], waiting: Places) -> Iterator[tuple[Any, ...]]:
        for rank, place in enumerate(waiting[: self.presented], start=1):
            decided = self._decided_by(place, waiting[rank]) if rank < len(waiting) else "alone"
            yield home["vacancy_id"], home["home_id"], rank, int(place), len(waiting), decided

    def _decided_by(self, place: np.int64, following: np.int64) -> str:
        if self.points[place] != self.points[following]:
            return "points"
        return "seniority" if self.since[place] != self.since[following] else "identifier"

    def found(self) -> pl.DataFrame:
        """The candidates of the homes filled so far (see `Allocation.candidates`)."""
        names = ("vacancy_id", "home_id", "rank", "place", "eligible_count", "decided_by")
        schema = {name: CANDIDATES.get(name, pl.Int64()) for name in names}
        rows = pl.DataFrame(self.candidates, schema=schema, orient="row")
        known = self.standing.frame.select("application_id", "points", "seniority_from")
        return pl.concat([rows, known[rows["place"]]], how="horizontal").select(list(CANDIDATES))


def _why_nobody(home: dict[str, Any], wanting: int, eligible: int, refused: list[int]) -> str:
    if wanting == 0:
        return "nobody_wants_commune"
    if eligible:
        return "all_proposed_elsewhere"
    if home["rooms"] is None:
        return "rooms_unknown"
    if home["zone"] is None:
        return "ceiling_unknown"
    return CONDITIONS[refused.index(max(refused))]


def source_facts(territory: Territory) -> dict[str, str]:
    """What an allocation says of the territory that it was made from: equal for equal sources."""
    tables = territory.facts["tables"]
    hashes = json.dumps({name: tables[name]["sha256"] for name in SOURCES}, sort_keys=True)
    return {
        "name": territory.name,
        "reference_date": territory.reference_date.isoformat(),
        "sources_sha256": hashlib.sha256(hashes.encode()).hexdigest(),
    }


def _facts(territory: Territory, policy: Policy, seed: int) -> dict[str, Any]:
    grid = policy.grid
    return {
        "territory": source_facts(territory),
        "policy": {
            "name": policy.name,
            "title": dict(policy.title),
            "mechanism": policy.mechanism,
            "candidates": policy.candidates,
            "reference": policy.reference,
            "grid": grid and {"name": grid.name, "fictitious": grid.fictitious, "partial": grid.partial},
        },
        "seed": seed,
        "seed_used": False,
        "version": __version__,
    }
