"""A finding in words, in French or English."""

from collections.abc import Sequence

from carreau.attack.findings import BROKEN, SAFE, Attack, Finding, Term
from carreau.text import NO_BREAK_SPACE, knows, number, say

SHOWN_CELLS, SHOWN_TERMS = 4, 8


def verdict(result: Attack, language: str) -> str:
    """The verdict as a sentence."""
    if result.verdict == BROKEN:
        return say("attack.broken", language, count=len(result.findings))
    return say("attack.safe" if result.verdict == SAFE else "attack.unsearched", language)


def sentence(finding: Finding, language: str) -> str:
    """Which region, what is known of it and from which numbers."""
    key = f"attack.{finding.kind}" + (f".{finding.way}" if finding.kind == "small" else "")
    if knows(f"{key}.{finding.quantity}"):
        key = f"{key}.{finding.quantity}"
    joined = _added(finding.terms, language)
    if finding.way == "linear" or finding.kind in ("nobody", "everybody"):
        joined = _listed(finding.terms, language)
    values = {"low": int(finding.low), "high": int(finding.high)} if finding.kind == "income" else {}
    written = say(
        key, language, region=region(finding, language), quantity=_trait(finding.quantity, language), terms=joined,
        number=_people(finding, language), **values,
    )  # fmt: skip
    return written[0].upper() + written[1:]


def region(finding: Finding, language: str) -> str:
    """The cells of a finding, or that it is a part of them."""
    names = list(finding.cells[:SHOWN_CELLS])
    left = len(finding.cells) - len(names)
    listed = ", ".join([*names, *([say("attack.more", language, count=left)] if left else [])])
    cells = say("attack.cells", language, count=len(finding.cells), cells=listed)
    if finding.way == "renewed":
        return say("attack.movers", language, cells=cells)
    return say("attack.part", language, cells=cells) if finding.part else cells


def _trait(name: str, language: str) -> str:
    key = f"attack.trait.{name}"
    return say(key, language) if knows(key) else name.replace("_", " ")


def _people(finding: Finding, language: str) -> str:
    unit = say(f"attack.unit.{finding.count}", language, count=int(finding.high))
    if finding.low == finding.high or finding.kind != "small":
        return unit
    return say("attack.between", language, low=int(finding.low), unit=unit)


def _added(terms: Sequence[Term], language: str) -> str:
    text = ""
    for place, term in enumerate(terms[:SHOWN_TERMS]):
        sign = say("attack.plus" if term.sign > 0 else "attack.minus", language)
        text += (sign if place else "" if term.sign > 0 else sign.lstrip()) + _term(term, language)
    return _rest(text, terms, language)


def _listed(terms: Sequence[Term], language: str) -> str:
    return _rest(", ".join(_term(term, language) for term in terms[:SHOWN_TERMS]), terms, language)


def _rest(text: str, terms: Sequence[Term], language: str) -> str:
    left = len(terms) - SHOWN_TERMS
    return f"{text} {say('attack.more', language, count=left)}" if left > 0 else text


def _term(term: Term, language: str) -> str:
    low, high = number(term.low, language), "…" if term.high < 0 else number(term.high, language)
    times = f"{abs(term.sign)} × " if abs(term.sign) > 1 else ""
    told = low if low == high else f"{low}–{high}"
    if term.quantity not in ("households", "homes"):
        told = f"{_trait(term.quantity, language)}{NO_BREAK_SPACE if language == 'fr' else ''}: {told}"
    return times + say("attack.term", language, zone=term.zone, table=term.table, number=told)
