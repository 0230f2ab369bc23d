"""The account of a review as sentences, in French and English."""

from collections.abc import Iterator
from datetime import date

from carreau.rules.occupancy.account import OccupancyAccount
from carreau.rules.parameters import load
from carreau.text import number, say, written_date


def sentences(made: OccupancyAccount, language: str) -> list[str]:
    """The account in `language` ("fr" or "en"): cases, what follows, next review, help, what is unknown, the texts."""
    given, found = made.given, made.found
    persons = len(given.births)
    lines = [say("occupancy.title", language, day=written_date(given.day, language), count=persons)]
    lines += [say(f"occupancy.case_{code}", language) for code in found["cases"]]
    lines += [say(f"occupancy.unsure_{code}", language) for code in found["undetermined"]]
    if not found["cases"]:
        lines.append(say("occupancy.no_case", language))
    lines += [say(f"occupancy.follows_{code}", language) for code in found["follows"] if "lease_may" not in code]
    if found["leave_by_income"]:
        lines.append(say("occupancy.leave_by", language, day=written_date(found["leave_by_income"], language)))
    lines += _right_to_stay(made, language)
    lines.append(_next(made, language))
    lines += _help(made, language)
    if found["missing"]:
        facts = ", ".join(say(f"occupancy.fact_{fact}", language) for fact in found["missing"])
        lines.append(say("occupancy.missing", language, facts=facts))
    return [*lines, say("occupancy.caution", language), say("occupancy.texts", language), *_texts(made, language)]


def _right_to_stay(made: OccupancyAccount, language: str) -> Iterator[str]:
    found = made.found
    if not {"under_occupied", "adapted_home_left"} & set(found["cases"]):
        return
    offers = load("occupancy")["offers"].on(made.given.day)
    if found["refusals_left"] is not None:
        yield say("occupancy.refusals_left", language, count=found["refusals_left"], offers=offers)
    if "under_occupied" in found["cases"] and found["lease_may_end"] != "yes":
        for code in found["exceptions"]:
            yield say(f"occupancy.exception_{code}", language)
    yield say(f"occupancy.lease_{found['lease_may_end']}", language)
    if found["leave_by"]:
        yield say("occupancy.leave_by", language, day=written_date(found["leave_by"], language))


def _next(made: OccupancyAccount, language: str) -> str:
    day: date | None = made.found["next_review"]
    if made.found["review"] == "no":
        return say("occupancy.no_review", language)
    if day is None:
        return say("occupancy.review_unknown", language)
    return say(f"occupancy.review_{made.found['review']}", language, day=written_date(day, language))


def _help(made: OccupancyAccount, language: str) -> Iterator[str]:
    found = made.found
    for code in found["risks"]:
        limit = load("effort_rate")["practice_limit"].on(made.given.day)
        rate = found["effort_rate"]
        shown = "–" if rate is None else number(100 * rate, language, decimals=1)
        yield say(f"occupancy.risk_{code}", language, rate=shown, limit=round(100 * limit))
    if found["at_risk"] == "yes":
        yield say("occupancy.help", language)


def _texts(made: OccupancyAccount, language: str) -> Iterator[str]:
    for text in made.references:
        unsure = say("occupancy.to_verify", language) if text.certainty != "verified" else ""
        yield say("occupancy.text", language, reference=text.reference, unsure=unsure)
