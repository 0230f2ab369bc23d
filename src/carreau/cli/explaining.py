"""`carreau explain`: why an application is presented for a home, passed over, or not eligible."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from carreau.allocation.allocation import Allocation
from carreau.allocation.explain_case import PRESENTED, Asking, Case
from carreau.allocation.explain_changes import Change, smallest_change
from carreau.allocation.explain_wording import sentences
from carreau.allocation.policy import Policy
from carreau.cli.output import AsJson, Language, Watch, say
from carreau.errors import BadInput
from carreau.register.territory import FACTS, Territory

BESIDE = "territory"
"""The folder beside a run that is taken for its territory, as `carreau demo` lays them out."""


def explain(
    folder: Annotated[Path, typer.Argument(help="The folder of an allocation.")],
    application: Annotated[str, typer.Option(help="The application.")],
    home: Annotated[str, typer.Option(help="The home.")],
    territory: Annotated[
        Path | None, typer.Option(help="The territory it was made from; by default where it was, or the one beside it.")
    ] = None,
    policy: Annotated[str | None, typer.Option(help="The policy's file, when it is not a shipped one.")] = None,
    language: Annotated[Language, typer.Option(help="Language of the sentences.")] = Language.fr,
    as_json: AsJson = False,
) -> None:
    """Say why an application is presented for a home, passed over or not eligible, and what would have mattered."""
    watch = Watch()
    run = Allocation.open(folder)
    source = Territory.open(territory or _made_from(folder, run.facts))
    asking = Asking(run, source, Policy.load(policy or _named(run.facts)))
    case = asking.case(application, home_id=home)
    change = smallest_change(asking, case)
    lines = list(sentences(case, change, language.value, exact=True))
    say({**_figures(case, change), "sentence": " ".join(lines), "seconds": watch.seconds}, lines, as_json=as_json)


def _figures(case: Case, change: Change | None) -> dict[str, Any]:
    return {
        "application": case.application_id,
        "home": case.home["home_id"],
        "kind": case.kind,
        "rank": case.rank,
        "eligible": case.running,
        "presented": case.presented,
        "points": case.own.points,
        "breakdown": dict(case.own.breakdown),
        "decided_by": case.decided_by,
        "favoured": case.favoured,
        "fails": list(case.fails),
        "change": None if change is None or case.kind == PRESENTED else asdict(change),
    }


def _made_from(folder: Path, facts: Mapping[str, Any]) -> Path:
    for one in (facts.get("made_from", {}).get("territory"), f"../{BESIDE}"):
        if one is not None and (folder.resolve() / one / FACTS).is_file():
            return folder.resolve() / one
    raise BadInput("the territory that it was made from is not found; name it with --territory", file=folder)


def _named(facts: Mapping[str, Any]) -> str:
    return str(facts.get("made_from", {}).get("policy") or facts["policy"]["name"])
