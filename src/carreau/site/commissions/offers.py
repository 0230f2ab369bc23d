"""After the session: the offer, its receipt, the household's answer, and whoever is next."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from carreau.errors import BadInput
from carreau.rules.commission.deadline import answer_by
from carreau.rules.commission.procedure import Refused
from carreau.rules.commission.reasons import REFUSED
from carreau.site.commissions.deciding import exhaust_if_nobody_is_left
from carreau.site.commissions.holding import Asked, Held, hold
from carreau.site.commissions.models import Candidacy
from carreau.site.commissions.moving import move_candidacy

AT_ONCE = (Candidacy.Way.BY_HAND, Candidacy.Way.ELECTRONIC)
"""Ways of notice whose day of receipt is that of sending."""

DATED = ("offer", "receive", "accept", "refuse", "renounce", "sign")
"""Acts that happened on a day to be told; the others are done on the day on which they are written down."""


def offer(candidacy: Candidacy, way: str, asked: Asked) -> Candidacy:
    """Notify the first in line, on the day asked for. Raises PermissionDenied, Refused."""
    if way not in Candidacy.Way.values:
        raise Refused("way_unknown")
    with transaction.atomic():
        held, one = _held(candidacy)
        received = _receipt(held, asked.day) if way in AT_ONCE else {}
        move_candidacy(held, one, "offer", asked, offered_on=asked.day, way=way, **received)
        return one


def receive(candidacy: Candidacy, asked: Asked) -> Candidacy:
    """Write down the day on which a letter was received, or first presented: the term runs from it."""
    with transaction.atomic():
        held, one = _held(candidacy)
        move_candidacy(held, one, "receive", asked, **_receipt(held, asked.day))
        return one


def accept(candidacy: Candidacy, asked: Asked) -> Candidacy:
    """The household accepted on the day asked for. Raises PermissionDenied, Refused."""
    with transaction.atomic():
        held, one = _held(candidacy)
        move_candidacy(held, one, "accept", asked, answered_on=asked.day)
        return one


def refuse(candidacy: Candidacy, reason: str, asked: Asked) -> Candidacy:
    """The household refused an offer, or renounced one that it had accepted: the next in line may be offered it."""
    with transaction.atomic():
        held, one = _held(candidacy)
        act = "renounce" if one.state == "accepted" else "refuse"
        told = replace(asked, outcome=REFUSED, reason=reason)
        move_candidacy(held, one, act, told, answered_on=asked.day, answer_reason=reason)
        exhaust_if_nobody_is_left(held, asked)
        return one


def simply(candidacy: Candidacy, act: str, asked: Asked) -> Candidacy:
    """An act that needs nothing else: silence, a refusal told, a paper given or not, a household no longer looking."""
    facts: dict[str, Any] = {"informed_on": asked.day} if act == "inform" else {}
    if act not in ("inform", "fulfil", "miss", "stay_silent", "withdraw"):
        raise Refused("not_now", act=act, state=candidacy.state)
    with transaction.atomic():
        held, one = _held(candidacy)
        move_candidacy(held, one, act, asked, **facts)
        exhaust_if_nobody_is_left(held, asked)
        return one


def _held(candidacy: Candidacy) -> tuple[Held, Candidacy]:
    held = hold(candidacy.item_id)
    return held, held.candidacy(candidacy.pk)


def _receipt(held: Held, day: date) -> dict[str, date]:
    commune = held.vacancy.home.commune
    department = commune[:3] if commune.startswith("97") else commune[:2]
    try:
        return {"received_on": day, "answer_by": answer_by(day, department)}
    except BadInput:
        raise Refused("before_the_rules") from None
