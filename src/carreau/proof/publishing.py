"""Publish a release only when what was written of it could not be broken."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from carreau.attack.findings import SAFE, Attack
from carreau.attack.published import Table, read
from carreau.attack.searching import attack, open_register
from carreau.outputs import whole_folder
from carreau.progress import Progress, silent
from carreau.proof.figures import figures
from carreau.proof.hashes import PROOF, hashes
from carreau.proof.page import PAGE, written
from carreau.proof.refusal import NotPublished as NotPublished
from carreau.release.exports import fill
from carreau.release.gate import Release
from carreau.release.ledger import Ledger


@dataclass(frozen=True, eq=False)
class Proof:
    """A release that was published in `folder`: the `figures` of its `proof.json`, and the attack that failed on it."""

    folder: Path
    figures: Mapping[str, Any]
    result: Attack


def publish(
    release: Release,
    folder: Path,
    *,
    register: Path | None = None,
    beside: Sequence[Path] = (),
    ledger: Ledger | None = None,
    progress: Progress = silent,
) -> Proof:
    """Write a release, attack what was written, and let the folder appear with `proof.json` and `proof.html`.

    `register` is a territory folder, of which the attack takes the cells of the homes, as the open register tells them;
    `beside` are the folders of releases published before, which are attacked together with this one. `ledger`, the one
    that the release was made with, is written with its new rows before the folder appears. The same release gives the
    same bytes.

    Raises NotPublished when the attack succeeds or could not search everything, TypeError for anything but a release of
    the gate, BadInput when the folder cannot be written, `register` or `beside` not be read. Nothing appears then.
    """
    homes = open_register(register) if register else None
    former = [table for one in beside for table in read(one)]
    with whole_folder(folder) as staging:
        fill(release, staging, later=(PAGE, PROOF))
        tables = _named(read(staging), release)
        tables += former
        result = attack(tables, homes, progress=progress)
        if result.verdict != SAFE:
            raise NotPublished(result)
        proof = figures(staging, tables, result, homes)
        (staging / PAGE).write_text(written(proof, staging, hashes(staging)), encoding="utf-8")
        proof["files"] = hashes(staging)
        text = json.dumps(proof, ensure_ascii=False, indent=1)
        (staging / PROOF).write_text(text + "\n", encoding="utf-8")
        if ledger is not None:
            ledger.followed_by(release.digest, release.entries).save()
    return Proof(folder, proof, result)


def _named(tables: Sequence[Table], release: Release) -> list[Table]:
    """The grid under the name of its territory: that of the folder being written means nothing to anybody."""
    grid, *others = tables
    return [replace(grid, name=f"{release.facts['territory']} {grid.date}"), *others]
