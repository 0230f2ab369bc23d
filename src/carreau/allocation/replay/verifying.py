"""Run again what a record tells of, and say what differs: which input, which rule file, which table, which row."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from carreau.allocation.allocation import TABLES, Allocation
from carreau.allocation.policy import Policy
from carreau.allocation.replay.drawing import Draw, draws_lots
from carreau.allocation.replay.record import Record, result_digests, table_hashes
from carreau.allocation.replay.versions import code, policy_sha256, rules
from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.text import say

Run = Callable[[Territory, Policy, int | str], Allocation]
IDS = ("vacancy_id", "application_id", "home_id", "rank", "quota", "by", "group", "landlord_id", "reserver", "figure")


@dataclass(frozen=True)
class Difference:
    """Something that is not as recorded. `kind`: `territory`, `table`, `rule`, `policy`, `code`, `draw` or `result`.

    `recorded` and `found` are hashes, versions or values, "" where there is none; `rows` are the ids of the first rows
    of a result that differ, none when the recorded rows were not given.
    """

    kind: str
    name: str
    recorded: str
    found: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Replay:
    """What came out. `verdict`: `same`, `differs`, or `inputs_expired` when the snapshot is not kept any more.

    `inputs` are what differs beforehand, `results` what differs in what came out. The one does not make the other: a
    table that a policy does not read changes no result. `experiment` says that lots were drawn with a seed that
    somebody chose.
    """

    verdict: str
    digest: str
    inputs: tuple[Difference, ...]
    results: tuple[Difference, ...]
    experiment: bool


def replay(
    record: Record, territory: Territory | None, policy: Policy, run: Run, *, kept: Allocation | None = None
) -> Replay:
    """Run again from the snapshot and compare. `run` is `allocate`; `kept` is the recorded result, if it was kept.

    A territory of None says that the inputs are gone, as when a person's key was destroyed. Raises BadInput as `run`
    does, and when `kept` is not the recorded result.
    """
    if kept is not None and kept.digest != record.digest:
        raise BadInput("the kept result is not the recorded one: their digests differ")
    experiment = record.draw is None and draws_lots(policy)
    if territory is None:
        return Replay("inputs_expired", "", tuple(_of_policy(record, policy)), (), experiment)
    inputs = tuple(differing_inputs(record, territory, policy))
    again = run(territory, policy, record.seed)
    results = tuple(_of_results(record, again, kept))
    verdict = "same" if again.digest == record.digest else "differs"
    return Replay(verdict, again.digest, inputs, results, experiment)


def differing_inputs(record: Record, territory: Territory, policy: Policy) -> Iterator[Difference]:
    """What this territory, policy, these rules and this code have that the record has not, or has otherwise."""
    for name, recorded, found in (
        ("name", record.territory, territory.name),
        ("reference_date", record.reference_date, territory.reference_date.isoformat()),
    ):
        if recorded != found:
            yield Difference("territory", name, recorded, found)
    yield from _unequal("table", record.tables, table_hashes(territory))
    yield from _of_policy(record, policy)
    yield from _unequal("rule", record.rules, rules())
    yield from _unequal("code", record.code, code())
    yield from of_draw(record)


def sentences(found: Replay, language: str) -> Iterator[str]:
    """What came out and what differs, in "fr" or "en"."""
    yield say(f"replay.{found.verdict}", language, digest=found.digest)
    if found.experiment:
        yield say("replay.experiment", language)
    for one in (*found.inputs, *found.results):
        yield say(f"replay.differs_{one.kind}", language, name=one.name)
        if one.rows:
            yield say("replay.rows", language, rows=", ".join(one.rows))


def _of_policy(record: Record, policy: Policy) -> Iterator[Difference]:
    found = policy_sha256(policy)
    if found != record.policy["sha256"]:
        yield Difference("policy", policy.name, record.policy["sha256"], found)


def of_draw(record: Record) -> Iterator[Difference]:
    """What does not hold of the draw of lots that a record tells of: its order, or the seed that follows from it."""
    if record.draw is None:
        return
    try:
        drawn = Draw.of_dict(record.draw)
    except BadInput as error:
        yield Difference("draw", error.problem, str(record.seed), "")
        return
    if record.seed not in (drawn.seed, drawn.number):
        yield Difference("draw", "seed", str(record.seed), drawn.seed)


def _unequal(kind: str, recorded: Mapping[str, str], found: Mapping[str, str]) -> Iterator[Difference]:
    for name in sorted({*recorded, *found}):
        if recorded.get(name) != found.get(name):
            yield Difference(kind, name, recorded.get(name, ""), found.get(name, ""))


def _of_results(record: Record, again: Allocation, kept: Allocation | None) -> Iterator[Difference]:
    for one in _unequal("result", record.results, result_digests(again)):
        rows = () if kept is None or one.name not in TABLES else first_differing(
            getattr(kept, one.name), getattr(again, one.name)
        )  # fmt: skip
        yield Difference(one.kind, one.name, one.recorded, one.found, rows)


def first_differing(one: pl.DataFrame, two: pl.DataFrame, most: int = 5) -> tuple[str, ...]:
    """The ids of the first rows that are in one of two tables only, in their order; else the columns that differ."""
    if one.schema != two.schema:
        return tuple(sorted({name for name, _ in set(one.schema.items()) ^ set(two.schema.items())}))[:most]
    counted = [each.group_by(each.columns).len("copies") for each in (one, two)]
    odd = pl.concat(
        here.join(there, on=here.columns, how="anti", nulls_equal=True) for here, there in (counted, reversed(counted))
    )
    ids = [pl.col(name).cast(pl.String) for name in IDS if name in one.columns] or [pl.col(one.columns[0])]
    return tuple(odd.select(pl.concat_str(ids, separator=" ", ignore_nulls=True)).to_series().unique().sort()[:most])
