"""The smallest lawful change of one's own application that would have mattered, found by ranking again with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from carreau.allocation.explain_case import Asking, Case
from carreau.allocation.fit.offers import KIND
from carreau.allocation.fit.seekers import PROFILE, profiles
from carreau.allocation.standing import Standing
from carreau.places.communes import Communes, distance_km
from carreau.places.contours import neighbours
from carreau.rules.eligibility.need import needs
from carreau.rules.points import points
from carreau.rules.points.answers import VALIDATED

CHANGEABLE = {"rooms", "place"}
"""Conditions that an applicant can meet by asking for something else; the others are facts, or the law's."""
NEAR_KM = 15.0
MOST_NEIGHBOURS = 8
MOST_KINDS = 40


@dataclass(frozen=True)
class Change:
    """A change of an application, and what it would have given.

    `rooms`: the fewest and most rooms asked for instead; `commune`: one asked for as well; `validated`: the criterion
    of the grid whose document is validated; None for what stays. `gives`: `presented` for the home asked about,
    `elsewhere` for another home of the run, or `running` (eligible for the home, not among those presented).
    """

    rooms: tuple[int, int] | None = None
    commune: str | None = None
    validated: str | None = None
    gives: str = ""

    @property
    def size(self) -> int:
        """How many things change."""
        return sum(one is not None for one in (self.rooms, self.commune, self.validated))


