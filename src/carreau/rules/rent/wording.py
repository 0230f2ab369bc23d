"""The account of a rent as sentences, in French and English."""

from collections.abc import Iterator
from datetime import timedelta

from carreau.rules.rent.account import RentAccount
from carreau.text import euros, number, say, written_date

YEAR = timedelta(days=366)
"""Scales are renewed every October: amounts older than that are to be checked."""


def sentences(made: RentAccount, language: str) -> list[str]:
    """The account in `language` ("fr" or "en"), a sentence a line; what is to be checked and the texts at the end."""
    tenant, scale = made.tenant, written_date(made.scale_from, language)

    def money(amount: float) -> str:
        return euros(amount, language, decimals=2)

    title = {
        "rent": money(tenant.rent),
        "charges": money(tenant.charges),
        "commune": tenant.commune,
        "zone": made.zone,
        "scale": scale,
        "day": written_date(tenant.day, language),
    }
    lines = [
        say("rent.title", language, **title),
        say("rent.household", language, who=_who(made, language), income=euros(tenant.income, language)),
        _reduction(made, language),
        say("rent.apl" if made.rls else "rent.apl_plain", language, apl=euros(made.apl, language)),
    ]
    if made.apl:
        shown = ("counted_rent", "counted_charges", "share")
        lines.append(say("rent.apl_steps", language, **{name: money(made.steps[name]) for name in shown}))
    lines += [say("rent.after", language, amount=money(made.rent_after)), _effort(made, language)]
    units = number(made.units, language, decimals=1)
    lines.append(
        say("rent.remains", language, amount=money(made.remains), each=money(made.remains_per_unit), units=units)
    )
    lines += [say("rent.mixed", language)] if made.mixed_zone else []
    lines += [say("rent.stale", language, scale=scale)] if tenant.day - made.scale_from > YEAR else []
    return [*lines, say("rent.caution", language), say("rent.sources", language), *_texts(made, language)]


def _who(made: RentAccount, language: str) -> str:
    who = say("rent.couple" if made.tenant.couple else "rent.alone", language)
    if made.tenant.dependants:
        who += ", " + say("rent.dependants", language, count=made.tenant.dependants)
    return who


def _reduction(made: RentAccount, language: str) -> str:
    if not made.tenant.social:
        return say("rent.rls_private", language)
    if not made.rls:
        return say("rent.rls_over", language, limit=euros(made.reduction_limit, language))
    return say("rent.rls", language, rls=euros(made.rls, language, decimals=2))


def _effort(made: RentAccount, language: str) -> str:
    if made.effort_rate is None:
        return say("rent.effort_unknown", language)
    rate = number(100 * made.effort_rate, language, decimals=1)
    return say("rent.effort", language, rate=rate, limit=round(100 * made.effort_limit))


def _texts(made: RentAccount, language: str) -> Iterator[str]:
    first = {source.about: source for source in reversed(made.references)}
    shown = {source.title: source for source in first.values()}
    for source in reversed(shown.values()):
        address = f", {source.address}" if source.address else ""
        yield say("rent.source", language, title=source.title, address=address)
