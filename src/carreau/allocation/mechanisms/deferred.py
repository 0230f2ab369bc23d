"""Deferred acceptance with reserved seats: applicants propose, lots keep the best of all who proposed so far.

The model. A home that a reserve claims (`Market.claims`: settled before any wish is read) takes members of the
reserve before others, a soft one others too, a hard one nobody else; other homes follow the order of the lot. An
applicant who proposes to a lot tries its claimed homes before its open ones, so that a reserve is a minimum guarantee
(Hafalir, Yenmez and Yildirim, "Effective affirmative action in school choice", Theoretical Economics 8, 2013). The
order of seats is the "precedence" of Kominers and Sonmez, "Matching with slot-specific priorities: theory", Theoretical
Economics 11, 2016, who show that proposing to seats in that order gives the outcome of the choice function of the lot.
Each seat then has one strict order and room for one, so that the theorems of Gale and Shapley (1962) and of Roth (1982)
hold.

Stated properties, seats being what reserves made of the homes:

- *No justified envy within reserves*: nobody wishes for a home more than what they got while coming before its holder,
  by the order of that home's seat.
- *Non-wasteful*: nobody wishes for a home that stays empty more than what they got, but for a hard reserve of others.
- *Best for applicants*: no other assignment with these two properties is better for any applicant.
- *Strategy-proof*: nobody gets a better home by stating other wishes, or fewer places, than the true ones, as long as
  the orders of lots and the reserves do not follow from the wishes.
- *Reserves*: a claimed home goes to a member unless each member that fits it has what they wish at least as much. A
  quota over several lots may be missed although another assignment would reach it: seats are spread over the homes
  before anybody's wishes are read, which is what keeps the rule strategy-proof. `optimal` reaches it when it can be.

The result does not depend on the order of proposals (McVitie and Wilson 1971), so they are made all at once.
"""

import numpy as np

from carreau.allocation.market import NOBODY, OPEN, Assignment, Ints, Market
from carreau.allocation.mechanisms.serial import Flags
from carreau.allocation.mechanisms.wishes import Wishes
from carreau.progress import Progress, silent


def deferred(market: Market, *, stop: int | None = None, progress: Progress = silent) -> Assignment:
    """Let everybody propose until nobody is refused; `work` counts proposals, `stop` is the most before giving up.

    Stopped, the homes held so far are given and `finished` is false: the properties then do not hold.
    """
    seats = _Seats(market)
    proposing = _Proposing(market, Wishes.of(market), seats)
    looking = np.flatnonzero(np.diff(proposing.wishes.starts)).astype(np.int32)
    everybody, done = looking.size, 0
    while looking.size and (stop is None or done < stop):
        progress("propose", everybody - looking.size, everybody)
        application, group, key = proposing.next(looking)
        done += application.size
        looking = seats.keep(application, group, key)
    progress("propose", everybody, everybody)
    return _assignment(market, proposing, seats, finished=not looking.size, work=done)


