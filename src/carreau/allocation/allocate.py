"""Candidates for every vacated home: frames to a market, the policy's mechanism, and what it does to the quotas."""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from carreau import __version__
from carreau.allocation.allocation import VACANCIES, Allocation
from carreau.allocation.contingents import FLOW, conventions, flow_meters, oriented
from carreau.allocation.fit.conditions import CONDITIONS
from carreau.allocation.fit.effort import Efforts
from carreau.allocation.fit.offers import offers
from carreau.allocation.fit.pairs import Pairs, pairs
from carreau.allocation.market import NOBODY, Assignment, Market
from carreau.allocation.mixing import Mixing, mixing
from carreau.allocation.objectives import blocks, objectives, told_gaps, with_mix_steps
from carreau.allocation.outcome import frame, mix_after, proposals, quota_meters, waits
from carreau.allocation.policy import Policy
from carreau.allocation.populations import thresholds
from carreau.allocation.presenting import Presenting
from carreau.allocation.reserves import Asked, asked
from carreau.allocation.running import answering, run
from carreau.allocation.standing import Standing, standing
from carreau.progress import Progress, silent
from carreau.register.territory import Territory

SOURCES = ("homes", "vacancies", "applications")
OPTIONAL = ("households", "leases", "contingents")


def allocate(
    territory: Territory,
    policy: Policy,
    *,
    seed: int | str = 1,
    progress: Progress = silent,
    stop: int | None = None,
    executor: Executor | None = None,
) -> Allocation:
    """Propose a household for each vacancy of a territory, with the candidates that follow it.

    Vacancies are taken by the day they can be let again, then id. Eligible is an application that wants the commune and
    fits the home (`fit.conditions`), under the rules in force on the territory's reference date; candidates are ranked
    as the policy says (`standing`, `running`). Leases of the year so far count for the quotas, where the territory has
    them. Candidates are as many as the policy asks wherever so many are eligible.

    `seed` draws a lottery and who answers which of equal adverts, and changes nothing else (ids break the last ties);
    an integer marks an experiment. `stop` is the most work allowed to the mechanism, in its own unit; `facts` then say
    that it did not finish. Under `optimal`, `executor` solves the EPCIs of a large territory at once, to the same
    result, and `facts` give for each what it reached and what it could alone (`gaps`). Raises BadInput when a table is
    missing, a vacancy's home is not among the homes, conventions with reservers cannot be, or no ceiling is known for
    the reference date.
    """
    day = territory.reference_date
    homes = _oriented(offers(territory), territory, policy)
    epcis = homes["epci"].drop_nulls().unique().sort().to_list()
    applications = territory.table("applications").collect()
    ranked = standing(applications, policy, day, epcis=epcis, seed=str(seed))
    mix = _mixing(territory, policy, applications, epcis)
    homes = with_mix_steps(homes, policy, mix)
    fitting = pairs(homes, ranked, policy, day, progress=progress)
    wanted = asked(homes, _leases(territory), policy.quotas, day)
    claims = tuple(one for one in wanted if one.quota.hard and one.seats)
    if policy.mechanism == "choice":
        fitting = replace(fitting, wish=answering(fitting, homes, ranked, str(seed)))
    market = _market(fitting, ranked, claims)
    goals = objectives(policy, homes, ranked, fitting) if policy.mechanism == "optimal" else []
    apart = blocks(homes, fitting)
    found = run(market, policy, homes, claims, goals, apart, stop=stop, progress=progress, executor=executor)
    presenting = Presenting(policy, ranked, fitting, found, claims)
    candidates = presenting.candidates(homes, Efforts(ranked.frame, policy, day))
    signed = proposals(homes, ranked, found, day)
    return Allocation(
        candidates=candidates,
        assignments=signed.select("vacancy_id", "home_id", "application_id"),
        breakdown=ranked.breakdown.join(candidates.select("application_id").unique(), on="application_id", how="semi"),
        vacancies=_vacancies(homes, ranked, fitting, found, candidates, policy),
        quotas=quota_meters(wanted, fitting, found, market.classes),
        flows=_flows(territory, policy, homes, signed),
        figures=_figures(homes, market, found, candidates, signed, mix),
        facts=_facts(territory, policy, seed, found) | told_gaps(homes, found),
    )


