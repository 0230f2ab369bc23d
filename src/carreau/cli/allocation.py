"""`carreau allocate`: ranked candidates for vacated homes."""

import os
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from carreau.allocation import allocate as engine
from carreau.allocation.allocation import Allocation
from carreau.allocation.policy import Policy
from carreau.cli.output import AsJson, Watch, progress_bar, say, table
from carreau.cli.processes import processes
from carreau.register.territory import Territory


def allocate(
    folder: Annotated[Path, typer.Argument(help="The territory folder.")],
    to: Annotated[Path, typer.Option(help="The folder of the result.")],
    policy: Annotated[str, typer.Option(help="A shipped policy (see `carreau policies`) or a file.")] = "points",
    seed: Annotated[int, typer.Option(help="Marks an experiment; recorded with the result.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Rank lawful candidates for each vacated home and propose one each; a commission decides."""
    watch = Watch()
    named = Policy.load(policy)
    with progress_bar() as progress, _processes(named) as executor:
        found = engine.allocate(Territory.open(folder), named, seed=seed, progress=progress, executor=executor)
        source = {"territory": os.path.relpath(folder.resolve(), to.resolve()), "policy": policy}
        replace(found, facts={**found.facts, "made_from": source}).save(to)
    figures = {
        "policy": policy,
        "vacancies": found.vacancies.height,
        "assignments": found.assignments.height,
        "candidates": found.candidates.height,
        "without_candidate": found.vacancies.height - found.assignments.height,
        **_outcome(found),
        "digest": found.digest,
        "path": str(to),
        "seconds": watch.seconds,
    }
    lines = [
        f"{figures['assignments']:,} of {figures['vacancies']:,} homes have candidates ({policy}), in {to}",
        _quotas(found),
    ]
    say(figures, lines, as_json=as_json)


def _processes(policy: Policy) -> AbstractContextManager[Executor | None]:
    return processes() if policy.mechanism == "optimal" else nullcontext()


def _outcome(found: Allocation) -> dict[str, Any]:
    """What the allocation does, by the names of the contract; null where it is not known."""
    values = dict(found.figures.iter_rows())

    def group(prefix: str) -> dict[str, int]:
        return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}

    return {
        "candidates_min": values["candidates_min"],
        "pairs": values["pairs"],
        "quotas": found.quotas.to_dicts(),
        "points_total": values.get("points_total"),
        "reached": group("reached_") or None,
        "bound": group("bound_") or None,
        "mix_before": values.get("mix_before"),
        "mix_after": values.get("mix_after"),
        "wait": group("wait_") or None,
        "finished": found.facts["finished"],
    }


def _quotas(found: Allocation) -> str:
    told = found.quotas.filter(pl.col("by") == "all")
    rows = [
        (one["quota"], f"{one['reached']:,}", f"{one['target']:,}", f"{one['reachable']:,}", f"{one['counted']:,}")
        for one in told.iter_rows(named=True)
    ]
    return table("", ("quota", "reached", "target", "reachable", "leases"), rows, words=(0,))
