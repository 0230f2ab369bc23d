"""What is told of each zone: its own number, that of the units mostly in it, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from carreau.release.zones.derivable import derivable, parts_of
from carreau.release.zones.pieces import NONE, Ints, Pieces, mostly, moved
from carreau.release.zones.rows import Truths

EXACT, UNITS, WITHHELD = "exact", "units", "withheld"
BELOW, DIFFERENCE = "below the threshold", "a small region would follow"
EARLIER = "beside an earlier release"
Reason = tuple[str, tuple[str, ...]]
PIECES_TRIED_AGAIN = 3_000_000
"""How much work goes into telling exactly again: pieces, each time that all are looked at."""


@dataclass(frozen=True, eq=False)
class Told:
    """What is told of the zones of one table, in the order of their numbers.

    `exact`: their own number is. `most`: the zone that each unit is mostly in, or -1. `homes_moved`: the homes on the
    wrong side when a zone is told over units, all of its homes when it is not told, 0 when it is exact. `why` is for
    the operator alone: for each zone not exact the reason, and the zones that the small region would follow from.
    """

    exact: Truths
    most: Ints
    homes_moved: Ints
    why: Mapping[str, Reason]

    @property
    def status(self) -> list[str]:
        """`exact`, `units` or `withheld`, by zone."""
        over = np.isin(np.arange(len(self.exact)), self.most)
        return [EXACT if own else UNITS if has else WITHHELD for own, has in zip(self.exact, over, strict=True)]


def tell(pieces: Pieces, threshold: int, steady: Sequence[Truths] = ()) -> list[Told]:
    """Tell every zone exactly, but those below the threshold and those from which a small region would follow.

    `steady` says by table and zone which may be told beside earlier releases; all, where it is left out.

    Of the zones that such a region follows from, the one that moves the fewest homes goes: that is open knowledge.
    Taking one away makes nothing follow that did not before, so that the order changes the loss and not the safety.
    """
    tables = range(1, len(pieces.labels))
    most = [mostly(pieces, table) for table in tables]
    loss = np.concatenate([np.zeros(len(pieces.labels[0]), np.int64), *map(_loss, [pieces] * len(most), tables, most)])
    firsts = np.cumsum([0, *(len(labels) for labels in pieces.labels)])
    numbered = np.where(pieces.zones == NONE, NONE, pieces.zones + firsts[:-1])
    totals = [pieces.sums(table, pieces.people) for table in tables]
    enough = np.concatenate([np.ones(len(pieces.labels[0]), np.bool_), *(total >= threshold for total in totals)])
    told = enough & np.concatenate([enough[: firsts[1]], *steady]) if steady else enough.copy()
    reasons = _take_away(numbered, pieces.people, firsts, threshold, told, loss)
    names = [name for labels in pieces.labels for name in labels]
    results = []
    for table, own in zip(tables, most, strict=True):
        mine = slice(firsts[table], firsts[table + 1])
        untold = [zone for zone in range(*mine.indices(len(names))) if not told[zone]]
        why: dict[str, Reason] = {names[zone]: (EARLIER if enough[zone] else BELOW, ()) for zone in untold}
        why |= {
            names[zone]: (DIFFERENCE, tuple(names[other] for other in others))
            for zone, others in reasons.items()
            if mine.start <= zone < mine.stop
        }
        results.append(Told(told[mine], own, np.where(told[mine], 0, loss[mine]), why))
    return results


def _loss(pieces: Pieces, table: int, most: Ints) -> Ints:
    over_units = np.isin(np.arange(len(pieces.labels[table])), most)
    return np.where(over_units, moved(pieces, table, most), pieces.sums(table, pieces.homes))


def _take_away(
    zones: Ints, people: Ints, firsts: Ints, threshold: int, told: Truths, loss: Ints
) -> dict[int, tuple[int, ...]]:
    """Take zones out of `told` until nothing small follows, and put back what did not need to go; the reasons."""
    search = _Search(zones, people, firsts, threshold, told)
    reasons: dict[int, tuple[int, ...]] = {}
    parts = np.arange(search.parts)
    while found := search.regions(parts):
        for region in found:
            if told[region].all():
                zone = int(region[loss[region].argmin()])
                told[zone] = False
                reasons[zone] = tuple(region.tolist())
        parts = search.parts_of(found)
    for zone in _put_back(search, sorted(reasons, key=lambda one: (-loss[one], one))):
        del reasons[zone]
    return reasons


def _put_back(search: "_Search", gone: Sequence[int]) -> list[int]:
    """Tell zones again one by one where nothing small follows, all parts at once; those that are told again."""
    waiting: dict[int, list[int]] = {}
    for zone in reversed(gone):
        waiting.setdefault(int(search.part[zone]), []).append(zone)
    back, left = [], PIECES_TRIED_AGAIN
    while waiting and left > 0:
        tried = np.array([zones.pop() for zones in waiting.values()])
        search.told[tried] = True
        parts = np.array(list(waiting))
        left -= int(np.isin(search.part_of_piece, parts).sum())
        broken = np.isin(search.part[tried], search.parts_of(search.regions(parts)))
        search.told[tried[broken]] = False
        back += tried[~broken].tolist()
        waiting = {part: zones for part, zones in waiting.items() if zones}
    return back


class _Search:
    """What follows from the zones that are `told`, part by part: parts share no zone that is told at first."""

    def __init__(self, zones: Ints, people: Ints, firsts: Ints, threshold: int, told: Truths) -> None:
        self.told, self.people, self.firsts, self.threshold = told, people, firsts, threshold
        self.zones = self._kept(zones)
        self.part_of_piece = parts_of(self.zones)
        self.parts = int(self.part_of_piece.max(initial=NONE)) + 1
        self.part = np.full(len(told) + 1, NONE)
        for column in self.zones.T:
            self.part[column] = self.part_of_piece
        self.safe: set[bytes] = set()

    def regions(self, parts: Ints) -> list[Ints]:
        """The small regions that follow in some parts."""
        mine = np.isin(self.part_of_piece, parts)
        kept = self._kept(self.zones[mine])
        return derivable(kept, self.people[mine], self.firsts, self.threshold, self.part, self.safe)

    def parts_of(self, regions: Sequence[Ints]) -> Ints:
        """The parts of some regions."""
        return np.unique(self.part[[region[0] for region in regions]])

    def _kept(self, zones: Ints) -> Ints:
        return np.where(np.append(self.told, False)[zones], zones, NONE)  # the last one is for no zone
