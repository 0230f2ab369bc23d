"""The country's applications before the rules: `python -m benchmarks.applications carreau 2800000`, or `scan`.

Needs, eligibility, quartile, priorities and points of generated applications. Prints the seconds of the work alone,
without imports and without drawing the applications.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from carreau.places.communes import Communes
from carreau.register.tables import Applications
from carreau.register.vocabulary import GROUND, PRESENT_HOUSING, REASON
from carreau.rules.eligibility.conditions import eligibility
from carreau.rules.eligibility.facts import described
from carreau.rules.eligibility.need import needs
from carreau.rules.eligibility.priority import priority
from carreau.rules.grids import load_grid
from carreau.rules.points import points
from carreau.rules.quartile import Threshold, lower_quartile, resources_per_unit

DAY = date(2026, 1, 1)
DRAWN = 50_000


def applications(count: int) -> pl.DataFrame:
    """Applications as the register has them: 50,000 households drawn, taken again with other incomes and dates."""
    random = np.random.default_rng(1)
    base = pl.DataFrame(_households(random))
    again = base[random.integers(0, DRAWN, count)]
    resources = random.integers(0, 5_000, count)
    since = pl.Series(random.integers(0, 3_650, count)).cast(pl.Int32)
    return Applications.cast(
        again.with_columns(
            pl.format("a-{}", pl.int_range(count)).alias("application_id"),
            pl.Series("resources", resources),
            pl.Series("reference_income", 10 * resources),
            (pl.lit(DAY) - pl.duration(days=since)).cast(pl.Date).alias("seniority_from"),
            (pl.lit(DAY) - pl.duration(days=since)).cast(pl.Date).alias("filed"),
        ).select(Applications.column_names())
    )


def _households(random: np.random.Generator) -> dict[str, object]:
    codes = Communes.shipped().frame.filter(pl.col("kind") == "COM")["code"].to_numpy()
    persons = random.choice([1, 2, 3, 4, 5, 6], DRAWN, p=[0.45, 0.22, 0.14, 0.1, 0.06, 0.03])
    kinds = np.where(persons == 1, "alone", random.choice(["couple_children", "lone_parent", "other"], DRAWN))
    rooms = persons.clip(1, 5)
    return {
        "department": ["44"] * DRAWN,
        "renewed": pl.Series([None] * DRAWN, dtype=pl.Date),
        "kind": np.where((persons == 2) & (random.random(DRAWN) < 0.5), "couple", kinds),
        "births": [_births(size, random) for size in persons],
        "expected_births": (random.random(DRAWN) < 0.03).astype(np.int8),
        "needs_adapted_home": random.random(DRAWN) < 0.05,
        "present_housing": random.choice(list(PRESENT_HOUSING.categories), DRAWN),
        "present_commune": random.choice(codes, DRAWN),
        "present_rooms": random.integers(1, 6, DRAWN),
        "present_home_id": pl.Series([None] * DRAWN, dtype=pl.String),
        "present_charge": pl.Series([None] * DRAWN, dtype=pl.Int32),
        "reason": random.choice(list(REASON.categories), DRAWN),
        "grounds": _lists(list(GROUND.categories), random.integers(0, 3, DRAWN), random),
        "dalo": random.random(DRAWN) < 0.03,
        "relocated_for_renewal": random.random(DRAWN) < 0.01,
        "reserver": ["none"] * DRAWN,
        "wanted_communes": _lists(codes.tolist(), random.integers(1, 6, DRAWN), random),
        "wanted_rooms_min": rooms,
        "wanted_rooms_max": rooms + 1,
        "origin": ["synthetic"] * DRAWN,
    }


def _births(size: int, random: np.random.Generator) -> list[date]:
    adults = random.integers(-25_000, 1_000, min(size, 2))
    children = random.integers(10_000, 20_000, max(size - 2, 0))
    return [date.fromordinal(date(1995, 1, 1).toordinal() + int(days)) for days in adults] + [
        date.fromordinal(date(1970, 1, 1).toordinal() + int(days)) for days in children
    ]


def _lists(words: list[str], lengths: np.ndarray, random: np.random.Generator) -> list[list[str]]:
    drawn = random.integers(0, len(words), (len(lengths), int(lengths.max())))
    return [
        [words[place] for place in dict.fromkeys(row[:size])] for row, size in zip(drawn.tolist(), lengths, strict=True)
    ]


def carreau(asked: pl.DataFrame) -> Callable[[], dict[str, object]]:
    """Every rule of an application; the first call reads the parameter files. The seconds of each are said."""
    said: dict[str, object] = {}

    def timed(name: str, work: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        start = time.perf_counter()
        done = work()
        said[name] = round(time.perf_counter() - start, 2)
        return done

    def work() -> dict[str, object]:
        known = timed("composition", lambda: described(asked, DAY))
        timed("needs", lambda: needs(known, DAY))
        timed("eligibility", lambda: eligibility(known, DAY))
        each = timed("quartile", lambda: asked.select(resources_per_unit(DAY)))
        limit = Threshold("44", DAY, lower_quartile(each.to_series(), DAY), "computed", None, "benchmark", "to verify")
        said["priorities"] = timed("priority", lambda: priority(known, DAY, limit))["priority"].sum()
        timed("points", lambda: _points(asked))
        return said

    return work


def _points(asked: pl.DataFrame) -> pl.DataFrame:
    return points(asked, load_grid("demo"), DAY).totals


def scan(asked: pl.DataFrame) -> Callable[[], dict[str, object]]:
    """The lower limit: every column that a rule reads is read once."""
    read = pl.col("resources", "reference_income", "expected_births", "wanted_rooms_min", "present_rooms", "dalo")
    lists = pl.col("births", "grounds", "wanted_communes").list.len()
    words = pl.col("kind", "present_housing", "reason").to_physical()
    days = pl.col("seniority_from").to_physical()

    def work() -> dict[str, object]:
        sums = asked.select(part.cast(pl.Int64).sum() for part in (read, lists, words, days))
        births = asked.select(pl.col("births").explode(empty_as_null=True).to_physical().cast(pl.Int64).sum())
        return {"sum": sums.sum_horizontal().item() + births.item()}

    return work


def main() -> None:
    """Do one kind of work on so many applications, and say how long it took."""
    kind, count = sys.argv[1], int(sys.argv[2])
    asked = applications(count)
    work = {"carreau": carreau, "scan": scan}[kind](asked)
    start = time.perf_counter()
    said = work()
    seconds = time.perf_counter() - start
    print(
        json.dumps({"applications": count, "columns_mb": round(asked.estimated_size("mb")), "seconds": seconds, **said})
    )


if __name__ == "__main__":
    main()
