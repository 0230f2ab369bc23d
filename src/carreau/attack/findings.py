"""What an attack brings home: regions about which too much follows, how it follows, and what was not looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SMALL = 10
"""A region of 1 to 10 households tells too much. Reference: secrecy of tax data, 11 households in each published unit
(Insee, documentation of the gridded data of Filosofi 2019)."""
BAND = 3
"""An interval at nobody or at everybody must hold at least so many values (docs/decisions/attack.md)."""
INCOME_MARGIN = 0.1
"""An income known to this part of itself, more or less, is known (docs/decisions/attack.md)."""

BROKEN, SAFE, UNSEARCHED = "broken", "not broken", "not broken, not everything searched"


@dataclass(frozen=True)
class Term:
    """A published number in a derivation: times `sign`, what `zone` of `table` tells of `quantity`.

    `low` is `high` when it is exact; `high` is -1 where nothing is told.
    """

    sign: int
    table: str
    zone: str
    low: int
    high: int
    quantity: str = "households"


@dataclass(frozen=True)
class Finding:
    """One success.

    `kind`: `small` (a region of 1 to 10), `nobody` or `everybody` (of a region's households have the trait `quantity`,
    but for at most one), `income` (the living standard of the household there, in euros). From `low` to `high` of
    `quantity` follow for the region: the `cells`, all of them or only what the zones of `terms` have of them (`part`).
    `way` says how: `told`, `signed_sum`, `linear`, `moved` (a signed sum, if nobody moved between two dates),
    `undivided` (from where the method did not divide), `renewed` (those who came or went between two rows of the same
    ground, all of them in `cells`).
    """

    kind: str
    way: str
    quantity: str
    low: float
    high: float
    cells: tuple[str, ...]
    terms: tuple[Term, ...]
    part: bool = False
    count: str = "households"


@dataclass(frozen=True)
class Attack:
    """The result: `findings`, what was `searched` (how many of each) and `not_searched` (why, and how many)."""

    findings: tuple[Finding, ...]
    searched: Mapping[str, int] = field(default_factory=dict)
    not_searched: Mapping[str, int] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """`broken`, `not broken` (everything was searched), or `not broken, not everything searched`."""
        if self.findings:
            return BROKEN
        return UNSEARCHED if self.not_searched else SAFE
