"""What the page on data protection states: indicators with their bases, how long data stay, risks and what is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import yaml

from carreau.release.indicators import INDICATORS, Indicator
from carreau.rules.parameters import Parameter, Value, in_force, load

VERIFIED = "verified"
PERIODS = ("unique_number", "landlord_file", "national_identifier_masked")
RISKS = ("map", "crossing", "insider", "reuse", "theft", "wrong_score")


@dataclass(frozen=True)
class Basis:
    """An indicator and the texts it rests on; `verified` is false for a text that nobody here has read."""

    indicator: Indicator
    collected: str
    secrecy: str
    verified: bool


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


@cache
def bases() -> Sequence[Basis]:
    """One basis an indicator, in the order of the releases. Raises KeyError for an indicator without one."""
    told = yaml.safe_load(files("carreau.site.pages").joinpath("data/bases.yaml").read_text(encoding="utf-8"))
    found = {name: told["indicators"][name] for name in (one.name for one in INDICATORS)}
    return [
        Basis(one, found[one.name]["collected"], found[one.name]["secrecy"], found[one.name]["certainty"] == VERIFIED)
        for one in INDICATORS
    ]


def periods(day: date) -> Sequence[Period]:
    """How long an applicant's data stay, by the rules in force on a day."""
    kept = [load("retention")[name] for name in PERIODS]
    return [Period(one, in_force(one.values, day)) for one in kept]
