"""The conditions of fit, as bits: what stands between a kind of home and a profile of applications."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.allocation.fit.seekers import ceiling_bit

CONDITIONS = ("rooms", "ceiling", "surface", "accessibility", "lease", "own_home", "reserver", "effort")
"""In the order of their bits. `lease`: a home for students asks for somebody young (L442-8-4 CCH)."""
BIT = {name: 1 << place for place, name in enumerate(CONDITIONS)}
OF_PROFILE = CONDITIONS[:5]
"""Those that a kind and a profile decide; the others are of one home and one application."""
BY_LAW = ("ceiling", "surface", "lease", "own_home")
"""Those that a landlord may not relax (the ceiling only by the prefect's derogation)."""
Bits = npt.NDArray[np.uint8]


def failures(kinds: pl.DataFrame, profiles: pl.DataFrame) -> Bits:
    """uint8 [kinds, profiles]: the bits of the conditions of `OF_PROFILE` that fail (`fit.offers`, `fit.seekers`).

    Rooms that are not known fit nobody, nor does a home where the ceilings are not known (overseas); an unknown
    surface is no obstacle, and only an adapted home is known to be one. Homes for students have no ceiling.
    """
    found = np.zeros((kinds.height, profiles.height), dtype=np.uint8)
    asked = {name: profiles[name].to_numpy() for name in profiles.columns}
    for row, kind in enumerate(kinds.iter_rows(named=True)):
        found[row] = _failures(kind, asked, profiles.height)
    return found


def names(bits: int) -> list[str]:
    """The conditions of some bits."""
    return [name for name in CONDITIONS if bits & BIT[name]]


def relaxed(bits: Sequence[int], counts: Sequence[int]) -> tuple[list[str], int]:
    """Which conditions to relax so that somebody fits, and how many then would.

    `bits` are the failing conditions of groups of applications, none of them empty, and `counts` how many are in each.
    The conditions chosen are the fewest by law, then the fewest, then those that most applications fail alone together;
    whoever fails no other condition is counted.
    """
    if not len(bits):
        return [], 0
    law = sum(BIT[name] for name in BY_LAW)
    would_fit = {
        int(one): sum(int(n) for other, n in zip(bits, counts, strict=True) if int(other) & ~int(one) == 0)
        for one in set(bits)
    }
    best = min(would_fit, key=lambda one: ((one & law).bit_count(), one.bit_count(), -would_fit[one], one))
    return names(best), would_fit[best]


def _failures(kind: dict[str, Any], asked: dict[str, npt.NDArray[Any]], profiles: int) -> Bits:
    found = np.zeros(profiles, dtype=np.uint8)
    rooms, floor, zone, ceiling_class = (kind[name] for name in ("rooms", "floor", "zone", "ceiling_class"))
    if rooms is None:
        found |= np.uint8(BIT["rooms"])
    else:
        found[(asked["rooms_min"] > rooms) | (asked["rooms_max"] < rooms)] |= BIT["rooms"]
    if kind["student"]:
        found[~asked["young"]] |= BIT["lease"]
    elif zone is None:
        found |= np.uint8(BIT["ceiling"])
    else:
        limit = ceiling_bit(str(zone), None if ceiling_class is None else str(ceiling_class))
        found[(asked["within"] & limit) == 0] |= BIT["ceiling"]
    if floor is not None:
        found[asked["surface"] > floor] |= BIT["surface"]
    if not kind["adapted"]:
        found[asked["adapted"]] |= BIT["accessibility"]
    return found
