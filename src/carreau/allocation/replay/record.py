"""The record of a run: hashes of all that it was made from and of all that came out, and no value of anybody."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from carreau.allocation.allocation import TABLES, Allocation
from carreau.allocation.policy import Policy
from carreau.allocation.replay.drawing import Draw
from carreau.allocation.replay.versions import code, policy_sha256, rules
from carreau.errors import BadInput
from carreau.outputs import digest
from carreau.register.territory import Territory

FORMAT = 1


@dataclass(frozen=True)
class Record:
    """What a run was made from, and its digest.

    `tables`: SHA-256 of each table of the snapshot by name; `rules` and `code` as in `versions`; `policy`: its name and
    content hash; `seed` as the run took it, and `draw` where it comes from (`Draw.as_dict`), None for an experiment;
    `digest` of the whole result, `results` of each of its tables.
    """

    territory: str
    reference_date: str
    tables: Mapping[str, str]
    policy: Mapping[str, str]
    seed: int | str
    draw: Mapping[str, str] | None
    rules: Mapping[str, str]
    code: Mapping[str, str]
    digest: str
    results: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """The record as plain values, with its format."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def of_dict(cls, page: Mapping[str, Any]) -> "Record":
        """The record again. Raises BadInput for another format, or a field that lacks or is unknown."""
        fields = dict(page)
        if fields.pop("format", None) != FORMAT:
            raise BadInput(f"is not a record of format {FORMAT}, the one this version reads")
        if set(fields) != set(cls.__dataclass_fields__):
            odd = sorted(set(fields) ^ set(cls.__dataclass_fields__))
            raise BadInput(f"is not a record: it lacks, or should not have, {', '.join(odd)}")
        return cls(**fields)


def record_of(territory: Territory, policy: Policy, allocation: Allocation, draw: Draw | None = None) -> Record:
    """The record of a run that was just made from this territory under this policy.

    `draw` is where its seed comes from; without one the record says that the seed was chosen: an experiment. Raises
    BadInput when the run was made with another seed than that of the draw, or under a policy of another name.
    """
    seed, named = allocation.facts["seed"], allocation.facts["policy"]["name"]
    if draw is not None and seed not in (draw.seed, draw.number):
        raise BadInput("the run was not made with the seed that was drawn")
    if named != policy.name:
        raise BadInput(f"the run was made under the policy {named}, not {policy.name}")
    return Record(
        territory=territory.name,
        reference_date=territory.reference_date.isoformat(),
        tables=table_hashes(territory),
        policy={"name": policy.name, "sha256": policy_sha256(policy)},
        seed=seed,
        draw=None if draw is None else draw.as_dict(),
        rules=dict(rules()),
        code=dict(code()),
        digest=allocation.digest,
        results=result_digests(allocation),
    )


def table_hashes(territory: Territory) -> dict[str, str]:
    """SHA-256 of each table of a territory, as its page says it."""
    return {name: str(table["sha256"]) for name, table in sorted(territory.facts["tables"].items())}


def result_digests(allocation: Allocation) -> dict[str, str]:
    """The digest of each table of a result."""
    return {name: digest({name: getattr(allocation, name)}) for name in TABLES}
