"""Were the claims of an attack true? Only a holder of the true territory can say; the attack itself never does."""

from pathlib import Path

import polars as pl

from carreau.attack.findings import Finding
from carreau.errors import BadInput
from carreau.places.grid import cell_ids

TRAITS = {
    "households": pl.lit(value=True),
    "one_person": pl.col("births").list.len() == 1,
    "lone_parents": pl.col("kind") == "lone_parent",
    "five_persons": pl.col("births").list.len() >= 5,
    "poor": pl.col("poor"),
}


def checked(findings: tuple[Finding, ...], folder: Path) -> list[tuple[bool | None, int | None]]:
    """For each finding whether it is true, and the true number; None, None where the territory does not tell.

    A part of a cell cannot be counted, nor an income or a trait that is not known here.

    Raises BadInput when the folder is not a territory with homes and households.
    """
    homes = _table(folder, "homes")
    cell = cell_ids(*(pl.col(name) for name in ("cell_crs", "cell_north", "cell_east")))
    placed = homes.filter(pl.col("cell_crs").is_not_null()).select("home_id", cell=cell)
    people = None
    answers: list[tuple[bool | None, int | None]] = []
    for finding in findings:
        if finding.part or finding.kind == "income" or finding.quantity not in {*TRAITS, "homes"}:
            answers.append((None, None))
            continue
        if finding.count == "homes":
            rows = placed
        else:
            if people is None:
                people = _table(folder, "households").filter(pl.col("tenure") == "social").join(placed, on="home_id")
            has = TRAITS[finding.quantity]
            rows = people.filter(~has if finding.kind == "everybody" else has)
        true = rows.filter(pl.col("cell").is_in(list(finding.cells))).height
        answers.append((finding.low <= true <= finding.high, true))
    return answers


def _table(folder: Path, name: str) -> pl.DataFrame:
    file = folder / f"{name}.parquet"
    try:
        return pl.read_parquet(file)
    except FileNotFoundError:
        raise BadInput("is not there; give the true territory", file=file) from None
    except pl.exceptions.PolarsError as error:
        raise BadInput(f"cannot be read: {error}", file=file) from None
