"""Allocation policies: how eligible applications are ranked or matched, and what a territory aims at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from carreau.allocation.contingents import Reservers
from carreau.allocation.quotas import Quota
from carreau.allocation.shipped import policies, policy_file
from carreau.errors import BadInput
from carreau.rules.grids import Grid

MECHANISMS: Mapping[str, bool] = {
    "points": True,
    "first_come": False,
    "lottery": False,
    "choice": True,
    "deferred": True,
    "optimal": True,
}
"""The mechanisms, and whether each ranks by a points grid."""
MOST_CANDIDATES = 50
GOALS = ("quotas", "priority", "points", "fit", "mix")
"""What `optimal` improves, one after the other."""
BATCHES = ("year", "month")
EXCEPTIONS = ("too_few_candidates", "dalo_designated_by_the_prefect", "adapted_PLAI_home")


@dataclass(frozen=True)
class Effort:
    """The effort rate that a home should not exceed, in thousandths; hard: one above it is not presented."""

    limit: int
    hard: bool


@dataclass(frozen=True)
class Mix:
    """What mix is measured over: units (`residence` or `cell`), for the tenants of the first quartile."""

    unit: str


@dataclass(frozen=True)
class Policy:
    """A policy. `mechanism` is one of `MECHANISMS`; `candidates` is how many a home is presented with.

    `title` and `reference` are in fr and en; a file may give its reference once for both.
    `exceptions` of R441-3 CCH are when fewer are lawful. `quotas` are in the order in which they go; `order` is that of
    the goals of `optimal`; `classes` the populations that a lottery draws first. `effort` and `mix` may be None.
    `batch`: all vacancies at once (`year`), or those of each `month` in which they can be let after those before.
    """

    name: str
    title: Mapping[str, str]
    mechanism: str
    grid: Grid | None
    candidates: int
    reference: Mapping[str, str]
    exceptions: tuple[str, ...] = EXCEPTIONS
    quotas: tuple[Quota, ...] = ()
    reservers: Reservers = field(default_factory=Reservers)
    effort: Effort | None = None
    mix: Mix | None = None
    order: tuple[str, ...] = GOALS
    classes: tuple[str, ...] = ()
    batch: str = "year"

    @classmethod
    def load(cls, name_or_path: str | Path) -> "Policy":
        """A shipped policy by name, or any by file; a grid named by a file is sought beside that file.

        Raises BadInput, naming the file and the field, for an unknown name (listing those that exist), mechanism,
        field, population, scope or reserver, a missing grid, a policy that cannot be kept, or text that is not YAML.
        """
        from carreau.allocation.policy_file import read

        if str(name_or_path) in policies():
            return read(policy_file(str(name_or_path)), None)
        path = Path(name_or_path)
        if path.is_file():
            return read(path, path.parent)
        raise BadInput(f"unknown policy {str(name_or_path)!r}: not a file, nor one of {', '.join(policies())}")