def _oriented(homes: pl.DataFrame, territory: Territory, policy: Policy) -> pl.DataFrame:
    if policy.reservers.orientation != "flow":
        return homes
    shares = conventions(_table(territory, "contingents"), policy.reservers, homes, territory.reference_date)
    return homes.with_columns(pl.Series("reserver", oriented(homes, shares, policy.reservers), pl.String))


def _market(fitting: Pairs, ranked: Standing, claims: Sequence[Asked]) -> Market:
    return Market(
        lot=fitting.lot,
        starts=fitting.starts,
        application=fitting.application,
        wish=fitting.wish,
        classes=ranked.frame["classes"].to_numpy().astype(np.int32),
        reserves=tuple(one.reserve() for one in claims),
    )


def _leases(territory: Territory) -> pl.DataFrame | None:
    leases = _table(territory, "leases")
    if leases is None:
        return None
    homes = territory.table("homes").select("home_id", "in_qpv", "landlord_id", "epci", "department").collect()
    return leases.join(homes, on="home_id", how="left").with_columns(
        pl.col("reserver").cast(pl.String), pl.lit(None, pl.Boolean).alias("dalo")
    )


def _table(territory: Territory, name: str) -> pl.DataFrame | None:
    return territory.table(name).collect() if territory.has(name) else None


def _mixing(territory: Territory, policy: Policy, applications: pl.DataFrame, epcis: Sequence[str]) -> Mixing | None:
    households = _table(territory, "households")
    if policy.mix is None or households is None:
        return None
    limits = thresholds(applications, epcis, territory.reference_date)
    return mixing(territory.table("homes").collect(), households, limits, policy.mix)


def _figures(
    homes: pl.DataFrame,
    market: Market,
    found: Assignment,
    candidates: pl.DataFrame,
    signed: pl.DataFrame,
    mix: Mixing | None,
) -> pl.DataFrame:
    presented = candidates.group_by("vacancy_id").len()["len"]
    return frame(
        {
            "vacancies": homes.height,
            "assignments": signed.height,
            "pairs": market.pairs_of_homes,
            "candidates_min": int(presented.min() or 0) if presented.len() == homes.height else 0,  # type: ignore[arg-type]
            "points_total": int(signed["points"].sum()) if signed["points"].count() else None,
            "mix_before": mix.index if mix else None,
            "mix_after": mix_after(mix, homes, signed).index if mix else None,
            **waits(signed),
            **{f"reached_{name}": value for name, value in found.reached.items()},
            **{f"bound_{name}": value for name, value in found.bound.items()},
        }
    )


def _flows(territory: Territory, policy: Policy, homes: pl.DataFrame, signed: pl.DataFrame) -> pl.DataFrame:
    contingents = _table(territory, "contingents")
    if contingents is None and not policy.reservers.shares:
        return pl.DataFrame(schema=FLOW)
    day = territory.reference_date
    shares = conventions(contingents, policy.reservers, homes, day)
    return flow_meters(signed, shares, policy.reservers, day)


