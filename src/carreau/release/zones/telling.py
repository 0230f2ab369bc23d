"""What is told of each zone: its own number, that of the units mostly in it, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from carreau.release.zones.derivable import derivable
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

    def regions() -> list[Ints]:
        kept = np.append(told, False)[zones]  # the last one is for no zone
        return derivable(np.where(kept, zones, NONE), people, firsts, threshold, safe)

    safe: set[bytes] = set()
    reasons: dict[int, tuple[int, ...]] = {}
    while found := regions():
        for region in found:
            if told[region].all():
                zone = int(region[loss[region].argmin()])
                told[zone] = False
                reasons[zone] = tuple(region.tolist())
    tries = PIECES_TRIED_AGAIN // max(len(people), 1)
    for zone in sorted(reasons, key=lambda one: (-loss[one], one))[:tries]:
        told[zone] = True
        if regions():
            told[zone] = False
        else:
            del reasons[zone]
    return reasons
