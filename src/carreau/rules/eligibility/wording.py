"""The account of an applicant as sentences, in French and English."""

from collections.abc import Iterator

from carreau.rules.eligibility.account import ApplicantAccount
from carreau.text import euros, knows, say, written_date


def sentences(made: ApplicantAccount, language: str) -> list[str]:
    """The account in `language` ("fr" or "en"): the home needed, the conditions, the priorities, documents, texts."""
    day, persons = written_date(made.given.day, language), len(made.given.births)
    return [
        say("applicant.title", language, day=day, count=persons),
        *_need(made, language),
        *_conditions(made, language),
        *_priority(made, language),
        say("applicant.documents", language),
        *(say("applicant.item", language, text=say(f"proof.{one}", language)) for one in made.documents),
        say("applicant.caution", language),
        say("applicant.texts", language),
        *_texts(made, language),
    ]


def _need(made: ApplicantAccount, language: str) -> Iterator[str]:
    need = made.need
    yield say("applicant.rooms", language, fewest=need["rooms_min"], most=need["rooms_max"], surface=need["surface"])
    yield from _why("applicant.need", need["reasons"], language)
    for name in ("over_occupied", "under_occupied"):
        if need[name]:
            yield say(f"applicant.{name}", language)


def _conditions(made: ApplicantAccount, language: str) -> Iterator[str]:
    found = made.conditions
    yield say(f"applicant.eligible_{found['eligible']}", language)
    if found["ceiling"] is not None:
        amounts = {name: euros(found[name], language) for name in ("income", "ceiling")}
        yield say("applicant.income", language, category=found["category"], **amounts)
        classes = ", ".join(found["classes"]) or say("applicant.no_class", language)
        yield say("applicant.classes", language, classes=classes)
    yield from _why("applicant.condition", found["reasons"], language)


def _priority(made: ApplicantAccount, language: str) -> Iterator[str]:
    found = made.priority
    yield say("applicant.priority" if found["priority"] else "applicant.no_priority", language)
    yield from _why("applicant.ground", found["grounds"], language)
    yield from _why("applicant.situation", found["situations"], language)
    yield from _why("applicant.unheld", found["reasons"], language)
    for name in ("suggested", "appeal"):
        if found[name]:
            kind = {"suggested": "ground", "appeal": "dalo"}[name]
            listed = ", ".join(say(f"applicant.{kind}_{code}", language) for code in found[name])
            yield say(f"applicant.{name}", language, listed=listed)


def _why(block: str, codes: list[str], language: str) -> Iterator[str]:
    for code in codes:
        if knows(f"{block}_{code}"):
            yield say("applicant.item", language, text=say(f"{block}_{code}", language))


def _texts(made: ApplicantAccount, language: str) -> Iterator[str]:
    shown = dict.fromkeys((text.reference, text.certainty) for text in made.references)
    for reference, certainty in shown:
        unsure = say("applicant.to_verify", language) if certainty != "verified" else ""
        yield say("applicant.text", language, reference=reference, unsure=unsure)
