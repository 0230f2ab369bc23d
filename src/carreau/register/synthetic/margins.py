"""The figures that the synthetic population is drawn from, cited or assumed (`margins.yaml`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau import plain_yaml

Random = np.random.Generator


@dataclass(frozen=True)
class Margins:
    """`cited` figures keep their source; `assumed` ones claim nothing."""

    population_date: date
    cited: Mapping[str, Mapping[str, Any]]
    assumed: Mapping[str, Any]

    def value(self, name: str) -> Any:
        """The value of a cited figure."""
        return self.cited[name]["value"]

    def local(self, name: str) -> pl.Expr:
        """A cited figure for the home of each row: its EPCI's, else its region's, else the country's."""
        figure = self.cited[name]
        by_epci = pl.col("epci").replace_strict(figure.get("by_epci", {}), default=None, return_dtype=pl.Float64)
        by_region = pl.col("region").replace_strict(figure.get("by_region", {}), default=None, return_dtype=pl.Float64)
        return pl.coalesce(by_epci, by_region, pl.lit(float(figure["value"])))

    def poverty_line(self, day: date) -> int:
        """Euros a year and consumption unit: the newest line published before `day`."""
        lines: Mapping[int, int] = self.value("poverty_line")
        return lines[max((year for year in lines if year <= day.year), default=min(lines))]


@cache
def shipped() -> Margins:
    """The figures that come with Carreau."""
    content = plain_yaml.load(files("carreau.register.synthetic").joinpath("margins.yaml").read_text(encoding="utf-8"))
    return Margins(content["population_date"], content["cited"], content["assumed"])


def ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The rank of each value, 0 for the smallest; ties in the order given."""
    result = np.empty(len(values), dtype=np.int64)
    result[np.argsort(values, kind="stable")] = np.arange(len(values))
    return result


def random(seed: int, stage: str, part: int = 0) -> Random:
    """An independent stream of random numbers for each stage and part of a run."""
    return np.random.default_rng([seed, part, *stage.encode()])
