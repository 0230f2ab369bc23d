"""From a territory to a release: count, draw the grid, pass the gate."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from carreau.errors import BadInput
from carreau.progress import Progress, silent
from carreau.register.territory import Territory
from carreau.release.gate import Release, protect
from carreau.release.indicators import Indicator, chosen, known_of
from carreau.release.keeping import divide
from carreau.release.ledger import Ledger
from carreau.release.located import home_values, located_homes, located_households, thresholds
from carreau.release.partition.drawn import CELL_KEY
from carreau.release.partition.finest import finest
from carreau.release.partition.natural import natural
from carreau.release.partition.quadtree import quadtree
from carreau.release.previous import Former, read_former
from carreau.release.rules import Rules, references
from carreau.release.zones.belonging import belonging
from carreau.rules.quartile import PUBLISHED

METHODS = {"finest": finest, "natural": natural, "quadtree": quadtree}
COUNTS = ("households", "homes")


def build(
    territory: Territory,
    *,
    method: str = "finest",
    count: str = "households",
    indicators: str = "all",
    zonings: Sequence[str] = (),
    previous: Sequence[Path] = (),
    ledger: Ledger | None = None,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> Release:
    """A protected map of a territory's located homes or of the households of their tenants.

    `indicators` is `all`, `none` or names with commas between. Those that the territory knows nothing of are left out,
    and `facts["left_out"]` says so. With `count="homes"` there are none, since they describe households.

    `zonings` names the tables of zones to tell beside the units (see `zones.belonging`); `previous` are the folders of
    earlier releases, whose units are kept (see `keeping`) and whose rows stay but where `ledger` shows that a new one
    tells of nobody (see `renewal`). `executor` is for `finest`.

    Raises BadInput for an unknown method, count, indicator or zoning, for a territory without the table that is
    counted, and when none of its homes has a point.
    """
    _refuse_unknown("method", method, METHODS)
    _refuse_unknown("count", count, COUNTS)
    asked = chosen(indicators) if count == "households" else ()
    progress("reading homes and households", 0, 3)
    homes = located_homes(territory).collect()
    rows = located_households(territory) if count == "households" else homes.select("home_id", *CELL_KEY)
    values = home_values(territory).collect()
    if rows.is_empty():
        raise BadInput(f"has no {count} at a known point; nothing can be mapped", file=territory.path)
    rules = Rules.of(count)
    progress("drawing the grid", 1, 3)
    day = territory.reference_date.isoformat()
    former = read_former(previous, method=method, count=count, day=day)
    draw = partial(finest, executor=executor) if method == "finest" else METHODS[method]
    drawn = divide(_cells(homes, rows), rules, former, draw)
    progress("passing the gate", 2, 3)
    told, left_out = known_of(asked, rows, values)
    facts = _facts(territory, method, count, rows) | _about(territory, told, left_out)
    if former:
        facts["previous"] = [{"reference_date": one.date, "digest": one.digest} for one in former]
    placed = belonging(territory, list(dict.fromkeys(zonings))) if zonings else None
    release = protect(
        rows,
        drawn,
        indicators=told,
        rules=rules,
        facts=facts,
        homes=values,
        belonging=placed,
        former=former,
        ledger=ledger,
    )
    if ledger is not None:
        _refuse_what_is_left_out(release, former, ledger)
    progress("passing the gate", 3, 3)
    return release


def _refuse_what_is_left_out(release: Release, former: Sequence[Former], ledger: Ledger) -> None:
    known = ledger.entries.join(release.entries, on="shape", how="semi")["release"].unique().sort().to_list()
    for one in known:
        if one != release.digest and one not in {each.digest for each in former}:
            raise BadInput(
                f"knows of an earlier release of these units, {one[:16]}…, that was not given", file=ledger.folder
            )


def _cells(homes: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The cells with located homes: how many are counted there (none where all are vacant), and what they belong to.

    A cell on a border belongs to the commune, and to the side of a QPV's limit, where most of its homes are: the
    register is open, so that this tells nothing of who lives there.
    """
    counted = rows.group_by(CELL_KEY).len("base")
    cells = homes.select(CELL_KEY).unique().join(counted, on=CELL_KEY, how="left").with_columns(
        pl.col("base").fill_null(0)
    )  # fmt: skip
    for belongs in ("commune", "side"):
        cells = cells.join(_most(homes, belongs), on=CELL_KEY)
    return cells


def _most(homes: pl.DataFrame, belongs: str) -> pl.DataFrame:
    by = homes.group_by(*CELL_KEY, belongs).len("homes").sort("homes", belongs, descending=[True, False])
    return by.group_by(CELL_KEY).agg(pl.col(belongs).first())


def _facts(territory: Territory, method: str, count: str, rows: pl.DataFrame) -> dict[str, Any]:
    tables = {"homes"} if count == "homes" else {"homes", "households"}
    sources = [source for source in territory.facts.get("sources", []) if source.get("table") in tables]
    return {
        "territory": territory.name,
        "reference_date": territory.reference_date.isoformat(),
        "method": method,
        "count": count,
        "threshold": Rules.of(count).threshold,
        "synthetic": _synthetic(territory, count, rows),
        "licence": territory.facts.get("licence"),
        "sources": sources,
        "rules": references(count),
    }


def _about(territory: Territory, told: Sequence[Indicator], left_out: Sequence[Indicator]) -> dict[str, Any]:
    """What is missing for indicators that were asked for, and which first-quartile thresholds were applied.

    A computed threshold is a figure on applicants: only that it was computed is told, not its amount.
    """
    about: dict[str, Any] = {"left_out": [{"indicator": one.name, "needs": list(one.needs)} for one in left_out]}
    if any(one.name == "first_quartile" for one in told):
        about["first_quartile"] = [
            {"territory": one.territory, "basis": one.basis, "reference": one.reference}
            | ({"amount": one.amount} if one.basis == PUBLISHED else {})
            for one in thresholds(territory)[1]
        ]
    return about


def _synthetic(territory: Territory, count: str, rows: pl.DataFrame) -> bool:
    origin = (
        rows["origin"] if count == "households" else
        territory.table("homes").select(pl.col("description_origin").unique()).collect().to_series()
    )  # fmt: skip
    return bool((origin.cast(pl.String) == "synthetic").any())


def _refuse_unknown(what: str, given: str, known: Iterable[str]) -> None:
    if given not in known:
        raise BadInput(f"unknown {what} {given!r}; there is {', '.join(known)}")
