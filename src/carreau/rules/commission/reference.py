"""The page of the commission's procedure, made from its table: `docs/reference/commission.md`."""

from collections.abc import Iterator

from carreau.rules.commission.procedure import Procedure, diagram, procedures
from carreau.rules.commission.reasons import Reason, reasons
from carreau.text import say

HEAD = """# The commission

What a session of the allocation commission, a home on its agenda and a candidate for it go through. One table says it,
`src/carreau/rules/commission/procedure.yaml`; what is not in it is refused, and a test tries every pair. Rights are
those of the [table of rights](rights.md), the figures those of the [parameters](parameters.md#commission). This page is
made from the table by `make docs`: edit the YAML, never the page.
"""

TITLES = {"session": "The session", "item": "A home on the agenda", "candidacy": "A candidate for it"}


def commission_page() -> str:
    """The whole page as Markdown: a diagram and a table a subject, then the reasons."""
    lines = [HEAD]
    for subject, procedure in procedures().items():
        lines += [f"## {TITLES[subject]}", "", "```mermaid", diagram(procedure), "```", "", *_acts(procedure), ""]
    return "\n".join([*lines, *_reasons()]) + "\n"


def _acts(procedure: Procedure) -> Iterator[str]:
    yield "| act | from | to | right | checked first |"
    yield "|---|---|---|---|---|"
    for act in procedure.acts.values():
        after = (
            ", ".join(dict.fromkeys(act.moves.values())) if set(act.moves) != set(act.moves.values()) else "the same"
        )
        yield f"| {act.name} | {', '.join(act.moves)} | {after} | {act.right} | {', '.join(act.checks) or '—'} |"


def _reasons() -> Iterator[str]:
    yield "## Reasons"
    yield ""
    yield "A retired reason stays readable where it was given, and no new decision may give it."
    yield ""
    yield "| for | code | in words | in use | certainty | reference |"
    yield "|---|---|---|---|---|---|"
    for one in reasons().values():
        words = say(f"commission.reason.{one.code}", "en")
        yield f"| {one.outcome} | {one.code} | {words} | {_use(one)} | {one.certainty} | {one.reference} |"


def _use(one: Reason) -> str:
    return f"from {one.start}" if one.until is None else f"{one.start} to {one.until}, retired"
