"""What an allocation run found: candidates, proposals, points and homes that nobody fits; kept in a folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from carreau.errors import BadInput
from carreau.outputs import digest, restore, whole_folder

FACTS = "allocation.json"
FORMAT = 2
TABLES = ("candidates", "assignments", "breakdown", "vacancies", "quotas", "flows", "figures")

CANDIDATES = pl.Schema(
    {
        "vacancy_id": pl.String(),
        "home_id": pl.String(),
        "rank": pl.Int16(),
        "application_id": pl.String(),
        "points": pl.Int32(),
        "seniority_from": pl.Date(),
        "eligible_count": pl.Int32(),
        "decided_by": pl.String(),
        "quota": pl.String(),
        "proposed_elsewhere": pl.Boolean(),
        "effort": pl.Int32(),
    }
)
VACANCIES = pl.Schema(
    {
        "vacancy_id": pl.String(),
        "home_id": pl.String(),
        "reserver": pl.String(),
        "wanting": pl.Int32(),
        "eligible_count": pl.Int32(),
        "candidates": pl.Int16(),
        "refused_rooms": pl.Int32(),
        "refused_ceiling": pl.Int32(),
        "refused_surface": pl.Int32(),
        "refused_accessibility": pl.Int32(),
        "refused_lease": pl.Int32(),
        "refused_own_home": pl.Int32(),
        "refused_reserver": pl.Int32(),
        "refused_effort": pl.Int32(),
        "without_candidate": pl.String(),
        "relax": pl.List(pl.String()),
        "would_fit": pl.Int32(),
        "exception": pl.String(),
    }
)
FIGURES = pl.Schema({"figure": pl.String(), "value": pl.Int64()})


@dataclass(frozen=True)
class Allocation:
    """Proposals for a commission, which decides.

    `candidates`: a row a home and presented application, by rank; `points` (null under a policy without a grid);
    `eligible_count` the applications that were in the running for this home, proposed elsewhere left out;
    `decided_by` what put it before the next one: `points`, `class` (of a lottery), `lottery`, `reserver`, `seniority`,
    `identifier`, `quota` (`quota` names it), the mechanism (`deferred`, `choice`: those before wanted another home, or
    did not answer; `optimal`), `alone` (nobody next). Those proposed another home follow where too few others fit
    (`proposed_elsewhere`, also as what decided). `effort`: the effort rate in thousandths, null if not known.

    `assignments`: a row a home with the application proposed, the first candidate. `breakdown`: points by criterion of
    the candidates. `vacancies`: a row a vacancy: its reserver, applications that want the commune, all that are
    eligible, how many each condition sets aside; why nobody is proposed (`without_candidate`); where nobody fits, which
    conditions to `relax` and how many `would_fit` then; and the `exception` of R441-3 CCH when fewer candidates are
    presented than the policy asks. `quotas`: see `quotas.METERS`, proposals counted as leases signed; `reachable` is
    the most that any choice among those who fit could reach. `flows`: see `contingents.FLOW`. `figures`: counts,
    points, bounds, mix before and after, days waited. `facts`: policy, seed, sources.
    """

    candidates: pl.DataFrame
    assignments: pl.DataFrame
    breakdown: pl.DataFrame
    vacancies: pl.DataFrame
    quotas: pl.DataFrame
    flows: pl.DataFrame
    figures: pl.DataFrame
    facts: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 over the rows of the tables; the same inputs, policy and rules give the same."""
        return digest({name: getattr(self, name) for name in TABLES})

    def save(self, folder: Path) -> None:
        """Write the tables as Parquet and `allocation.json`, whole or not at all."""
        page = {"format": FORMAT, **self.facts, "digest": self.digest, "rows": {n: self._rows(n) for n in TABLES}}
        with whole_folder(folder) as staging:
            for name in TABLES:
                getattr(self, name).write_parquet(staging / f"{name}.parquet", compression="zstd")
            (staging / FACTS).write_text(json.dumps(page, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def open(cls, folder: Path | str) -> "Allocation":
        """Read what `save` wrote. Raises BadInput when the folder is not one, or its tables are not those written."""
        folder = Path(folder)
        restore(folder)
        try:
            page = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in TABLES}
        except FileNotFoundError as error:
            missing = Path(str(error.filename)).name if error.filename else "a table"
            raise BadInput(f"is not an allocation folder: {missing} is missing", file=folder) from None
        except (OSError, ValueError, pl.exceptions.PolarsError) as error:
            raise BadInput(f"cannot be read: {str(error).splitlines()[0]}", file=folder) from None
        if not isinstance(page, dict) or page.get("format") != FORMAT:
            raise BadInput(f"is not of format {FORMAT}, the one this version reads", file=folder / FACTS)
        written = page.pop("digest", None)
        facts = {name: value for name, value in page.items() if name not in ("format", "rows")}
        allocation = cls(facts=facts, **tables)
        if allocation.digest != written:
            raise BadInput("its tables are not those that were written (digest differs)", file=folder)
        return allocation

    def _rows(self, name: str) -> int:
        table: pl.DataFrame = getattr(self, name)
        return table.height
