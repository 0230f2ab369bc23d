"""A generated country with tables of communes and QPV: `python -m benchmarks.zones release 500000 DIR`, then `attack`.

Cells on a limit are cut: a commune has a part of the homes of cells that are nearly as near to another, and QPV lie
over towns with a ragged edge, as many as France has for its households. `release` draws the finest units, passes the
gate with both tables and writes them into an empty folder; `attack` reads the files and tries to break them; `sort` is
the lower limit: the homes once sorted by zone and counted. Prints the seconds of the work alone, without the drawing of
the country, and those of the processor.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from benchmarks.country_cells import COMMUNES, HOUSEHOLDS, country
from benchmarks.measure import computing
from carreau.attack.published import read
from carreau.attack.searching import attack
from carreau.cli.processes import processes
from carreau.release.exports import fill
from carreau.release.gate import protect
from carreau.release.partition.drawn import CELL_KEY
from carreau.release.partition.finest import finest
from carreau.release.rules import Rules

QPV, WIDE = 1_500, 5
VACANT = 0.04


def homes(households: int, seed: int = 1) -> pl.DataFrame:
    """One row a home: `home_id`, its cell, `commune`, `qpv` (null outside), `let`."""
    random = np.random.default_rng(seed)
    cells = country(households, max(1, COMMUNES * households // HOUSEHOLDS), seed).filter(pl.col("base") > 0)
    place = cells.select("cell_north", "cell_east").to_numpy() / 200
    centres = cells.group_by("commune").agg(pl.col("cell_north").mean() / 200, pl.col("cell_east").mean() / 200)
    distance, near = cKDTree(centres.drop("commune").to_numpy()).query(place, k=2)
    second = centres["commune"].gather(near[:, 1])
    cut = distance[:, 1] - distance[:, 0] < 1
    count = cells["base"].to_numpy()
    cell = np.repeat(np.arange(cells.height), count)
    over = cut[cell] & (random.random(len(cell)) < random.uniform(0, 0.5, cells.height)[cell])
    commune = pl.Series(np.where(over, second.to_numpy()[cell], cells["commune"].to_numpy()[cell]))
    heart = random.choice(cells.height, max(1, QPV * households // HOUSEHOLDS), p=count / count.sum())
    tree = cKDTree(place[heart])
    off, zone = tree.query(place, p=np.inf)
    inside = (off < WIDE // 2)[cell] | ((off < WIDE // 2 + 1)[cell] & (random.random(len(cell)) < 0.5))
    qpv = pl.select(pl.when(pl.Series(inside)).then(pl.format("QP{}", pl.Series(zone[cell])))).to_series()
    located = cells.select(CELL_KEY)[cell]
    return located.with_columns(
        home_id=pl.int_range(len(cell)), commune=commune, qpv=qpv, let=pl.Series(random.random(len(cell)) >= VACANT)
    )


def release(table: pl.DataFrame, folder: Path) -> dict[str, object]:
    """Draw, protect and write; what each zoning became."""
    start = time.perf_counter()
    rows = table.filter("let").select("home_id", *CELL_KEY)
    most = table.group_by(*CELL_KEY, "commune").agg(base=pl.col("let").sum().cast(pl.Int64), homes=pl.len())
    most = most.sort("homes", "commune", descending=[True, False])
    cells = most.group_by(CELL_KEY).agg(pl.col("commune").first(), pl.col("base").sum())
    with processes() as executor:
        drawn = finest(cells, Rules.of("households").threshold, executor=executor)
    seconds = round(time.perf_counter() - start, 2)
    facts = {"territory": "generated", "reference_date": "2026-01-01", "method": "finest", "count": "households",
             "threshold": 11, "synthetic": True, "licence": None, "sources": [], "rules": []}  # fmt: skip
    made = protect(rows, drawn, indicators=(), rules=Rules.of("households"), facts=facts,
                   belonging=table.select("home_id", *CELL_KEY, "commune", "qpv"))  # fmt: skip
    passed = round(time.perf_counter() - start, 2)
    folder.mkdir(parents=True)
    fill(made, folder)
    return {"units": made.units.height, "drawn": seconds, "passed": passed,
            "zonings": {name: zones.figures for name, zones in made.zones.items()}}  # fmt: skip


def main() -> None:
    """Do one of the works and say how long it took."""
    kind, households, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3] if len(sys.argv) > 3 else ".")
    table = homes(households) if kind != "attack" else pl.DataFrame()
    start, busy = time.perf_counter(), computing()
    said: dict[str, object] = {"homes": table.height}
    if kind == "sort":
        table.sort("commune", "qpv").group_by("commune", "qpv").len()
    elif kind == "release":
        said |= release(table, folder)
    else:
        result = attack(read(folder))
        said |= {"verdict": result.verdict, "searched": dict(result.searched), "not": dict(result.not_searched)}
        said["findings"] = len(result.findings)
    said["seconds"], said["processor"] = round(time.perf_counter() - start, 2), round(computing() - busy, 2)
    print(json.dumps({"kind": kind, **said}))


if __name__ == "__main__":
    main()
