"""Points of applications that name communes of several territories: each has its own grid."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from carreau.errors import BadInput
from carreau.places.communes import Communes
from carreau.rules.grids.grid import Grid
from carreau.rules.points.answers import check_answers
from carreau.rules.points.scoring import Points, points

HERE = "lives_in_territory"


def points_by_territory(
    applications: pl.DataFrame,
    communes: pl.DataFrame,
    grids: Mapping[str, Grid],
    day: date,
    answers: pl.DataFrame | None = None,
) -> Points:
    """Score each application under the grid of each territory where it wants a commune.

    `communes` has `commune` and `territory`; `grids` a grid by territory. An arrondissement that `communes` lacks is
    in the territory of its city; wishes of a territory without a grid give no row. `answers` may have a column
    `territory`: its rows hold for that one only. Whether somebody lives in the territory is read from
    `present_commune` unless it is answered. The frames of the result have a column `territory`, in the order of
    `grids`; `unanswered` names are `territory: column`. Raises BadInput as `points` does, for a commune of two
    territories, and when there is no grid.
    """
    if answers is not None:
        check_answers(answers, by_territory=True)
    if not grids:
        raise BadInput("no grid is given, by territory")
    wishes, homes = _wishes(applications, communes), _territory(applications["present_commune"], communes)
    found = {}
    for territory, grid in grids.items():
        chosen = wishes.get(territory, pl.Series(dtype=pl.UInt32))
        lives = (homes.gather(chosen) == territory).fill_null(False)
        asking = applications[chosen]
        found[territory] = points(asking, grid, day, _answers_in(territory, grid, asking, lives, answers))
    return _together(found)


def _answers_in(
    territory: str, grid: Grid, asking: pl.DataFrame, lives: pl.Series, answers: pl.DataFrame | None
) -> pl.DataFrame | None:
    own = answers
    if own is not None and "territory" in own.columns:
        own = own.filter(pl.col("territory") == territory).drop("territory")
    if HERE not in grid.answers or (own is not None and HERE in own.columns):
        return own
    here = asking.select("application_id", lives.alias(HERE))
    return here if own is None else here.join(own, on="application_id", how="left")


def _wishes(applications: pl.DataFrame, communes: pl.DataFrame) -> dict[str, pl.Series]:
    """The places in the frame of the applications that want each territory, in order."""
    exploded = (
        applications.select("wanted_communes")
        .with_row_index("place")
        .explode("wanted_communes", empty_as_null=False, keep_nulls=False)
    )
    named = exploded.select("place", _territory(exploded["wanted_communes"], communes).alias("territory"))
    wanted = named.drop_nulls("territory").unique().sort("place")
    return {one["territory"][0]: one["place"] for one in wanted.partition_by("territory")}


def _territory(codes: pl.Series, communes: pl.DataFrame) -> pl.Series:
    """The territory of each commune, that of its city for an arrondissement; null where there is none."""
    own = communes.select("commune", "territory").drop_nulls().unique()
    if own["commune"].is_duplicated().any():
        twice = own.filter(pl.col("commune").is_duplicated())["commune"].sort()[0]
        raise BadInput(f"commune {twice} is in two territories", column="commune")
    cities = Communes.shipped().frame.filter(pl.col("kind") == "ARM").select("code", "current_code")
    arrondissements = cities.join(own, left_on="current_code", right_on="commune").select(
        pl.col("code").alias("commune"), "territory"
    )
    every = pl.concat([own, arrondissements.join(own, on="commune", how="anti")])
    asked = pl.DataFrame({"commune": codes.cast(pl.String)})
    return asked.join(every, on="commune", how="left", maintain_order="left")["territory"]


def _together(found: Mapping[str, Points]) -> Points:
    def frame(name: str) -> pl.DataFrame:
        return pl.concat(
            getattr(one, name).select(
                "application_id", pl.lit(territory, pl.String).alias("territory"), pl.exclude("application_id")
            )
            for territory, one in found.items()
        )

    unanswered = tuple(f"{territory}: {name}" for territory, one in found.items() for name in one.unanswered)
    return Points(frame("breakdown"), frame("pending"), frame("totals"), unanswered)