def applied(row: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """An application with a change of what it asks for; a document changes its points, not its row."""
    made = dict(row)
    if change.rooms is not None:
        made["wanted_rooms_min"], made["wanted_rooms_max"] = change.rooms
    if change.commune is not None:
        made["wanted_communes"] = [*row["wanted_communes"], change.commune]
    return made


def smallest_change(asking: Asking, case: Case) -> Change | None:
    """The smallest change after which the application would have been presented; None when none was found.

    Tried in this order, fewest changes first: a document that the grid awaits; the rooms and the commune that this home
    needs, where the household may have so many rooms; then, for another home of the run, one room more or fewer, and
    each neighbouring commune. Failing all, the change that would have brought it into the running. Every trial ranks
    all applications again with the functions of a run; others are taken as that run left them. Never a change of what
    is a fact (persons, income, need of access), and nothing for who is presented or was proposed another home.
    """
    if case.kind == "presented" or case.decided_by == "proposed_elsewhere":
        return None
    into_the_running = None
    for change in _here(asking, case):
        placed = asking.placed(_ranking(asking, case, change), case.home, case.application_id)
        if placed.rank is not None and placed.rank <= asking.policy.candidates:
            return replace(change, gives="presented")
        if case.fails and placed.rank is not None:
            into_the_running = into_the_running or replace(change, gives="running")
    for change in _elsewhere(asking, case):
        if _opens(asking, case, change):
            return replace(change, gives="elsewhere")
    return into_the_running


def _here(asking: Asking, case: Case) -> Iterator[Change]:
    """Changes that bear on the home asked about."""
    if not case.fails:
        yield from (Change(validated=criterion) for criterion, _, _ in case.own.pending)
        return
    if not set(case.fails) <= CHANGEABLE:
        return
    rooms = None
    if "rooms" in case.fails:
        rooms = _widened(asking, case, case.home["rooms"])
        if rooms is None:
            return
    yield Change(rooms=rooms, commune=case.home["commune"] if "place" in case.fails else None)


def _elsewhere(asking: Asking, case: Case) -> Iterator[Change]:
    """One room more or fewer, then each neighbouring commune where a home was vacated."""
    row = asking.row(case.application_id)
    for rooms in (row["wanted_rooms_max"] + 1, row["wanted_rooms_min"] - 1):
        if (widened := _widened(asking, case, rooms)) is not None:
            yield Change(rooms=widened)
    let = set(asking.homes["commune"])
    for commune in around(row["wanted_communes"][0]):
        if commune in let and commune not in row["wanted_communes"]:
            yield Change(commune=commune)


def around(commune: str) -> tuple[str, ...]:
    """The communes around: neighbours by contour, else the nearest, those that are near first."""
    places = Communes.shipped().lookup.filter(pl.col("kind").is_in(["COM", "ARM"])).drop_nulls("longitude")
    here = places.filter(pl.col("code") == commune)
    if here.is_empty():
        return ()
    point = pl.lit(here["longitude"].item()), pl.lit(here["latitude"].item())
    away = places.filter(pl.col("code") != commune).with_columns(
        km=distance_km(*point, pl.col("longitude"), pl.col("latitude"))
    )
    touching = neighbours(commune)
    kept = away.filter(pl.col("code").is_in(list(touching))) if touching else away.filter(pl.col("km") <= NEAR_KM)
    return tuple(kept.sort("km", "code")["code"].head(MOST_NEIGHBOURS if not touching else kept.height))


def _widened(asking: Asking, case: Case, rooms: int | None) -> tuple[int, int] | None:
    """The rooms asked for, widened to some; None when the household may not have so many, or needs more."""
    row = asking.row(case.application_id)
    frame = asking.applications.filter(pl.col("application_id") == case.application_id)
    need = needs(frame, asking.day).row(0, named=True)
    if rooms is None or not need["rooms_min"] <= rooms <= need["rooms_max"]:
        return None
    return min(rooms, row["wanted_rooms_min"]), max(rooms, row["wanted_rooms_max"])


def _opens(asking: Asking, case: Case, change: Change) -> bool:
    """Whether some home that did not fit before presents the application once changed."""
    ranked = _ranking(asking, case, change)
    for home in _opened(asking, case, change):
        placed = asking.placed(ranked, home, case.application_id)
        if placed.rank is not None and placed.rank <= asking.policy.candidates:
            return True
    return False


def _opened(asking: Asking, case: Case, change: Change) -> Iterator[dict[str, Any]]:
    """Of each kind of home that the change opens, the last vacated: fewer are then in the running."""
    row = applied(asking.row(case.application_id), change)
    before = asking.row(case.application_id)
    homes = asking.homes.with_row_index("turn").filter(
        pl.col("commune").is_in(row["wanted_communes"]),
        pl.col("rooms").is_between(row["wanted_rooms_min"], row["wanted_rooms_max"]),
    )
    known = pl.col("commune").is_in(before["wanted_communes"]) & pl.col("rooms").is_between(
        before["wanted_rooms_min"], before["wanted_rooms_max"]
    )
    last = homes.filter(~known).unique(["commune", "reserver", *KIND], keep="last", maintain_order=True)
    yield from last.sort("turn", descending=True).head(MOST_KINDS).iter_rows(named=True)


def _ranking(asking: Asking, case: Case, change: Change) -> Standing:
    """Everybody ranked again with the change."""
    if change.validated is not None:
        return _with_points(asking.ranked, case.application_id, _validated(asking, case, change.validated))
    row = applied(asking.row(case.application_id), change)
    others = asking.applications.filter(pl.col("application_id") != case.application_id)
    return asking.ranking(pl.concat([others, pl.DataFrame([row], schema=asking.applications.schema)]))


def _validated(asking: Asking, case: Case, criterion: str) -> int | None:
    """The points once the document of a criterion is validated."""
    grid = asking.policy.grid
    if grid is None:
        return case.own.points
    frame = asking.applications.filter(pl.col("application_id") == case.application_id)
    row = {"application_id": case.application_id, VALIDATED: [criterion]}
    answers = pl.DataFrame([row], schema_overrides={VALIDATED: pl.List(pl.String)})
    given: int | None = points(frame, grid, asking.day, answers).totals["points"].item()
    return given


def _with_points(ranked: Standing, application_id: str, given: int | None) -> Standing:
    """A ranking by points with other points for one application."""
    own = pl.col("application_id") == application_id
    numbered = ranked.frame.with_row_index("was").with_columns(
        points=pl.when(own).then(pl.lit(given, pl.Int32)).otherwise("points")
    )
    order, falling = ["points", "seniority_from", "application_id"], [True, False, False]
    frame = numbered.sort(order, descending=falling, nulls_last=True)
    now = np.empty(frame.height, dtype=np.int32)
    now[frame["was"].to_numpy()] = np.arange(frame.height, dtype=np.int32)
    wanting = {}
    for commune, (places, positions) in ranked.wanting.items():
        turns = np.argsort(now[places])
        wanting[commune] = now[places][turns], positions[turns]
    leveled = frame.drop("was").with_columns(pl.col("points").rle_id().cast(pl.Int32).alias("level"))
    return Standing(leveled, ranked.breakdown, profiles(leveled.select("application_id", *PROFILE)), wanting)
