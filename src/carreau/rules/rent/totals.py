"""What the rent reduction costs each landlord of a territory."""

from datetime import date

import polars as pl

from carreau.rules.composition import with_composition
from carreau.rules.rent.benefit import rent_help
from carreau.rules.rent.zones import with_zone


def rls_by_landlord(homes: pl.DataFrame, households: pl.DataFrame, day: date) -> pl.DataFrame:
    """One row a landlord: `landlord_id` (null: unknown), `tenants`, `with_rls`, `rls` (cents a month), `unknown`.

    `homes` and `households` have the columns of the register. Counts tenants of social homes under an APL agreement
    (`agreement` true or not said). Their tax income of year N-2 stands for the resources of APL, which the register
    lacks: the total is an estimate. `unknown` counts tenants in a commune without a zone, overseas among them.
    """
    let = homes.filter(pl.col("agreement").fill_null(True)).select("home_id", "landlord_id", "commune")
    tenants = households.filter(pl.col("tenure").cast(pl.String) == "social").join(let, on="home_id")
    asked = with_composition(
        tenants.with_columns(
            pl.lit(0, pl.Int8).alias("expected_births"), pl.lit([], pl.List(pl.String)).alias("grounds")
        ),
        day,
    )
    priced = with_zone(asked).with_columns(rent=pl.lit(0, pl.Int32), income=pl.col("reference_income"))
    counted = pl.concat([priced.select("landlord_id"), rent_help(priced, day)], how="horizontal")
    return (
        counted.group_by("landlord_id")
        .agg(
            tenants=pl.len(),
            with_rls=(pl.col("rls") > 0).sum(),
            rls=pl.col("rls").cast(pl.Int64).sum(),
            unknown=pl.col("rls").null_count(),
        )
        .sort("landlord_id")
    )
