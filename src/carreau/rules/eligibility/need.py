"""The home that an applicant needs: rooms, surface, access, and whether the present home is too small or too large."""

from datetime import date

import polars as pl

from carreau.rules.eligibility.codes import listed
from carreau.rules.eligibility.facts import described
from carreau.rules.eligibility.proofs import documents
from carreau.rules.needs import custody_change, minimum_surface, rooms_needed
from carreau.rules.occupancy.cases import over_occupied, under_occupied
from carreau.rules.parameters import load

PROVED = ("unborn_child", "alternating_children", "visiting_children", "carer", "adapted_home")


def needs(applications: pl.DataFrame, day: date) -> pl.DataFrame:
    """What each application needs on a day, one row each, in the order given.

    `applications`: the columns `facts.FROM_REGISTER` and any of `facts.FACTS`. Returns `application_id`; `rooms_min`
    and `rooms_max` (living room included); `surface`, the least in m²; `adapted`, whether only an adapted home will do;
    `over_occupied` and `under_occupied`, of the present home, null where its surface or rooms are unknown; `reasons`:

    - `by_persons` always; `couple_shares_a_bedroom`; `living_room_as_bedroom` or `children_share_a_bedroom`, whichever
      asks for fewer rooms; `adult_has_a_bedroom` (beside the couple or the person alone); `no_more_rooms_exist`;
    - `unborn_child`, `alternating_children`, `visiting_children`, `carer`, `adapted_home`, which `proofs` prove.

    Never about income. Raises BadInput as `facts.described`. Sources: see the family `needs`.
    """
    frame = described(applications, day).with_columns(**_rooms(day))
    carers = pl.col("carer").cast(pl.Int16) * load("needs")["carer_rooms"].on(day)
    cap = load("needs")["largest_minimum"].on(day)
    living = pl.col("persons") + custody_change("surface", day) + pl.col("unborn") + pl.col("carer").cast(pl.Int16)
    found = frame.select(
        "application_id",
        pl.min_horizontal(pl.col("fewest") + carers, pl.lit(cap)).cast(pl.Int16).alias("rooms_min"),
        (pl.col("most") + carers).cast(pl.Int16).alias("rooms_max"),
        minimum_surface(living, day).alias("surface"),
        pl.col("needs_adapted_home").alias("adapted"),
        over_occupied(pl.col("persons"), pl.col("present_surface"), day).alias("over_occupied"),
        under_occupied(pl.col("persons"), pl.col("visiting_children"), pl.col("present_rooms"), pl.lit(0), day).alias(
            "under_occupied"
        ),
    )
    proofs = documents({code: code for code in PROVED}, day)
    return found.hstack(listed(frame, _reasons(cap), proofs=proofs).rename({"codes": "reasons"}))


def _rooms(day: date) -> dict[str, pl.Expr]:
    unborn, adults = pl.col("unborn"), pl.col("adults")
    few, many = custody_change("fewest_rooms", day), custody_change("most_rooms", day)
    children = pl.col("children") + few
    fewest, _ = rooms_needed(pl.col("persons") + few, adults, children, unborn, day)
    _, most = rooms_needed(pl.col("persons") + many, adults, pl.col("children") + many, unborn, day)
    grown = pl.col("persons") - adults - pl.col("children")
    return {"fewest": fewest, "most": most, "grown": grown, "young": children + unborn}


def _reasons(cap: int) -> dict[str, pl.Expr]:
    alone_in_rooms = 1 + pl.col("grown") + pl.col("young")
    at_cap = pl.col("fewest") >= cap
    return {
        "by_persons": pl.lit(True),
        "couple_shares_a_bedroom": pl.col("couple"),
        "living_room_as_bedroom": (pl.col("fewest") == alone_in_rooms) & ~at_cap,
        "children_share_a_bedroom": (pl.col("fewest") < alone_in_rooms) & ~at_cap,
        "adult_has_a_bedroom": pl.col("grown") > 0,
        "no_more_rooms_exist": at_cap,
        "unborn_child": pl.col("unborn") > 0,
        "alternating_children": pl.col("alternating_children") > 0,
        "visiting_children": pl.col("visiting_children") > 0,
        "carer": pl.col("carer"),
        "adapted_home": pl.col("needs_adapted_home"),
    }
