"""Vacated homes and the applications that fit them, as arrays: what every mechanism of allocation works on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from carreau.errors import BadInput

Ints = npt.NDArray[np.signedinteger[Any]]
NOBODY = -1
OPEN = -1
MOST_CLASSES = 31
MOST_RESERVES = 32_767


@dataclass(frozen=True, eq=False)
class Reserve:
    """At least `seats` of the `homes` (their places, each once) are for applications of one of the `classes` (bits).

    Soft: a seat that no member takes goes to whoever is next. Hard: others get at most `len(homes) - seats` of these
    homes, even if some stay empty. (Soft and hard bounds: Ehlers, Hafalir, Yenmez and Yildirim, "School choice with
    controlled choice constraints", Journal of Economic Theory 153, 2014.)
    """

    name: str
    homes: Ints
    classes: int
    seats: int
    hard: bool = False


@dataclass(frozen=True, eq=False)
class Market:
    """Homes to let, applications, and the pairs of them that are compatible.

    Homes that the same applications fit, that rank them alike and that no applicant tells apart are one *lot*; the
    homes of a lot are as many places of it. A lot of one home each is the plain case of compatible pairs by home.
    Homes, lots and applications are numbered from 0.

    - `lot`: int32 [homes], the lot of each home; homes are numbered in the order in which they are to be taken.
    - `starts`: int64 [lots + 1]; the pairs of lot l are those from `starts[l]` to `starts[l + 1]`, that one excluded.
    - `application`: int32 [pairs], in each lot the one with the best right first: ties are already broken.
    - `wish`: int32 [pairs], what the applicant thinks of the lot: less is better. Lots of the same wish are taken by
      number, so a policy that wants another order among them gives other wishes.
    - `classes`: int32 [applications], the bits of the classes that each is in (31 at most, their meaning the policy's).
    - `reserves`: in the order in which they claim homes; `claims` says which.

    BadInput says which array is wrong and where: another length, type or range, an application twice in a lot, a lot
    without a home, a reserve larger than its homes or of no class. Arrays are made read-only.
    """

    lot: Ints
    starts: Ints
    application: Ints
    wish: Ints
    classes: Ints
    reserves: tuple[Reserve, ...] = field(default=())

    def __post_init__(self) -> None:
        for name, dtype in COLUMNS.items():
            array = getattr(self, name)
            if not isinstance(array, np.ndarray) or array.dtype != dtype or array.ndim != 1:
                raise BadInput(f"market: {name} must be a plain array of {dtype.name}")
            array.flags.writeable = False
        _check_shape(self)
        _check_pairs(self)
        if len(self.reserves) > MOST_RESERVES:
            raise BadInput(f"market: {len(self.reserves)} reserves, of {MOST_RESERVES} at most")
        for reserve in self.reserves:
            _check_reserve(self, reserve)

    @classmethod
    def of_pairs(
        cls,
        lot: Ints,
        pairs: tuple[Ints, Ints],
        priority: Ints,
        wish: Ints,
        classes: Ints,
        reserves: tuple[Reserve, ...] = (),
    ) -> "Market":
        """Make one from pairs in any order: `pairs` are (lot, application), `priority` and `wish` one a pair.

        The smallest priority of a lot comes first; applications of equal priority come by number, so that whoever
        breaks ties otherwise gives distinct priorities.
        """
        of_lot, application = pairs
        order = np.lexsort((application, priority, of_lot))
        lots = int(lot.max(initial=-1)) + 1
        if of_lot.size and not 0 <= of_lot.min() <= of_lot.max() < lots:
            raise BadInput(f"market: a pair names a lot that no home is in; lots go from 0 to {lots - 1}")
        starts = np.concatenate([[0], np.cumsum(np.bincount(of_lot, minlength=lots))])
        return cls(
            lot.astype(np.int32),
            starts.astype(np.int64),
            application[order].astype(np.int32),
            wish[order].astype(np.int32),
            classes.astype(np.int32),
            reserves,
        )

    @property
    def homes(self) -> int:
        """How many homes."""
        return self.lot.size

    @property
    def lots(self) -> int:
        """How many lots."""
        return self.starts.size - 1

    @property
    def applications(self) -> int:
        """How many applications, those that fit no home counted."""
        return self.classes.size

    @cached_property
    def places(self) -> Ints:
        """int64 [lots]: homes of each lot."""
        return np.bincount(self.lot, minlength=self.lots)

    @cached_property
    def pairs_of_homes(self) -> int:
        """How many pairs of a home and an application are compatible, a lot of n homes counted n times."""
        return int((np.diff(self.starts) * self.places).sum())

    @cached_property
    def claims(self) -> Ints:
        """int16 [homes]: the reserve that claims each home, -1 (`OPEN`) for none.

        Each reserve in turn spreads its seats evenly over those of its homes that none before it has claimed: of n
        such homes, the one of place k is claimed when ⌊(k + 1) · seats / n⌋ exceeds ⌊k · seats / n⌋. Nothing that an
        applicant says enters. A reserve that finds too few homes unclaimed takes them all.
        """
        return claimed(self.homes, self.reserves)

    def member(self, reserve: int) -> npt.NDArray[np.bool_]:
        """[applications]: who is in one of the classes of that reserve."""
        return (self.classes & self.reserves[reserve].classes) != 0


def claimed(homes: int, reserves: Sequence[Reserve]) -> Ints:
    """`Market.claims` of so many homes under reserves of theirs."""
    claims = np.full(homes, OPEN, dtype=np.int16)
    for number, reserve in enumerate(reserves):
        free = np.sort(reserve.homes[claims[reserve.homes] == OPEN])
        place = np.arange(free.size + 1, dtype=np.int64)
        taken = np.diff(place * min(reserve.seats, free.size) // max(free.size, 1)) > 0
        claims[free[taken]] = number
    return claims


COLUMNS: dict[str, np.dtype[Any]] = {
    "lot": np.dtype(np.int32),
    "starts": np.dtype(np.int64),
    "application": np.dtype(np.int32),
    "wish": np.dtype(np.int32),
    "classes": np.dtype(np.int32),
}


@dataclass(frozen=True)
class Gap:
    """A block optimised apart: its number, its homes, what it `reached` and its `bound`, in the order of the goals."""

    block: int
    homes: int
    reached: tuple[int, ...]
    bound: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Assignment:
    """What a mechanism found: at most one home an application, one application a home.

    `application`: int32 [homes], -1 (`NOBODY`) for none. `reserve`: int16 [homes], the reserve by which the holder
    came before others, -1 when the order of the lot alone decided. `finished` is false when the mechanism stopped on
    the work that it was allowed; `work` is what it did, in its own unit. `reached` and `bound`, by objective, in the
    order in which they count: what was reached, and what nothing can exceed; empty where a mechanism has no objective.
    `gaps`: the same by block, where blocks were optimised apart.
    """

    application: Ints
    reserve: Ints
    finished: bool = True
    work: int = 0
    reached: dict[str, int] = field(default_factory=dict)
    bound: dict[str, int] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()

    def housed(self, applications: int) -> npt.NDArray[np.bool_]:
        """[applications]: who has a home."""
        found = np.zeros(applications, dtype=np.bool_)
        found[self.application[self.application != NOBODY]] = True
        return found


def _check_shape(market: Market) -> None:
    if market.starts.size == 0 or market.starts[0] != 0 or (np.diff(market.starts) < 0).any():
        raise BadInput("market: starts must rise from 0")
    if market.lot.size and not 0 <= market.lot.min() <= market.lot.max() < market.lots:
        raise BadInput(f"market: lot must be from 0 to {market.lots - 1}, one less than the length of starts")
    if (market.places == 0).any():
        raise BadInput(f"market: lot {int(np.argmin(market.places))} has no home")
    for name in ("application", "wish"):
        if getattr(market, name).size != market.starts[-1]:
            raise BadInput(f"market: {name} has {getattr(market, name).size} pairs, starts {market.starts[-1]}")
    if market.classes.size and market.classes.min() < 0:
        raise BadInput(f"market: classes are {MOST_CLASSES} bits at most, none negative")


def _check_pairs(market: Market) -> None:
    pairs = market.application
    if pairs.size and not 0 <= pairs.min() <= pairs.max() < market.applications:
        raise BadInput(f"market: application must be from 0 to {market.applications - 1}, one less than classes has")
    seen = np.empty(market.applications, dtype=np.int64)
    places = np.arange(int(np.diff(market.starts).max(initial=0)), dtype=np.int64)
    for lot in range(market.lots):
        some = pairs[market.starts[lot] : market.starts[lot + 1]]
        here = places[: some.size]
        seen[some] = here  # the last place of each: another than its own when it is twice in the lot
        if not np.array_equal(seen[some], here):
            twice = int(some[seen[some] != here].min())
            raise BadInput(f"market: application {twice} is twice in lot {lot}")


def _check_reserve(market: Market, reserve: Reserve) -> None:
    homes = reserve.homes
    if homes.size and not 0 <= homes.min() <= homes.max() < market.homes:
        raise BadInput(f"market: reserve {reserve.name} names a home that is not from 0 to {market.homes - 1}")
    if np.unique(homes).size != homes.size:
        raise BadInput(f"market: reserve {reserve.name} names a home twice")
    if not 0 <= reserve.seats <= homes.size:
        raise BadInput(f"market: reserve {reserve.name} wants {reserve.seats} of {homes.size} homes")
    if not 0 < reserve.classes < 1 << MOST_CLASSES:
        raise BadInput(f"market: reserve {reserve.name} must be for one class at least, of {MOST_CLASSES} bits")
