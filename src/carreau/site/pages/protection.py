"""What the page on data protection states: indicators with their bases, how long data stay, risks and what is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from carreau.release.indicators import INDICATORS, Indicator
from carreau.rules.parameters import Parameter, Value, in_force, load

VERIFIED = "verified"
PERIODS = ("unique_number", "landlord_file", "national_identifier_masked")
RISKS = ("map", "crossing", "insider", "reuse", "theft", "wrong_score")


@dataclass(frozen=True)
class Basis:
    """An indicator and the texts it rests on; `verified` is false for a text that nobody here has read."""

    indicator: Indicator

    @property
    def collected(self) -> str:
        """The text that lets it be collected."""
        return self.indicator.basis.collected

    @property
    def secrecy(self) -> str:
        """The text that keeps it secret."""
        return self.indicator.basis.secrecy

    @property
    def verified(self) -> bool:
        """Whether these texts were read."""
        return self.indicator.basis.certainty == VERIFIED


@dataclass(frozen=True)
class Period:
    """How long something is kept, as the rules say it today."""

    parameter: Parameter
    value: Value

    @property
    def verified(self) -> bool:
        """Whether the text was read."""
        return self.value.certainty == VERIFIED

    @property
    def reference(self) -> str:
        """The text, without the address where it was read."""
        return self.value.reference.partition(" ; http")[0]


def bases() -> Sequence[Basis]:
    """One basis an indicator, in the order of the releases."""
    return [Basis(one) for one in INDICATORS]


def periods(day: date) -> Sequence[Period]:
    """How long an applicant's data stay, by the rules in force on a day."""
    kept = [load("retention")[name] for name in PERIODS]
    return [Period(one, in_force(one.values, day)) for one in kept]
