"""Which zone of each zoning a home lies in: open knowledge, from the register and its zonings."""

from collections.abc import Sequence

import polars as pl

from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.release.partition.drawn import CELL_KEY

COLUMNS = {
    "commune": pl.col("commune"),
    "iris": pl.col("iris"),
    "qpv": pl.coalesce("qpv", pl.when("in_qpv").then(pl.lit("QPV"))),
    "residence": pl.col("residence_id"),
}
"""The zonings that the register of homes itself declares; a home known to be in some QPV is in the zone `QPV`."""
ENDINGS = ("_cells", "_told", "_units")
"""What the files of a zoning end in: no zoning may be called so."""


def belonging(territory: Territory, zonings: Sequence[str]) -> pl.DataFrame:
    """The homes that have a cell: `home_id`, the three columns of the cell, and a column for each zoning (null: none).

    A zoning of the folder goes before the column of the same name; it is taken as on the reference date.

    Raises BadInput for a zoning that the territory does not have, and when a home is in two zones of one.
    """
    located = territory.table("homes").filter(pl.col("cell_crs").is_not_null())
    declared = [COLUMNS[name].alias(name) for name in zonings if name in COLUMNS and name not in territory.zonings]
    homes = located.select("home_id", *CELL_KEY, *declared).collect()
    for name in zonings:
        if name in territory.zonings:
            homes = homes.join(_members(territory, name), on="home_id", how="left", maintain_order="left")
        elif name not in COLUMNS:
            known = ", ".join(sorted({*COLUMNS, *territory.zonings}))
            raise BadInput(f"has no zoning {name!r}; there is {known}", file=territory.path)
        if name.endswith(ENDINGS):
            raise BadInput(f"the zoning {name!r} ends as a file of another one would; call it differently")
    return homes.select("home_id", *CELL_KEY, *zonings)


def _members(territory: Territory, name: str) -> pl.DataFrame:
    day = pl.lit(territory.reference_date)
    begun, ended = pl.col("valid_from") <= day, (pl.col("valid_to") <= day).fill_null(value=False)
    members = territory.zoning(name).filter(begun & ~ended).select(home_id="unit", zone="zone").unique().collect()
    twice = members.filter(pl.col("home_id").is_duplicated())
    if not twice.is_empty():
        raise BadInput(f"the home {twice['home_id'][0]!r} is in two zones of {name} at once", file=territory.path)
    return members.rename({"zone": name})
