"""The rules of disclosure in force, read from `parameters.yaml` with their references."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from carreau import plain_yaml
from carreau.rules.parameters import Family, read


@dataclass(frozen=True)
class Protection:
    """What the gate does and why: name, title, what it `protects`, its reference.

    `demonstrable` is false where no attack from published files can show what it is for, and `why` says so.
    """

    name: str
    title: str
    protects: str
    reference: str
    demonstrable: bool = True
    why: str = ""


def _protections() -> dict[str, Protection]:
    page = plain_yaml.load(files("carreau.release").joinpath("protections.yaml").read_text(encoding="utf-8"))
    return {name: Protection(name, **entry) for name, entry in page["protections"].items()}


PROTECTIONS = _protections()


@dataclass(frozen=True)
class Rules:
    """What a published unit must satisfy. Counts in households or homes, percentiles in percent, steps in EUR or cents.

    `off` names the protections that a test switches off to see what they are for; nothing else ever does.
    """

    threshold: int
    count_margin: int
    winsor_percentiles: tuple[int, int]
    largest_part: int
    living_standard_step: int
    rent_step: int
    off: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if unknown := self.off - PROTECTIONS.keys():
            raise ValueError(f"no such protection: {', '.join(sorted(unknown))}")
        if self.threshold <= 2 * (self.count_margin + 1):
            raise ValueError("the intervals at both ends of a count must not meet: raise the threshold")

    @classmethod
    def of(cls, count: str) -> "Rules":
        """The rules for units that count `households` or `homes`."""
        low, high = _newest("winsor_percentiles")
        return cls(
            threshold=_newest(f"threshold_{count}"),
            count_margin=_newest("count_margin"),
            winsor_percentiles=(low, high),
            largest_part=_newest("largest_part"),
            living_standard_step=_newest("living_standard_step"),
            rent_step=_newest("rent_step"),
        )

    def holds(self, protection: str) -> bool:
        """Whether a protection is on. Raises KeyError for one that does not exist."""
        return PROTECTIONS[protection].name not in self.off

    @property
    def least(self) -> int:
        """How many a unit must hold to be published."""
        return self.threshold if self.holds("threshold") else 1

    @property
    def beside(self) -> int:
        """How many a region must hold that follows from several tables together; 1 or more is anything."""
        return self.threshold if self.holds("zonings") else 1


def references(count: str) -> list[dict[str, Any]]:
    """Each rule with its value, unit and reference, for the page that goes with a release."""
    other = {"households": "threshold_homes", "homes": "threshold_households"}[count]
    return [
        {"rule": name, "value": parameter.values[-1].value, "unit": parameter.unit}
        | {"reference": parameter.values[-1].reference}
        for name, parameter in _family().parameters.items()
        if name != other
    ]


@cache
def _family() -> Family:
    return read(files("carreau.release").joinpath("parameters.yaml"))


def _newest(name: str) -> Any:
    return _family()[name].values[-1].value
