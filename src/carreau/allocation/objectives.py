"""The goals of an `optimal` policy as worths of pairs, in the order that the policy states."""

from typing import Any

import numpy as np
import polars as pl

from carreau.allocation.fit.pairs import Pairs
from carreau.allocation.market import Assignment, Ints
from carreau.allocation.mechanisms.optimal import LET, Objective
from carreau.allocation.mixing import STEPS, Mixing
from carreau.allocation.policy import Policy
from carreau.allocation.standing import Standing

BEST_FIT = 3
MOST_TOGETHER = 300_000
"""Pairs of the largest territory optimised in one block: 262,099 took 12 s of processor, 659,390 over two minutes."""


def objectives(policy: Policy, homes: pl.DataFrame, ranked: Standing, fitting: Pairs) -> list[Objective]:
    """What is maximised after the reserved seats, in the order of the policy; homes let come before all.

    `priority`: 1 for a priority household, 2 if it also is designated by the mediation commission (DALO). `points`:
    those of the grid. `fit`: 3 for a home with the fewest rooms that the household takes, one less for each more.
    `mix`: what the home's residence or cell gains (`mixing.Mixing.steps`) by a household of the first quartile or not.
    """
    who = fitting.application
    found = [Objective(LET, np.ones(who.size, dtype=np.int32))]
    for goal in policy.order:
        if goal == "priority":
            found.append(Objective(goal, _sum(ranked, "priority", "dalo")[who]))
        elif goal == "points":
            points = ranked.frame["points"].fill_null(0).to_numpy()
            found.append(Objective(goal, (points - min(0, int(points.min(initial=0))))[who]))
        elif goal == "fit":
            found.append(Objective(goal, _fit(homes, ranked, fitting)))
        elif goal == "mix" and "mix_step" in homes.columns:
            found.append(Objective(goal, _mix(homes, ranked, fitting)))
    return found


def with_mix_steps(homes: pl.DataFrame, policy: Policy, mix: Mixing | None) -> pl.DataFrame:
    """The homes with `mix_step`, what their residence or cell gains, if the policy weighs it and it is known."""
    if mix is None or policy.mechanism != "optimal" or "mix" not in policy.order:
        return homes
    return homes.with_columns(pl.Series("mix_step", mix.steps(homes["home_id"].to_list()), pl.Int32))


def blocks(homes: pl.DataFrame, fitting: Pairs) -> Ints:
    """[lots]: the EPCI of each, optimised apart; all together where pairs are few: that alone is best for sure."""
    of_lot = np.zeros(fitting.starts.size - 1, dtype=np.int64)
    if fitting.application.size > MOST_TOGETHER:
        of_lot[fitting.lot] = homes["epci"].fill_null("").rank("dense").to_numpy()
    return of_lot


def told_gaps(homes: pl.DataFrame, found: Assignment) -> dict[str, Any]:
    """`gaps`: by EPCI, its homes to let, what it reached and what it could if nobody else wanted anybody.

    `epci` is null where all homes were optimised together, or theirs is not known.
    """
    if not found.gaps:
        return {}
    names = dict(enumerate(homes["epci"].fill_null("").unique().sort(), start=1))
    return {
        "gaps": [
            {
                "epci": names.get(gap.block) or None,
                "homes": gap.homes,
                "reached": dict(zip(found.reached, gap.reached, strict=True)),
                "bound": dict(zip(found.bound, gap.bound, strict=True)),
            }
            for gap in found.gaps
        ]
    }


def _fit(homes: pl.DataFrame, ranked: Standing, fitting: Pairs) -> Ints:
    rooms = _of_lots(homes["rooms"].fill_null(0).to_numpy().astype(np.int32), fitting)
    spare = rooms - ranked.frame["rooms_min"].to_numpy().astype(np.int32)[fitting.application]
    return np.clip(BEST_FIT - spare, 0, BEST_FIT)


def _mix(homes: pl.DataFrame, ranked: Standing, fitting: Pairs) -> Ints:
    step = _of_lots(homes["mix_step"].to_numpy(), fitting)
    poorer = ranked.frame["first_quartile"].to_numpy()[fitting.application]
    return np.where(poorer, step, -step) + STEPS


def _of_lots(of_home: Ints, fitting: Pairs) -> Ints:
    """[pairs]: what all homes of a lot have in common."""
    of_lot = np.zeros(fitting.starts.size - 1, dtype=np.int32)
    of_lot[fitting.lot] = of_home
    return np.repeat(of_lot, np.diff(fitting.starts))


def _sum(ranked: Standing, *flags: str) -> Ints:
    return np.sum([ranked.frame[name].to_numpy() for name in flags], axis=0, dtype=np.int32)