def _vacancies(
    homes: pl.DataFrame,
    ranked: Standing,
    fitting: Pairs,
    found: Assignment,
    candidates: pl.DataFrame,
    policy: Policy,
) -> pl.DataFrame:
    lot = fitting.lot
    presented = candidates.group_by("vacancy_id").len("candidates")
    dalo = ranked.frame["dalo"].to_numpy()
    first_is_dalo = (found.application != NOBODY) & dalo[found.application] if dalo.size else found.application > NOBODY
    rows = homes.select(
        "vacancy_id",
        "home_id",
        "reserver",
        pl.Series("wanting", fitting.wanting[lot]),
        pl.Series("eligible_count", np.diff(fitting.starts)[lot]),
        *(pl.Series(f"refused_{name}", fitting.refused[lot, place]) for place, name in enumerate(CONDITIONS)),
        pl.Series("relax", [fitting.relax.get(one, ([], 0))[0] for one in lot.tolist()], pl.List(pl.String)),
        pl.Series("would_fit", [fitting.relax.get(one, ([], 0))[1] for one in lot.tolist()], pl.Int32),
        pl.Series("is_let", found.application != NOBODY),
        pl.Series("first_is_dalo", first_is_dalo) & (pl.col("reserver") == "state_priority"),
        "rooms",
        "zone",
        "student",
    ).join(presented, on="vacancy_id", how="left", maintain_order="left")
    told = rows.with_columns(
        pl.col("candidates").fill_null(0),
        _why_nobody(policy).alias("without_candidate"),
    )
    few = pl.col("candidates") < policy.candidates
    by_dalo = few & pl.col("first_is_dalo") & ("dalo_designated_by_the_prefect" in policy.exceptions)
    exception = (
        pl.when(by_dalo)
        .then(pl.lit("dalo_designated_by_the_prefect"))
        .when(few & (pl.col("candidates") > 0))
        .then(pl.lit("too_few_candidates"))
    )
    return told.with_columns(exception.alias("exception")).select(
        pl.col(name).cast(kind) for name, kind in VACANCIES.items()
    )


def _why_nobody(policy: Policy) -> pl.Expr:
    """Why no proposal is made: codes of the text catalogue (`vacancy.…`)."""
    counts = [pl.col(f"refused_{name}") for name in CONDITIONS]
    most = pl.max_horizontal(counts)
    worst = pl.coalesce(
        pl.when(count == most).then(pl.lit(name)) for name, count in zip(CONDITIONS, counts, strict=True)
    )
    left = "nobody_answered" if policy.mechanism == "choice" else "all_proposed_elsewhere"
    return (
        pl.when("is_let")
        .then(None)
        .when(pl.col("wanting") == 0)
        .then(pl.lit("nobody_wants_commune"))
        .when(pl.col("eligible_count") > 0)
        .then(pl.lit(left))
        .when(pl.col("rooms").is_null())
        .then(pl.lit("rooms_unknown"))
        .when(pl.col("zone").is_null() & ~pl.col("student"))
        .then(pl.lit("ceiling_unknown"))
        .otherwise(worst)
    )


def source_facts(territory: Territory) -> dict[str, str]:
    """What an allocation says of the territory that it was made from: equal for equal sources."""
    tables = territory.facts["tables"]
    named = {name: tables[name]["sha256"] for name in (*SOURCES, *OPTIONAL) if name in tables}
    hashes = json.dumps(named, sort_keys=True)
    return {
        "name": territory.name,
        "reference_date": territory.reference_date.isoformat(),
        "sources_sha256": hashlib.sha256(hashes.encode()).hexdigest(),
    }


def _facts(territory: Territory, policy: Policy, seed: int | str, found: Assignment) -> dict[str, Any]:
    grid = policy.grid
    return {
        "territory": source_facts(territory),
        "policy": {
            "name": policy.name,
            "title": dict(policy.title),
            "mechanism": policy.mechanism,
            "candidates": policy.candidates,
            "reference": dict(policy.reference),
            "grid": grid and {"name": grid.name, "fictitious": grid.fictitious, "partial": grid.partial},
            "quotas": [{"name": one.name, "hard": one.hard, "reference": one.reference} for one in policy.quotas],
        },
        "seed": seed,
        "seed_used": policy.mechanism in ("lottery", "choice"),
        "finished": found.finished,
        "work": found.work,
        "version": __version__,
    }
