"""An attack on a generated country: `python -m benchmarks.map_attack carreau 500000`, or `scan`.

Units of one to three cells in a row, communes of 6 × 1 cells, and priority neighbourhoods of 5 × 5 cells that cut both,
as many as France has: the grid tells every indicator, the others their total of households. Prints the seconds of the
work alone.
"""

import json
import sys
import time

import numpy as np
import polars as pl

from carreau.attack.published import Table
from carreau.attack.searching import attack

WIDE, HIGH, MEAN = 6, 1, 20


def country(households: int, seed: int = 1) -> list[Table]:
    """The grid, the communes and the neighbourhoods, one in 23 communes."""
    random = np.random.default_rng(seed)
    side = int(np.sqrt(households / MEAN)) // WIDE * WIDE
    row, column = (place.ravel() for place in np.indices((side, side)))
    people = random.integers(11, 2 * MEAN - 10, side * side)
    unit = np.unique(row * side + column - column % 3 + np.where(random.random(side * side) < 0.7, column % 3, 0),
                     return_inverse=True)[1]  # fmt: skip
    commune = row // HIGH * side + column // WIDE
    chosen = random.random(side * side) < 1 / (23 * WIDE * HIGH)
    qpv = np.full((side + 5, side + 5), -1)
    for number, (north, east) in enumerate(zip(row[chosen], column[chosen], strict=True)):
        qpv[north : north + 5, east : east + 5] = number
    names = pl.format("CRS3035RES200mN{}E{}", pl.Series(2_000_000 + 200 * row), pl.Series(3_200_000 + 200 * column))
    cells = pl.select(names.alias("cell"))["cell"]
    return [
        _table("map", cells, unit, people, random),
        _table("commune", cells, commune, people),
        _table("qpv", cells, qpv[:side, :side].ravel(), people),
    ]


def _table(
    name: str, cells: pl.Series, zone: np.ndarray, people: np.ndarray, random: np.random.Generator | None = None
) -> Table:
    inside = zone >= 0
    labels, number = np.unique(zone[inside], return_inverse=True)
    total = np.bincount(number, people[inside]).astype(float)
    told = {"households": (total, total)}
    if random is not None:
        for trait, part in (("one_person", 0.4), ("lone_parents", 0.2), ("five_persons", 0.1), ("poor", 0.35)):
            told[trait] = _banded(np.floor(total * part * random.uniform(0.2, 1.2, len(total))), total)
        persons = np.floor(total * 2.6) + 8
        told["persons"] = (persons, persons)
    placed = pl.DataFrame({"cell": cells.filter(pl.Series(inside)), "zone": number.astype(np.int64)})
    return Table(name, "households", "2026-01-01", tuple(f"{name}{label}" for label in labels), told, placed)


def _banded(count: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    few, many = count <= 2, count >= total - 2
    return np.where(few, 0, np.where(many, total - 2, count)), np.where(few, 2, np.where(many, total, count))


def main() -> None:
    """Attack a country of so many households, or only sum its tables, and say how long it took."""
    kind, households = sys.argv[1], int(sys.argv[2])
    tables = country(households)
    start = time.perf_counter()
    said: dict[str, object]
    if kind == "scan":
        said = {"told": sum(float(low.sum()) for table in tables for low, _ in table.told.values())}
    else:
        result = attack(tables)
        said = {"verdict": result.verdict, "findings": len(result.findings), "not_searched": dict(result.not_searched)}
    seconds = round(time.perf_counter() - start, 3)
    print(json.dumps({"zones": [len(table.zones) for table in tables], "seconds": seconds, **said}))


if __name__ == "__main__":
    main()
