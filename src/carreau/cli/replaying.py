"""`carreau verify` and `replay`: is this the record that was signed, and does the run come out again?"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from carreau.allocation.allocate import allocate
from carreau.allocation.allocation import Allocation
from carreau.allocation.policy import Policy
from carreau.allocation.replay.record import Record
from carreau.allocation.replay.signing import fingerprint, opened
from carreau.allocation.replay.verifying import of_draw, sentences
from carreau.allocation.replay.verifying import replay as run_again
from carreau.cli.output import AsJson, Language, Watch, progress_bar, say
from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.text import say as written

DIFFERENT = 1
RecordFile = Annotated[Path, typer.Argument(help="The signed record (JSON).")]
KeyFile = Annotated[Path, typer.Option(help="The public key (PEM) that the record should be signed by.")]


def verify(
    record: RecordFile,
    key: KeyFile,
    language: Annotated[Language, typer.Option(help="Of the sentences: fr or en.")] = Language.fr,
    as_json: AsJson = False,
) -> None:
    """Check the signature of a run's record and its draw of lots: exit code 1 when the draw does not hold."""
    watch = Watch()
    public = _key(key)
    found = _opened(record, public)
    wrong = list(of_draw(found))
    figures = {
        "signed": True,
        "key": fingerprint(public),
        "draw": None if found.draw is None else not wrong,
        "record": found.as_dict(),
        "seconds": watch.seconds,
    }
    say(figures, _told(found, bool(wrong), language.value), as_json=as_json)
    if wrong:
        raise typer.Exit(DIFFERENT)


def replay(
    record: RecordFile,
    key: KeyFile,
    territory: Annotated[Path, typer.Option(help="The snapshot that the run was made from.")],
    policy: Annotated[str | None, typer.Option(help="The policy's file, when it is not a shipped one.")] = None,
    kept: Annotated[Path | None, typer.Option(help="The folder of the result, to name the rows that differ.")] = None,
    language: Annotated[Language, typer.Option(help="Of the sentences: fr or en.")] = Language.fr,
    as_json: AsJson = False,
) -> None:
    """Run again what a signed record tells of: exit code 1 when another result comes out."""
    watch = Watch()
    one = _opened(record, _key(key))
    rules = Policy.load(policy or one.policy["name"])
    with progress_bar() as progress:
        found = run_again(
            one,
            Territory.open(territory),
            rules,
            lambda place, law, seed: allocate(place, law, seed=seed, progress=progress),
            kept=Allocation.open(kept) if kept else None,
        )
    figures = {**asdict(found), "recorded": one.digest, "seconds": watch.seconds}
    say(figures, sentences(found, language.value), as_json=as_json)
    if found.verdict != "same":
        raise typer.Exit(DIFFERENT)


def _opened(file: Path, key: Ed25519PublicKey) -> Record:
    try:
        page = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        raise BadInput("is not JSON", file=file) from None
    if not isinstance(page, Mapping):
        raise BadInput("is not a signed record", file=file)
    try:
        return opened(page, key)
    except BadInput as refusal:
        raise BadInput(refusal.problem, file=file) from None


def _key(file: Path) -> Ed25519PublicKey:
    try:
        key: Any = load_pem_public_key(file.read_bytes())
    except (ValueError, UnsupportedAlgorithm):
        raise BadInput("is not a public key in PEM", file=file) from None
    if not isinstance(key, Ed25519PublicKey):
        raise BadInput("is not an Ed25519 key", file=file)
    return key


def _told(record: Record, draw_is_wrong: bool, language: str) -> list[str]:
    if record.draw is None:
        draw = "replay.verified_without_draw"
    else:
        draw = "replay.verified_draw_wrong" if draw_is_wrong else "replay.verified_draw"
    return [
        written("replay.verified", language, digest=record.digest),
        written("replay.verified_from", language, territory=record.territory, day=record.reference_date,
                policy=record.policy["name"], version=record.code["version"]),
        written(draw, language),
    ]  # fmt: skip
