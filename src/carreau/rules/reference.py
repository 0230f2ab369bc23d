"""The page of every parameter with its history, made from the YAML files: `docs/reference/parameters.md`."""

import re
from collections.abc import Iterator
from typing import Any

from carreau.rules.parameters import Family, Parameter, Value, families, load

TEXTS = {
    r"29 juillet 1987": "https://www.legifrance.gouv.fr/loda/id/JORFTEXT000000294318",
    r"\bCCH\b": "https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000006074096",
    r"\bCGI\b": "https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000006069577",
    r"\bF10007\b": "https://www.service-public.gouv.fr/particuliers/vosdroits/F10007",
}
"""Where a text is that a reference names without its address."""

HEAD = """# Parameters

What the law, and where it says nothing practice, sets in Carreau: every value with the day it starts, its text and how
sure we are. A value holds until the next start of the same parameter. `to verify`: a text not read, a figure computed,
or a practice. This page is made from `src/carreau/rules/parameters/` by `make docs`: edit the YAML, never the page. The
scales of APL and RLS are not here: they are [OpenFisca's own files](../decisions/rules-rent.md).
"""


def parameter_page() -> str:
    """The whole page as Markdown, families and parameters in the order of their files."""
    read = [load(name) for name in families()]
    lines = [HEAD, *_contents(read)]
    for family in read:
        lines += [f"\n## {family.name}"]
        for parameter in family.parameters.values():
            lines += ["", *_section(parameter)]
    return "\n".join(lines) + "\n"


def addresses(reference: str) -> tuple[str, ...]:
    """The addresses that a reference gives, else those of the first text that it names; empty when it names none."""
    given = tuple(re.findall(r"https?://\S+", reference))
    known = tuple(address for text, address in TEXTS.items() if re.search(text, reference))
    return given or known[:1]


def _contents(read: list[Family]) -> Iterator[str]:
    yield "| family | parameters | values | to verify |"
    yield "|---|---|---|---|"
    for family in read:
        values = [value for parameter in family.parameters.values() for value in parameter.values]
        unsure = sum(value.certainty != "verified" for value in values)
        yield f"| [{family.name}](#{family.name}) | {len(family.parameters)} | {len(values)} | {unsure} |"


def _section(parameter: Parameter) -> Iterator[str]:
    yield f"### `{parameter.name}`"
    yield ""
    yield f"{parameter.title}. Unit: {parameter.unit}."
    yield ""
    yield "| from | value | certainty | reference |"
    yield "|---|---|---|---|"
    for value in reversed(parameter.values):
        yield f"| {value.start} | {_shown(value.value)} | {value.certainty} | {_reference(value)} |"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_shown(one)}" for key, one in value.items())
    if isinstance(value, list):
        between = "; " if any(isinstance(one, dict) for one in value) else ", "
        return between.join(_shown(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _reference(value: Value) -> str:
    words = re.sub(r"(\s*;)?\s*https?://\S+", "", value.reference).strip()
    links = [f"<{address}>" for address in addresses(value.reference)]
    note = [f"*{value.note}*"] if value.note else []
    return "<br>".join([words, *links, *note]).replace("|", "\\|").replace("\n", " ")
