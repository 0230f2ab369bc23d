"""A year of vacancies of Nantes under one policy: `python -m benchmarks.nantes POLICY FOLDER [MONTH]`.

`territory` for POLICY makes the folder first: the homes of the shipped extract, synthetic households, applications and
vacancies. `MONTH` (2026-02) keeps the vacancies of one month. Prints what the allocation does and the seconds of it.
"""

import json
import shutil
import sys
import time
from importlib.resources import as_file, files
from pathlib import Path

import polars as pl

from carreau.allocation.allocate import allocate
from carreau.allocation.allocation import Allocation
from carreau.allocation.policy import Policy
from carreau.demo.run import EXTRACT, SEED
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.synthetic.synthesize import synthesize
from carreau.register.territory import Territory, write


def territory(folder: Path) -> Territory:
    """The territory of the demonstration."""
    with as_file(files("carreau.demo").joinpath("data", EXTRACT)) as extract:
        import_rpls(extract, folder, ImportOptions())
    return synthesize(folder, seed=SEED)


def of_month(whole: Territory, month: str, folder: Path) -> Territory:
    """The same with the vacancies of one month alone."""
    tables = {name: whole.table(name).collect() for name in whole.facts["tables"]}
    tables["vacancies"] = tables["vacancies"].filter(pl.col("available").dt.strftime("%Y-%m") == month)
    shutil.rmtree(folder, ignore_errors=True)
    return write(folder, tables, {"name": whole.name, "reference_date": whole.reference_date.isoformat()})


def told(found: Allocation) -> dict[str, object]:
    """The figures of an allocation, and its quotas as reached of target."""
    quotas = found.quotas.filter(pl.col("by") == "all")
    reached = {one["quota"]: f"{one['reached']}/{one['target']}" for one in quotas.iter_rows(named=True)}
    return {**dict(found.figures.iter_rows()), "quotas": reached, "digest": found.digest[:12]}


def main(policy: str, folder: Path, month: str | None = None) -> None:
    """Do one of the two, and say what it gave."""
    if policy == "territory":
        made = territory(folder)
        print(json.dumps({name: table["rows"] for name, table in made.facts["tables"].items()}))
        return
    given = Territory.open(folder)
    if month:
        given = of_month(given, month, folder.with_name(f"{folder.name}-{month}"))
    start, used = time.perf_counter(), time.process_time()
    found = allocate(given, Policy.load(policy))
    taken = {"seconds": time.perf_counter() - start, "computing": round(time.process_time() - used, 1)}
    print(json.dumps({**taken, **told(found)}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
