"""Whose turn it is: the flow of homes that a landlord owes its reservers, and where it stands (R441-5 CCH)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from carreau.errors import BadInput
from carreau.register.vocabulary import RESERVER
from carreau.rules.parameters import load

STATE = ("state_priority", "state_civil_servants")
EXCLUDED = ("transfer", "relocated_for_renewal")
"""What R441-5 leaves out of the flow, by the columns of a lease. Homes sold are no vacancies."""
FLOW = pl.Schema(
    {
        "landlord_id": pl.String(),
        "department": pl.String(),
        "reserver": pl.String(),
        "share": pl.Int32(),
        "flow": pl.Int32(),
        "due": pl.Int32(),
        "given": pl.Int32(),
    }
)


@dataclass(frozen=True)
class Reservers:
    """How a policy treats reservers.

    `orientation`: `given` (the reserver that each vacancy already has) or `flow` (the vacancy goes to the reserver that
    its landlord owes most). `shares`, per cent of a landlord's flow in a département, stand in for the territory's
    conventions where it has none. `strength`: `hard` (only the reserver's applicants are presented, as long as there
    are any), `soft` (they come first among equals) or `none` (told, and moves nobody). `excluded_homes` are in no flow.
    """

    orientation: str = "given"
    strength: str = "none"
    shares: Mapping[str, int] | None = None
    excluded: Sequence[str] = EXCLUDED
    excluded_homes: frozenset[str] = frozenset()
    agreed_otherwise: str = ""


def check_shares(shares: Mapping[str, int], day: date, agreed_otherwise: str = "") -> None:
    """Refuse conventions that cannot be, per cent by reserver: more than all, or more for the State than R441-5-2.

    Raises BadInput with the reason. `agreed_otherwise` is the reference of an agreement on another share of the State.
    """
    for reserver, share in shares.items():
        if reserver not in RESERVER.categories:
            raise BadInput(f"unknown reserver {reserver!r}; there are {', '.join(RESERVER.categories)}")
        if not isinstance(share, int) or isinstance(share, bool) or not 0 <= share <= 100:
            raise BadInput(f"the share of {reserver} must be a whole number from 0 to 100, not {share!r}")
    if sum(shares.values()) > 100:
        raise BadInput(f"the reservers' shares make {sum(shares.values())} % together, more than the whole flow")
    if agreed_otherwise:
        return
    rules = load("quotas")
    of_state = sum(shares.get(one, 0) for one in STATE)
    for said, share, rule in (
        ("the prefect", of_state, "prefect_share"),
        ("state_civil_servants", shares.get("state_civil_servants", 0), "prefect_share_of_state_employees"),
    ):
        most = round(100 * rules[rule].on(day))
        if share > most:
            raise BadInput(f"{said} would have {share} % of the flow, more than {most} % (R441-5-2 CCH)")


def conventions(contingents: pl.DataFrame | None, reservers: Reservers, flow: pl.DataFrame, day: date) -> pl.DataFrame:
    """One row a landlord, département and reserver in force on a day: `landlord_id`, `department`, `reserver`, `share`.

    `flow` has the `landlord_id` and `department` of the homes concerned. Raises BadInput as `check_shares`, naming the
    landlord and the département.
    """
    columns = ["landlord_id", "department", "reserver", "share"]
    if contingents is not None and contingents.height:
        held = contingents.filter(pl.col("valid_from") <= day).with_columns(pl.col("reserver").cast(pl.String))
        found = held.select(columns)
    else:
        rows = pl.DataFrame(
            list((reservers.shares or {}).items()), schema={"reserver": pl.String, "share": pl.Int8}, orient="row"
        )
        pairs = flow.select("landlord_id", "department").drop_nulls().unique()
        found = pairs.join(rows, how="cross").select(columns)
    for (landlord, department), part in found.partition_by("landlord_id", "department", as_dict=True).items():
        try:
            check_shares(dict(part.select("reserver", "share").rows()), day, reservers.agreed_otherwise)
        except BadInput as error:
            raise BadInput(f"landlord {landlord}, département {department}: {error.problem}") from None
    return found.sort("landlord_id", "department", "reserver")


def flow_meters(leases: pl.DataFrame, conventions: pl.DataFrame, reservers: Reservers, day: date) -> pl.DataFrame:
    """What each landlord gave each reserver of the flow it owes, for the leases signed since 1 January (`FLOW`).

    `leases` has `signed`, `home_id`, `reserver`, `landlord_id`, `department` and the columns of `EXCLUDED`. `flow`:
    leases that count; `due`: the share of them, rounded down (the rest is the landlord's); `given`: those signed on
    the reserver's contingent.
    """
    out = pl.any_horizontal(pl.lit(False), *(pl.col(name).fill_null(False) for name in reservers.excluded))
    counted = leases.filter(
        pl.col("signed").is_between(date(day.year, 1, 1), day),
        ~out,
        ~pl.col("home_id").is_in(sorted(reservers.excluded_homes)),
    ).with_columns(pl.col("reserver").cast(pl.String))
    where = ["landlord_id", "department"]
    flow = counted.group_by(where).agg(pl.len().cast(pl.Int32).alias("flow"))
    given = counted.group_by(*where, "reserver").agg(pl.len().cast(pl.Int32).alias("given"))
    return (
        conventions.join(flow, on=where, how="left")
        .join(given, on=[*where, "reserver"], how="left")
        .with_columns(pl.col("share").cast(pl.Int32), pl.col("flow", "given").fill_null(0))
        .with_columns((pl.col("share") * pl.col("flow") // 100).cast(pl.Int32).alias("due"))
        .select(list(FLOW))
        .sort(*where, "reserver")
    )


def oriented(
    vacancies: pl.DataFrame, conventions: pl.DataFrame, reservers: Reservers, *, before: pl.DataFrame | None = None
) -> list[str]:
    """The reserver of each vacancy, in the order given: that which its landlord owes most when its turn comes.

    `vacancies` has `home_id`, `landlord_id`, `department`, `reserver`. What each is owed before a home is its share of
    the homes so far and this one, less those it had; equal debts go by name. Nothing is owed on an excluded home, nor
    by a landlord without a convention: those keep the reserver they have. `before`: homes whose turn came earlier, the
    same columns, with the reserver that each went to; so a home now goes where it would among all of them.
    """
    shares: dict[tuple[str, str], dict[str, int]] = {}
    for landlord, department, reserver, share in conventions.iter_rows():
        shares.setdefault((landlord, department), {})[reserver] = share
    seen: dict[tuple[str, str], int] = {}
    had: dict[tuple[str, str, str], int] = {}
    columns = ["home_id", "landlord_id", "department", pl.col("reserver").cast(pl.String)]
    for home, landlord, department, reserver in [] if before is None else before.select(columns).iter_rows():
        if shares.get((landlord, department)) and home not in reservers.excluded_homes:
            seen[landlord, department] = seen.get((landlord, department), 0) + 1
            had[landlord, department, reserver] = had.get((landlord, department, reserver), 0) + 1
    found = []
    for home, landlord, department, reserver in vacancies.select(columns).iter_rows():
        owed = shares.get((landlord, department))
        if not owed or home in reservers.excluded_homes:
            found.append(reserver)
            continue
        owed = {**owed, "none": owed.get("none", 0) + 100 - sum(owed.values())}
        seen[landlord, department] = flow = seen.get((landlord, department), 0) + 1
        best = min(owed, key=lambda one: (100 * had.get((landlord, department, one), 0) - owed[one] * flow, one))
        had[landlord, department, best] = had.get((landlord, department, best), 0) + 1
        found.append(best)
    return found
