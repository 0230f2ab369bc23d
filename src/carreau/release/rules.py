"""The rules of disclosure in force, read from `parameters.yaml` with their references."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from carreau.rules.parameters import Family, read


@dataclass(frozen=True)
class Rules:
    """What a published unit must satisfy. Counts in households or homes, percentiles in percent, the step in euros."""

    threshold: int
    count_margin: int
    winsor_percentiles: tuple[int, int]
    largest_part: int
    living_standard_step: int

    def __post_init__(self) -> None:
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
        )


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
