"""The abnormally long delay of a territory (L441-1-4 CCH): months after which an application may go to mediation."""

from collections.abc import Mapping
from datetime import date
from functools import cache

import polars as pl

from carreau.errors import BadInput
from carreau.places.communes import Communes
from carreau.rules.parameters import load

Delays = Mapping[str, Mapping[int, int]]
MOST_ROOMS = 9


def delays_on(day: date) -> Delays:
    """The delays known on a day: months by the least rooms wanted, by territory (SIREN of an EPCI, or département).

    None before the first one known: no national rule exists.
    """
    parameter = load("delays")["abnormal"]
    if day < parameter.values[0].start:
        return {}
    return {
        place: {int(rooms): months for rooms, months in steps.items()} for place, steps in parameter.on(day).items()
    }


def delay(applications: pl.DataFrame, delays: Delays) -> pl.Series:
    """Months of delay of each application, null where none is known.

    The preferred commune's EPCI comes before its département; of the steps of a territory, that of the least rooms
    wanted. Raises BadInput for a territory without months, or with months under one.
    """
    for place, steps in delays.items():
        if not steps or min(steps.values()) < 1:
            raise BadInput(f"delay of {place}: months from 1 on are expected, by least rooms")
    rows = [
        (place, rooms, steps[max(step for step in steps if step <= rooms)])
        for place, steps in delays.items()
        for rooms in range(min(steps), MOST_ROOMS + 1)
    ]
    table = pl.DataFrame(rows, schema={"place": pl.String, "rooms": pl.Int8, "months": pl.Int32}, orient="row")
    places = _places().select(
        pl.col("code"),
        pl.when(pl.col("epci").is_in(list(delays))).then("epci")
        .when(pl.col("department").is_in(list(delays))).then("department").alias("place"),
    )  # fmt: skip
    wished = applications.select(
        pl.col("wanted_communes").list.first().alias("code"), pl.col("wanted_rooms_min").cast(pl.Int8).alias("rooms")
    )
    found = wished.join(places, on="code", how="left", maintain_order="left")
    return found.join(table, on=["place", "rooms"], how="left", maintain_order="left")["months"]


@cache
def _places() -> pl.DataFrame:
    return Communes.shipped().lookup.select("code", "epci", "department").unique("code", keep="first")
