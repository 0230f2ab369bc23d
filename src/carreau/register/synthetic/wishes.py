"""The communes that an application names."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from carreau.register.synthetic.margins import Margins, Random


@dataclass(frozen=True)
class Places:
    """Communes of the register by EPCI (one without stands alone) with their homes: `group`, `commune`, `homes`."""

    communes: pl.DataFrame

    @classmethod
    def of(cls, homes: pl.LazyFrame) -> "Places":
        """Count the homes of each commune."""
        group = pl.coalesce("epci", "commune").alias("group")
        counted = homes.group_by(group, "commune").agg(pl.len().alias("homes")).sort("group", "commune")
        return cls(counted.collect())


def wanted_communes(places: Places, present: pl.Series, margins: Margins, random: Random) -> pl.Series:
    """The present commune first, then further ones of the same EPCI, those with many homes more often."""
    table = places.communes.with_columns(pl.col("homes").cum_sum().alias("end"))
    bounds = table.group_by("group").agg(
        (pl.col("end") - pl.col("homes")).min().alias("low"), pl.col("end").max().alias("high")
    )
    ranges = (
        pl.DataFrame({"commune": present})
        .join(table.unique("commune").select("commune", "group"), on="commune", how="left", maintain_order="left")
        .join(bounds, on="group", how="left", maintain_order="left")
    )
    more = random.poisson(margins.assumed["more_communes_wanted"], len(present))
    owner = np.repeat(np.arange(len(present)), more)
    low, high = ranges["low"].to_numpy()[owner], ranges["high"].to_numpy()[owner]
    picked = np.searchsorted(table["end"].to_numpy(), low + random.random(len(owner)) * (high - low), side="right")
    further = pl.DataFrame({"owner": owner, "commune": table["commune"].gather(picked)})
    first = pl.DataFrame({"owner": np.arange(len(present)), "commune": present})
    named = pl.concat([first, further]).unique(["owner", "commune"], keep="first", maintain_order=True)
    lists = named.sort("owner", maintain_order=True).group_by("owner", maintain_order=True).agg("commune")
    return lists["commune"].rename("wanted_communes")
