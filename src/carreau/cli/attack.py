"""`carreau map attack`: does a release betray anyone?"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from carreau.attack.claims import checked
from carreau.attack.findings import BROKEN, SAFE, Attack
from carreau.attack.published import read
from carreau.attack.searching import attack, open_register
from carreau.attack.sentences import sentence, verdict
from carreau.cli.output import AsJson, Language, Watch, progress_bar, say
from carreau.proof.hashes import verify
from carreau.text import say as written

CODES = {SAFE: 0, BROKEN: 1}
NOT_EVERYTHING = 3


def attack_map(
    releases: Annotated[list[Path], typer.Argument(help="Folders of releases, taken together.")],
    register: Annotated[Path | None, typer.Option(help="A territory: where the open register has homes.")] = None,
    against: Annotated[Path | None, typer.Option(help="The true territory: only checks what was claimed.")] = None,
    language: Annotated[Language, typer.Option(help="Of the sentences: fr or en.")] = Language.fr,
    as_json: AsJson = False,
) -> None:
    """Try to break releases: exit code 1 when it succeeds, 3 when not everything was searched, 0 otherwise."""
    watch = Watch()
    with progress_bar() as progress:
        proved = [verify(folder) for folder in releases]
        tables = [table for folder in releases for table in read(folder)]
        result = attack(tables, open_register(register) if register else None, progress=progress)
    claims = checked(result.findings, against) if against else None
    figures = {
        "verdict": result.verdict,
        "findings": _findings(result, claims, language.value),
        "searched": dict(result.searched),
        "not_searched": dict(result.not_searched),
        "proved": proved,
        "seconds": watch.seconds,
    }
    say(figures, _lines(figures, result, language.value), as_json=as_json)
    if code := CODES.get(result.verdict, NOT_EVERYTHING):
        raise typer.Exit(code)


def _findings(
    result: Attack, claims: list[tuple[bool | None, int | None]] | None, language: str
) -> list[dict[str, Any]]:
    found = []
    for place, finding in enumerate(result.findings):
        one = asdict(finding) | {"sentence": sentence(finding, language)}
        one["region"], one["derivation"] = one.pop("cells"), one.pop("terms")
        if claims is not None:
            one["true"], one["true_number"] = claims[place]
        found.append(one)
    return found


def _lines(figures: dict[str, Any], result: Attack, language: str) -> list[str]:
    lines = [verdict(result, language)]
    for one in figures["findings"]:
        lines.append("- " + one["sentence"])
        if "true" in one:
            answer = {True: "true", False: "false", None: "unknown"}[one["true"]]
            lines.append("  " + written(f"attack.claim.{answer}", language, number=one["true_number"]))
    for key in ("searched", "not_searched"):
        lines += [written(f"attack.{key}", language, what=what, count=count) for what, count in figures[key].items()]
    return lines