class _Seats:
    """Homes of one lot and one claim are a group of equal seats; each knows its holders and the worst of them."""

    def __init__(self, market: Market) -> None:
        last = len(market.reserves)
        claims = np.where(market.claims == OPEN, last, market.claims).astype(np.int64)
        keys = market.lot.astype(np.int64) * (last + 1) + claims
        self.homes = np.argsort(keys, kind="stable")
        groups, first = np.unique(keys[self.homes], return_index=True)
        self.starts = np.append(first, market.homes).astype(np.int64)
        self.claim = np.where(groups % (last + 1) == last, OPEN, groups % (last + 1)).astype(np.int16)
        self.of_lot = np.searchsorted(groups // (last + 1), np.arange(market.lots + 1)).astype(np.int32)
        self.size = np.diff(self.starts)
        self.held = np.zeros(groups.size, dtype=np.int64)
        never = np.iinfo(np.int64).max
        self.worst = np.full(groups.size, never, dtype=np.int64)
        self.key = np.full(market.homes, never, dtype=np.int64)
        self.holder = np.full(market.homes, NOBODY, dtype=np.int32)

    def keep(self, application: Ints, group: Ints, key: Ints) -> Ints:
        """Keep the best of holders and newcomers in each group; who is refused or sent away, in no stated order."""
        touched = np.unique(group)
        counts = self.held[touched]
        seat = _ranges(self.starts[touched], counts)
        groups = np.concatenate([np.repeat(touched, counts), group])
        keys = np.concatenate([self.key[seat], key])
        who = np.concatenate([self.holder[seat], application])
        order = np.lexsort((keys, groups))
        groups, keys, who = groups[order], keys[order], who[order]
        counts = np.bincount(np.searchsorted(touched, groups), minlength=touched.size)
        place = _ranges(np.zeros(touched.size, dtype=np.int64), counts)
        kept = place < self.size[groups]
        seat = self.starts[groups[kept]] + place[kept]
        self.key[seat], self.holder[seat] = keys[kept], who[kept]
        self.held[touched] = np.minimum(counts, self.size[touched])
        full = touched[self.held[touched] == self.size[touched]]
        self.worst[full] = self.key[self.starts[full + 1] - 1]
        return who[~kept]


class _Proposing:
    """How far down their wishes, and down the claims of a lot, everybody is."""

    def __init__(self, market: Market, wishes: Wishes, seats: _Seats) -> None:
        self.market, self.wishes, self.seats = market, wishes, seats
        self.lot = np.repeat(np.arange(market.lots, dtype=np.int32), np.diff(market.starts))
        self.at = wishes.starts[:-1].copy()
        self.step = np.zeros(market.applications, dtype=np.int32)
        self.bits = np.array([reserve.classes for reserve in market.reserves] + [0], dtype=np.int32)
        self.hard = np.array([reserve.hard for reserve in market.reserves] + [False], dtype=np.bool_)

    def next(self, looking: Ints) -> tuple[Ints, Ints, Ints]:
        """The next proposal of each that has a chance: application, group of seats and key, smaller being better.

        Those who were refused where they were go on; who has nothing left to propose is not in the answer.
        """
        found = []
        while looking.size:
            looking = looking[self.at[looking] < self.wishes.starts[looking + 1]]
            pair = self.wishes.pair[self.at[looking]]
            lot = self.lot[pair]
            group = self.seats.of_lot[lot] + self.step[looking]
            key, excluded = self._key(looking, pair, group)
            chance = (key < self.seats.worst[group]) & ~excluded
            found.append((looking[chance], group[chance], key[chance]))
            last = group + 1 == self.seats.of_lot[lot + 1]
            self.at[looking] += last
            self.step[looking] = np.where(last, 0, self.step[looking] + 1)
            looking = looking[~chance]
        application, group, key = (np.concatenate(part) for part in zip(*found, strict=True))
        return application, group, key

    def _key(self, application: Ints, pair: Ints, group: Ints) -> tuple[Ints, Flags]:
        """The place of the pair in its lot, behind all members when the seat is claimed for others."""
        claim = self.seats.claim[group]
        stranger = (claim != OPEN) & ((self.market.classes[application] & self.bits[claim]) == 0)
        return pair + stranger * np.int64(self.market.application.size), stranger & self.hard[claim]

    def refused(self, holders: Ints) -> Flags:
        """[pairs]: where each was refused: all before the home they hold, or all."""
        until = self.at.copy()
        until[holders] -= self.step[holders] == 0
        place = np.arange(self.wishes.pair.size) < np.repeat(until, np.diff(self.wishes.starts))
        found = np.zeros(self.wishes.pair.size, dtype=np.bool_)
        found[self.wishes.pair[place]] = True
        return found


def _assignment(market: Market, proposing: _Proposing, seats: _Seats, *, finished: bool, work: int) -> Assignment:
    application = np.full(market.homes, NOBODY, dtype=np.int32)
    reserve = np.full(market.homes, OPEN, dtype=np.int16)
    application[seats.homes] = seats.holder
    if market.reserves:
        refused = np.flatnonzero(proposing.refused(seats.holder[seats.holder != NOBODY]))
        first = np.full(market.lots, np.iinfo(np.int64).max)
        first[proposing.lot[refused[::-1]]] = refused[::-1]
        helped = (seats.key < market.application.size) & (first[market.lot[seats.homes]] < seats.key)
        reserve[seats.homes] = np.where(helped, np.repeat(seats.claim, seats.size), OPEN)
    return Assignment(application, reserve, finished, work)


def _ranges(first: Ints, counts: Ints) -> Ints:
    """first[0], first[0] + 1, … counts[0] of them, then the same for the others."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if ends.size else 0) + np.repeat(first - ends + counts, counts)
