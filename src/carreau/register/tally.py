"""Counting what an import rejected, repaired or refused: each reason with its number and a sample of line numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

SAMPLE = 10


@dataclass
class Tally:
    """Reasons met so far. `add` takes a frame with a column `line` and a truth column a reason."""

    counts: dict[str, int] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)

    def add(self, reason: str, lines: pl.Series) -> None:
        """Count these lines for this reason."""
        if len(lines):
            self.counts[reason] = self.counts.get(reason, 0) + len(lines)
            sample = self.lines.setdefault(reason, [])
            sample.extend(lines.head(SAMPLE - len(sample)).to_list() if len(sample) < SAMPLE else [])

    def add_flags(self, frame: pl.DataFrame, flags: Mapping[str, str]) -> None:
        """Count, for each reason, the rows of `frame` where its truth column holds."""
        for reason, column in flags.items():
            self.add(reason, frame.filter(pl.col(column))["line"])

    @property
    def total(self) -> int:
        """How many rows, all reasons together."""
        return sum(self.counts.values())

    def as_list(self) -> list[dict[str, Any]]:
        """Reasons by falling count: `[{"reason", "count", "lines"}]`."""
        ordered = sorted(self.counts, key=lambda reason: (-self.counts[reason], reason))
        return [{"reason": r, "count": self.counts[r], "lines": self.lines[r]} for r in ordered]
