"""A command as a shell would see it, and the real registers that it reads."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

NANTES = Path(str(files("carreau.demo").joinpath("data/rpls_2018_nantes_geocoded.csv.gz")))
CORSE = Path(__file__).parents[1] / "data" / "rpls_2018_corse.csv.gz"


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def figures(self) -> dict[str, Any]:
        return json.loads(self.out)


Carreau = Callable[..., Said]
