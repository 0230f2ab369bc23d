"""Drawing the country's units: `python -m benchmarks.partition KIND 5000000`.

`finest`, `quadtree` and `natural` are the methods of `carreau map build`.

`greedy` is the plain way to merge: each small cell, the fullest first, joins the unit that touches it with the fewest
people. `sort` is the lower limit: the cells once sorted and counted by commune. Prints seconds of the work alone.
"""

import json
import sys
import time

import polars as pl

from benchmarks.country_cells import COMMUNES, HOUSEHOLDS, country
from carreau.release.partition.drawn import CELL_KEY, Drawn
from carreau.release.partition.finest import finest
from carreau.release.partition.natural import natural
from carreau.release.partition.quadtree import quadtree

THRESHOLD = 11
DRAW = {"finest": finest, "natural": natural, "quadtree": quadtree}


def greedy(cells: pl.DataFrame) -> tuple[int, int, int]:
    """People in units of one cell, units and people in none, when cells join what touches them in their commune."""
    table = cells.sort("commune", *CELL_KEY)
    number = {
        (c, n // 200, e // 200): i for i, (c, n, e) in enumerate(table.select("commune", *CELL_KEY[1:]).iter_rows())
    }
    people = table["base"].to_list()
    unit, members = list(range(len(people))), [1] * len(people)

    def top(cell: int) -> int:
        while unit[cell] != cell:
            unit[cell] = cell = unit[unit[cell]]
        return cell

    places = list(number)
    for cell in sorted(range(len(people)), key=lambda one: (-people[one], one)):
        while people[own := top(cell)] < THRESHOLD:
            commune, north, east = places[cell]
            beside = ((north + 1, east), (north - 1, east), (north, east + 1), (north, east - 1))
            near = {top(number[commune, *at]) for at in beside if (commune, *at) in number} - {own}
            if not near:
                break
            other = min(near, key=lambda one: (people[one], one))
            unit[own], people[other], members[other] = other, people[other] + people[own], members[other] + members[own]
    tops = [one for one in range(len(unit)) if unit[one] == one]
    alone = sum(people[one] for one in tops if members[one] == 1 and people[one] >= THRESHOLD)
    lawful = [one for one in tops if people[one] >= THRESHOLD]
    return alone, len(lawful), sum(people[one] for one in tops if people[one] < THRESHOLD)


def figures(cells: pl.DataFrame, drawn: Drawn) -> tuple[int, int, int]:
    """The same of a partition."""
    counted = drawn.cells.join(cells, on=CELL_KEY).join(drawn.units.select("unit_id", "size"), on="unit_id", how="left")
    lawful = counted.group_by("unit_id").agg(pl.col("base").sum(), pl.col("size").first()).drop_nulls("unit_id")
    alone = lawful.filter(pl.col("size") == 200)["base"].sum()
    return alone, lawful.height, int(cells["base"].sum()) - int(lawful["base"].sum())


def main(kind: str, households: int) -> None:
    """Draw the cells, then do the work."""
    cells = country(households, max(1, COMMUNES * households // HOUSEHOLDS))
    start = time.perf_counter()
    done = greedy(cells) if kind == "greedy" else None
    drawn = DRAW[kind](cells, THRESHOLD) if kind in DRAW else None
    if kind == "sort":
        cells.sort("commune", *CELL_KEY).group_by("commune").agg(pl.col("base").sum())
    seconds = round(time.perf_counter() - start, 2)
    if drawn is not None:
        done = figures(cells, drawn)
    said: dict[str, object] = {
        "kind": kind,
        "cells": cells.height,
        "households": cells["base"].sum(),
        "seconds": seconds,
    }
    if done:
        said |= {"share_at_200m": round(done[0] / cells["base"].sum(), 4), "units": done[1], "in_no_unit": done[2]}
    if drawn is not None and drawn.quality:
        said["gap"] = round(drawn.quality["gap"], 3)
    print(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
