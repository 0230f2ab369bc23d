"""Do a run again on its kept snapshot, and keep what came out."""

from collections.abc import Iterator
from dataclasses import asdict, replace

from carreau import __version__
from carreau.allocation.allocate import allocate
from carreau.allocation.allocation import Allocation
from carreau.allocation.policy import Policy
from carreau.allocation.replay.record import Record
from carreau.allocation.replay.signing import opened as record_in
from carreau.allocation.replay.verifying import Difference, Replay, replay, sentences
from carreau.errors import BadInput
from carreau.outputs import file_sha256
from carreau.progress import Progress, silent
from carreau.register.territory import Territory
from carreau.site.bridge.models import Result, Snapshot
from carreau.site.bridge.results import kept
from carreau.site.bridge.signing import public_key
from carreau.site.bridge.snapshot import folder_of
from carreau.site.oversight.models import Replayed


def done_again(result: Result, progress: Progress = silent) -> Replay:
    """Run again and compare. Raises BadInput when its record was not signed here, or its policy is not shipped."""
    record = record_in(result.record, public_key())
    return replay(
        record,
        as_it_is(result.snapshot),
        Policy.load(record.policy["name"]),
        lambda place, policy, seed: allocate(place, policy, seed=seed, progress=progress),
        kept=_kept(result),
    )


def keep(result: Result, found: Replay) -> Replayed:
    """Keep what a replay found."""
    made: Replayed = Replayed.objects.create(
        result=result,
        verdict=found.verdict,
        digest=found.digest,
        version=__version__,
        inputs=[asdict(one) for one in found.inputs],
        results=[asdict(one) for one in found.results],
    )
    return made


def told(one: Replayed, language: str) -> Iterator[str]:
    """What a kept replay found, in sentences."""
    inputs, results = (
        tuple(Difference(**{**row, "rows": tuple(row["rows"])}) for row in rows) for rows in (one.inputs, one.results)
    )
    yield from sentences(Replay(one.verdict, one.digest, inputs, results, experiment=False), language)


def record_of(result: Result) -> Record | None:
    """The record of a run, or None when it is not the one that was signed here."""
    try:
        return record_in(result.record, public_key())
    except BadInput:
        return None


def as_it_is(snapshot: Snapshot) -> Territory | None:
    """The snapshot with the hashes of its files as they are now, so that a changed table is told; None once expired."""
    if snapshot.expired is not None:
        return None
    found = Territory.open(folder_of(snapshot.digest))
    tables = {
        name: {**facts, "sha256": file_sha256(found.path / f"{name}.parquet")}
        for name, facts in found.facts["tables"].items()
    }
    return replace(found, facts={**found.facts, "tables": tables})


def _kept(result: Result) -> Allocation | None:
    try:
        return kept(result)
    except BadInput:  # the kept tables were changed: the digests still say which result differs
        return None
