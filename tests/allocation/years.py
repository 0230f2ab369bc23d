"""A made-up year of decisions, fair or not as told."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from carreau.allocation.treatment.stages import events

NOTHING: Mapping[str, float] = MappingProxyType({})


def applications(count: int, random: np.random.Generator) -> pl.DataFrame:
    """Groups that go together as they do: the young have waited less, the poor are more often hosted."""
    age = random.choice(["under_25", "from_25", "from_35", "from_50", "from_65"], count, p=[0.15, 0.3, 0.3, 0.15, 0.1])
    young, poor = age == "under_25", random.random(count) < 0.35
    words = {
        "commune": random.choice(["44109", "44162", "44143"], count, p=[0.6, 0.25, 0.15]),
        "priority_class": random.choice(["dalo", "ground", "none"], count, p=[0.05, 0.25, 0.7]),
        "seniority_band": np.where(young, "under_1", random.choice(["under_1", "from_1", "from_3", "from_5"], count)),
        "income_class": np.where(poor, "first_quartile", "above"),
        "age_class": age,
        "composition": random.choice(["alone", "couple", "couple_children", "lone_parent"], count),
        "disability": random.choice(["yes", "no"], count, p=[0.1, 0.9]),
        "present_housing": np.where(poor & (random.random(count) < 0.5), "hosted_by_family", "private_tenant"),
        "came_from": random.choice(["this_department", "another_department"], count, p=[0.85, 0.15]),
    }
    rooms = random.integers(1, 5, count).astype(np.int16)
    return pl.DataFrame({"application_id": [f"a{n}" for n in range(count)], "rooms": rooms, **words})


def year(seed: int, count: int = 2_000, bias: Mapping[str, float] = NOTHING) -> pl.DataFrame:
    """The events of a year: three stages, where communes, rooms, priority and seniority all count, and a bias.

    `bias` is the chance of being presented that a group loses, by "column=word".
    """
    random = np.random.default_rng(seed)
    groups = applications(count, random)
    tense = (groups["commune"] == "44109").to_numpy()
    chance = 0.35 - 0.15 * tense + 0.3 * (groups["priority_class"] != "none").to_numpy()
    chance += 0.1 * (groups["seniority_band"] == "from_5").to_numpy() + 0.02 * groups["rooms"].to_numpy()
    unfair = sum(
        (lost * (groups[name.split("=")[0]] == name.split("=")[1]).to_numpy() for name, lost in bias.items()),
        np.zeros(count),
    )
    shown = random.random(count) < chance - unfair
    rank = random.integers(1, 8, count)
    wait = np.floor(random.exponential(400, count) * (1 + tense))
    happened = pl.DataFrame(
        {
            "application_id": groups["application_id"],
            "stage": ["candidates"] * count,
            "outcome": np.where(shown, "presented", "passed_over"),
            "rank": pl.Series(np.where(shown, rank, 0)).replace(0, None),
            "wait": [None] * count,
        }
    )
    chosen = happened.filter(pl.col("outcome") == "presented").with_columns(
        stage=pl.lit("commission"),
        outcome=pl.Series(np.where(random.random(int(shown.sum())) < 0.5, "attribution", "non_attribution")),
        wait=pl.Series(wait[shown]),
    )
    answered = chosen.filter(pl.col("outcome") == "attribution").with_columns(
        stage=pl.lit("answer"), outcome=pl.lit("accepted"), rank=None
    )
    parts = [one.with_columns(pl.col("rank", "wait").cast(pl.Int32)) for one in (happened, chosen, answered)]
    return events(pl.concat(parts), groups)
