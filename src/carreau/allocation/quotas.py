"""Shares of a year's leases that a law or a territory asks for: what they count, and where they stand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl

from carreau.errors import BadInput
from carreau.rules.parameters import load

POPULATIONS: Mapping[str, tuple[str, ...]] = {
    "first_quartile_or_renewal": ("first_quartile", "relocated_for_renewal"),
    "other_quartiles": ("first_quartile",),
    "priority": ("priority",),
    "dalo": ("dalo",),
    "transfer": ("transfer",),
}
"""Whom a quota may be for, by the columns of a lease that say so. Never a trait that the law does not name."""
SCOPES = ("everywhere", "outside_qpv", "in_qpv")
LEVELS: Mapping[str, str] = {"landlord": "landlord_id", "epci": "epci", "reserver": "reserver"}

METERS = pl.Schema(
    {
        "quota": pl.String(),
        "by": pl.String(),
        "group": pl.String(),
        "share": pl.Int32(),
        "hard": pl.Boolean(),
        "counted": pl.Int32(),
        "target": pl.Int32(),
        "reached": pl.Int32(),
        "reachable": pl.Int32(),
    }
)


@dataclass(frozen=True)
class Quota:
    """At least a share of the leases signed in a year and a scope, for a population.

    `rule` names a parameter of the family `quotas` whose share is the floor of the law; `share`, when given, is the
    territory's own, in thousandths. `by` is the level at which it must hold (`epci`, `landlord` or `reserver`).
    `contingent` counts only the leases signed on that reserver's homes, against all those of the scope. `hard` places
    are reserved while they are missing and somebody fits; a soft quota is reported, and weighed by the mechanisms that
    weigh. Counted when the lease is signed (L441-1 CCH).
    """

    name: str
    population: str
    scope: str
    by: str
    hard: bool
    reference: str
    rule: str | None = None
    share: int | None = None
    contingent: str | None = None

    def shares(self, day: date) -> Mapping[str | None, int]:
        """Thousandths by group on a day: one for all (None), or one a reserver where the rule sets them apart."""
        if self.share is not None or self.rule is None:
            return {None: self.share or 0}
        value = load("quotas")[self.rule].on(day)
        found = value if isinstance(value, Mapping) else {None: value}
        return {group: round(1000 * one) for group, one in found.items()}


def member(population: str) -> pl.Expr:
    """Whether a lease (or an application with the columns of `POPULATIONS`) counts for a population.

    What is not known counts for none: an unknown income is in no quartile.
    """
    if population == "other_quartiles":
        return (~pl.col("first_quartile")).fill_null(False)
    return pl.any_horizontal(pl.col(name).fill_null(False) for name in POPULATIONS[population])


def in_scope(scope: str) -> pl.Expr:
    """Whether a home (`in_qpv`, null: not known) is where a quota counts. What is not known counts outside QPV."""
    inside = pl.col("in_qpv").fill_null(False)
    return {"everywhere": pl.lit(True), "outside_qpv": ~inside, "in_qpv": inside}[scope]


def least(share: int, leases: int) -> int:
    """The fewest leases that are a share, in thousandths, of so many."""
    return -(-share * leases // 1000)


def meters(
    leases: pl.DataFrame, quotas: Sequence[Quota], day: date, *, expected: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Where quotas stand on a day, for the leases signed since 1 January: a row a quota and group (`METERS`).

    `leases` has `signed`, `reserver`, `in_qpv` and the columns of the populations asked for (see `POPULATIONS`), and
    maybe `landlord_id` and `epci`. `expected`: the leases still to come this year, the same columns but `signed`, each
    population's column saying whether somebody of it could have the home. For every quota there is a row for all
    (`by` "all", `group` null), and one for each landlord and EPCI where `leases` has the column, and for each reserver
    where the quota or its rule is by reserver.

    `counted`: leases of the scope, those to come included; `target`: the fewest of them for the share; `reached`:
    signed already for the population; `reachable`: the most by the end of the year. Raises BadInput naming a column
    that is missing.
    """
    signed = _of_year(leases, quotas, day).with_columns(pl.lit(True).alias("is_signed"))
    coming = _needed(expected, quotas).with_columns(pl.lit(False).alias("is_signed")) if expected is not None else None
    both = signed if coming is None else pl.concat([signed, coming], how="diagonal_relaxed")
    rows = [row for quota in quotas for row in _rows(both, quota, day)]
    return pl.DataFrame(rows, schema=METERS, orient="row")


def _of_year(leases: pl.DataFrame, quotas: Sequence[Quota], day: date) -> pl.DataFrame:
    if "signed" not in leases.columns:
        raise BadInput("leases lack the column signed")
    in_year = pl.col("signed").is_between(date(day.year, 1, 1), day)
    return _needed(leases, quotas).filter(in_year)


def _needed(leases: pl.DataFrame, quotas: Sequence[Quota]) -> pl.DataFrame:
    asked = {"in_qpv", "reserver"} | {name for quota in quotas for name in POPULATIONS[quota.population]}
    if missing := sorted(asked - set(leases.columns)):
        raise BadInput(f"leases lack the column{'s' * (len(missing) > 1)} {', '.join(missing)}")
    return leases.with_columns(pl.col("reserver").cast(pl.String))


def _rows(leases: pl.DataFrame, quota: Quota, day: date) -> Iterator[tuple[object, ...]]:
    shares = quota.shares(day)
    scoped = leases.filter(in_scope(quota.scope))
    by_reserver = quota.by == "reserver" or None not in shares
    held = member(quota.population) & (pl.lit(True) if not quota.contingent else pl.col("reserver") == quota.contingent)
    told = scoped.with_columns(
        held.alias("held"),
        _share_of(shares).alias("share"),
    ).filter(pl.col("share").is_not_null())
    for level, column in {"all": None, **LEVELS}.items():
        if column is None:
            yield (quota.name, "all", None, *_figures(told, quota))
        elif column in told.columns and (level != "reserver" or by_reserver):
            for group, part in sorted(told.drop_nulls(column).partition_by(column, as_dict=True).items()):
                yield (quota.name, level, group[0], *_figures(part, quota))


def _share_of(shares: Mapping[str | None, int]) -> pl.Expr:
    if None in shares:
        return pl.lit(shares[None], pl.Int32)
    return pl.col("reserver").replace_strict(shares, default=None, return_dtype=pl.Int32)


def _figures(leases: pl.DataFrame, quota: Quota) -> tuple[int, bool, int, int, int, int]:
    """Share, hardness, counted, target, reached, reachable; over several shares the targets are summed."""
    parts = leases.group_by("share").len().rows()
    target = sum(least(share, count) for share, count in parts)
    mean = round(sum(Fraction(share * count) for share, count in parts) / leases.height) if leases.height else 0
    share = parts[0][0] if len(parts) == 1 else mean
    held = leases.filter("held")
    return share, quota.hard, leases.height, target, int(held["is_signed"].sum()), held.height
