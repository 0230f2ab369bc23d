"""The compatible pairs of homes and applications, lot by lot, as the arrays that mechanisms work on."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.allocation.fit.conditions import BIT, CONDITIONS, failures, relaxed
from carreau.allocation.fit.effort import Efforts
from carreau.allocation.fit.offers import kinds
from carreau.allocation.policy import Policy
from carreau.allocation.standing import Places, Standing
from carreau.progress import Progress, silent

Counts = npt.NDArray[np.int64]
MOST_ROOMS = 16
TOLD_EVERY = 2_000


@dataclass(frozen=True, eq=False)
class Pairs:
    """Lots of homes and the applications that fit them, in the order of their right.

    `lot` [homes]; `starts` [lots + 1]; `application` and `wish` [pairs], as in `carreau.allocation.market.Market`.
    `wanting` [lots]: who wants the commune; `refused` [lots, conditions]: how many each condition of
    `fit.conditions.CONDITIONS` sets aside (they overlap); `relax` a lot that nobody fits: which conditions to relax,
    and how many would then fit (`place` where nobody wants the commune).
    """

    lot: Places
    starts: Counts
    application: Places
    wish: Places
    wanting: Counts
    refused: Counts
    relax: dict[int, tuple[list[str], int]]


def lots_of(homes: pl.DataFrame, standing: Standing, policy: Policy) -> pl.Series:
    """The lot of each home, numbered from 0 by its first home: homes that the same applications fit and rank alike.

    Homes of one commune and kind are a lot, but for what tells one from another: somebody who applies lives there, the
    reserver where the policy puts its applicants first, the rent where the policy sets aside by effort, what the
    residence gains (`mix_step`) where it weighs that.
    """
    lived_in = standing.frame["present_home_id"].drop_nulls().unique()
    apart = pl.when(pl.col("home_id").is_in(lived_in.implode())).then("vacancy_id")
    told = {"reserver": policy.reservers.strength != "none", "rent": bool(policy.effort and policy.effort.hard)}
    columns = [pl.col(name) for name, asked in told.items() if asked]
    if "mix_step" in homes.columns:
        columns.append(pl.col("mix_step"))
    if told["rent"]:
        columns.append(pl.col("agreement"))
    key = homes.select("commune", "kind_of_home", apart.alias("apart"), *columns)
    numbered = key.unique(maintain_order=True).with_row_index("lot")
    found = key.join(numbered, on=key.columns, how="left", maintain_order="left", nulls_equal=True)["lot"]
    return found.cast(pl.Int32)


def pairs(homes: pl.DataFrame, standing: Standing, policy: Policy, day: date, *, progress: Progress = silent) -> Pairs:
    """Every compatible pair of `homes` (see `fit.offers`) and the applications of a ranking."""
    lot = lots_of(homes, standing, policy)
    firsts = homes.with_columns(lot).unique("lot", keep="first", maintain_order=True)
    finder = Finder(standing, policy, day, kinds(homes))
    found: dict[int, Found] = {}
    for done, home in enumerate(firsts.sort("commune", "kind_of_home", "lot").iter_rows(named=True)):
        if done % TOLD_EVERY == 0:
            progress("fit", done, firsts.height)
        found[home["lot"]] = finder.of_home(home)
    progress("fit", firsts.height, firsts.height)
    in_order = [found[number] for number in range(firsts.height)]
    nobody = np.empty(0, dtype=np.int32)
    return Pairs(
        lot=lot.to_numpy().astype(np.int32),
        starts=np.cumsum([0, *(one.application.size for one in in_order)], dtype=np.int64),
        application=np.concatenate([nobody, *(one.application for one in in_order)]),
        wish=np.concatenate([nobody, *(one.wish for one in in_order)]),
        wanting=np.array([one.wanting for one in in_order], dtype=np.int64),
        refused=np.array([one.refused for one in in_order], dtype=np.int64).reshape(-1, len(CONDITIONS)),
        relax={number: one.relax() for number, one in found.items() if not one.application.size},
    )


@dataclass(frozen=True, eq=False)
class Found:
    """Who fits one home: `application` (places in the ranking, by right) and `wish`; `wanting` and `refused` counts.

    `failing`: the bits of the conditions that fail, by group, and `counts` how many who want the commune are in each.
    """

    application: Places
    wish: Places
    wanting: int
    refused: Counts
    failing: npt.NDArray[np.uint8]
    counts: Counts
    elsewhere: int

    @property
    def refused_by_name(self) -> dict[str, int]:
        """How many each condition sets aside."""
        return dict(zip(CONDITIONS, self.refused.tolist(), strict=True))

    def relax(self) -> tuple[list[str], int]:
        """Which conditions to relax so that somebody fits, and how many then would."""
        if self.wanting:
            return relaxed(self.failing.tolist(), self.counts.tolist())
        return (["place"], self.elsewhere) if self.elsewhere else ([], 0)


class Finder:
    """Finds who fits a home among the applications of a ranking; kinds of homes are compared with profiles once."""

    def __init__(self, standing: Standing, policy: Policy, day: date, known: pl.DataFrame) -> None:
        self.standing, self.policy = standing, policy
        self.profile = standing.profiles.of.to_numpy()
        self.failing = failures(known, standing.profiles.frame)
        self.sizes = np.bincount(self.profile, minlength=standing.profiles.frame.height)
        self.level = standing.frame["level"].to_numpy()
        self.rooms_max = standing.frame["rooms_max"].to_numpy()
        self.reserver = standing.frame["reserver"].to_numpy()
        self.priority = standing.frame["priority"].to_numpy()
        self.efforts = Efforts(standing.frame, policy, day)
        living = standing.frame.select(pl.int_range(pl.len()).alias("place"), "present_home_id").drop_nulls()
        self.living: dict[str, list[int]] = {}
        self._last: tuple[tuple[str, int], npt.NDArray[np.uint8]] | None = None
        for place, home_id in living.iter_rows():
            self.living.setdefault(home_id, []).append(place)

    def knowing(self, kinds: pl.DataFrame) -> "Finder":
        """The same for other kinds of homes."""
        other = copy(self)
        other.failing, other._last = failures(kinds, self.standing.profiles.frame), None
        return other

    def of_home(self, home: dict[str, Any]) -> Found:
        """Who fits a home, a row of `fit.offers.described`."""
        places, positions = self.standing.who_wants(home["commune"])
        failing = self.failing[home["kind_of_home"]]
        bits = self._of_profiles(home, places)
        if at_home := self.living.get(home["home_id"]):
            bits = bits.copy()
            at = np.searchsorted(places, at_home)
            known = at[places[np.minimum(at, places.size - 1)] == at_home] if places.size else at[:0]
            bits[known] |= np.uint8(BIT["own_home"])
        for condition, fails in self._of_pairs(home, places, bits):
            bits = bits | np.where(fails, np.uint8(BIT[condition]), np.uint8(0))
        fits = self._in_order(home, places, np.flatnonzero(bits == 0))
        groups = np.bincount(bits, minlength=1 << len(CONDITIONS))
        held = np.flatnonzero(groups)
        refused = np.array([groups[held[(held & BIT[name]) != 0]].sum() for name in CONDITIONS], dtype=np.int64)
        rooms = np.clip(self.rooms_max[places[fits]] - int(home["rooms"] or 0), 0, MOST_ROOMS - 1)
        return Found(
            application=places[fits].astype(np.int32),
            wish=(positions[fits] * MOST_ROOMS + rooms).astype(np.int32),
            wanting=places.size,
            refused=refused,
            failing=held[held != 0].astype(np.uint8),
            counts=groups[held[held != 0]],
            elsewhere=int(self.sizes[failing == 0].sum()),
        )

    def _of_profiles(self, home: dict[str, Any], places: Places) -> npt.NDArray[np.uint8]:
        """What fails of a kind of home for those who want its commune; kept for the last one asked."""
        asked = home["commune"], home["kind_of_home"]
        if self._last is None or self._last[0] != asked:
            self._last = asked, self.failing[home["kind_of_home"]][self.profile[places]]
        return self._last[1]

    def _of_pairs(
        self, home: dict[str, Any], places: Places, bits: npt.NDArray[np.uint8]
    ) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
        """The conditions that are of one home and one application, where the policy sets aside by them."""
        if self.policy.effort and self.policy.effort.hard:
            above = np.zeros(places.size, dtype=np.bool_)
            asked = np.flatnonzero(bits == 0)
            above[asked] = self.efforts.of_home(home, places[asked]) > self.policy.effort.limit
            yield "effort", above
        if self.policy.reservers.strength == "hard":
            member = self._on_contingent(home["reserver"], places)
            if (member & (bits == 0)).any():
                yield "reserver", ~member

    def _in_order(self, home: dict[str, Any], places: Places, fits: Counts) -> Counts:
        """By right: the order of the ranking, the reserver's own first among those of one level where it is so."""
        if self.policy.reservers.strength != "soft":
            return fits
        chosen = places[fits]
        return fits[np.lexsort((chosen, ~self._on_contingent(home["reserver"], chosen), self.level[chosen]))]

    def _on_contingent(self, reserver: str, places: Places) -> npt.NDArray[np.bool_]:
        """Who may be presented on a reserver's home: its own applicants; the State's are also the priority ones.

        Any applicant may be presented by a local authority, an agreement of the State's services aside, and on a home
        of no reserver.
        """
        if reserver in ("local_authorities", "other", "none"):
            return np.ones(places.size, dtype=np.bool_)
        own = np.asarray(self.reserver[places] == reserver, dtype=np.bool_)
        return own | self.priority[places] if reserver == "state_priority" else own
