"""From frames to proposals: `python -m benchmarks.allocation_frames allocate 20000`, or `vacancy 100000`.

`allocate`: so many vacated homes and 6.5 times as many applications in communes of the whole country, under the policy
`points`; when each step began, and the seconds of all. `vacancy`: one home's candidates among so many applications, all
of whom want its commune: the median of 20 times, once they are ranked. `scan`: the lower limit of that, their columns
read once.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from benchmarks.allocation_country import APPLICATIONS, HOMES, ROOMS_LET
from benchmarks.applications import applications
from carreau.allocation.allocate import allocate
from carreau.allocation.flow import index, rank_one
from carreau.allocation.policy import Policy
from carreau.places.communes import Communes
from carreau.register.tables import Homes, Vacancies
from carreau.register.territory import Territory, write

DAY, NANTES, TIMES = date(2026, 1, 1), "44109", 20


def territory(folder: Path, count: int) -> Territory:
    """Homes let again in communes drawn by their population, and applications for communes drawn alike."""
    random = np.random.default_rng(1)
    known = Communes.shipped().frame.filter((pl.col("kind") == "COM") & (pl.col("population") > 0))
    weight = known["population"].to_numpy() ** 1.15
    weight /= weight.sum()
    place = random.choice(known.height, count, p=weight)
    homes = pl.DataFrame(
        {
            "home_id": [f"h-{number}" for number in range(count)],
            "commune": known["code"].gather(place),
            "department": known["department"].gather(place),
            "epci": known["epci"].gather(place),
            "rooms": random.choice(np.arange(1, 6), count, p=ROOMS_LET),
            "surface": random.integers(18, 90, count),
            "ceiling_class": random.choice(["PLAI", "PLUS", "PLS"], count, p=[0.12, 0.78, 0.1]),
            "in_qpv": random.random(count) < 0.3,
        }
    )
    fixed = {"year": 2026, "residence_id": "r", "access": "none", "description_origin": "synthetic"}
    vacancies = homes.select(
        pl.col("home_id").alias("vacancy_id"), "home_id", pl.lit(DAY).alias("vacated"), pl.lit(DAY).alias("available"),
        pl.lit("none").alias("reserver"), pl.lit("synthetic").alias("origin"),
    )  # fmt: skip
    people = count * APPLICATIONS // HOMES
    wanted = known["code"].gather(random.choice(known.height, (people, 3), p=weight).ravel())
    wanted_lists = wanted.reshape((people, 3)).arr.to_list().list.unique(maintain_order=True)
    tables = {
        "homes": _whole(homes.with_columns(**{name: pl.lit(value) for name, value in fixed.items()}), Homes),
        "vacancies": _whole(vacancies, Vacancies),
        "applications": applications(people).with_columns(wanted_communes=wanted_lists),
    }
    return write(folder, tables, {"name": "Generated", "reference_date": DAY.isoformat()})


def _whole(frame: pl.DataFrame, table: Any) -> pl.DataFrame:
    schema = table.create_empty().schema
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
    )


def steps(count: int) -> dict[str, object]:
    """Allocate such a territory; when each step was first told of, and the whole."""
    seen: dict[str, float] = {}

    def told(label: str, _: int, __: int | None = None) -> None:
        seen.setdefault(label, round(time.perf_counter() - start, 2))

    with tempfile.TemporaryDirectory() as folder:
        made = territory(Path(folder) / "t", count)
        start = time.perf_counter()
        found = allocate(made, Policy.load("points"), progress=told)
    return {"seconds": time.perf_counter() - start, "began": seen, **dict(found.figures.iter_rows())}


def vacancy(count: int) -> dict[str, object]:
    """Rank so many applications once, then ask for one home's candidates again and again."""
    asked = _all_want(count)
    start = time.perf_counter()
    ranked = index(asked, Policy.load("points"), DAY)
    ranking = round(time.perf_counter() - start, 2)
    home = {"commune": NANTES, "rooms": 2, "surface": 45, "ceiling_class": "PLUS", "department": "44"}
    found = rank_one(ranked, home)
    seconds = _median(lambda: rank_one(ranked, home))
    return {"seconds": seconds, "ranking": ranking, "eligible": found.eligible, "wanting": found.wanting}


def scan(count: int) -> dict[str, object]:
    """Read the columns that a home's conditions are about."""
    asked = _all_want(count).select("wanted_rooms_min", "wanted_rooms_max", "reference_income", "expected_births")
    return {"seconds": _median(lambda: asked.sum())}


def _all_want(count: int) -> pl.DataFrame:
    return applications(count).with_columns(wanted_communes=pl.lit([NANTES], dtype=pl.List(pl.String)))


def _median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


KINDS = {"allocate": steps, "vacancy": vacancy, "scan": scan}

if __name__ == "__main__":
    print(json.dumps(KINDS[sys.argv[1]](int(sys.argv[2]))))
