"""The lease signed: the home is let, the household housed, everybody else passed over, the quotas counted."""

from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from carreau.rules.commission.procedure import Refused
from carreau.site.applications.models import Application
from carreau.site.commissions.checks import BEFORE
from carreau.site.commissions.deciding import exhaust_if_nobody_is_left, pass_over_the_others
from carreau.site.commissions.holding import Asked, Held, hold, hold_elsewhere
from carreau.site.commissions.models import Candidacy, Lease
from carreau.site.commissions.moving import move_candidacy, move_item
from carreau.site.commissions.populations import populations
from carreau.site.homes.models import Vacancy


def sign(candidacy: Candidacy, asked: Asked) -> Lease:
    """Sign the lease of who accepted, on the day asked for, against the state that everything is in by then.

    In one transaction: a home no longer to let or already signed for, a household no longer looking, a rule or a policy
    changed since the agenda are refused with the reason. Whatever happens at once, a home has one lease and an
    application one home: constraints of the database say so too. The landlord's other homes that the household was
    ranked for go on to whoever is next. Raises PermissionDenied, Refused.
    """
    try:
        with transaction.atomic():
            held = hold(candidacy.item_id)
            return _sign(held, held.candidacy(candidacy.pk), asked)
    except IntegrityError:
        raise Refused("already_let") from None


def _sign(held: Held, candidacy: Candidacy, asked: Asked) -> Lease:
    move_candidacy(held, candidacy, "sign", asked)
    home, application = held.vacancy.home, candidacy.application
    told = populations([application], home, asked.day, held.item.result)[application.number]
    lease = Lease.objects.create(
        organisation_id=held.commission.organisation_id,
        vacancy=held.vacancy,
        candidacy=candidacy,
        person_id=candidacy.person_id,
        signed_on=asked.day,
        reserver=held.vacancy.reserver,
        commune=home.commune,
        in_qpv=home.in_qpv,
        **told,
    )
    move_item(held, "let", asked)
    held.vacancy.state = Vacancy.State.LET
    held.vacancy.save()
    application.state, application.struck_off = Application.State.HOUSED, asked.day
    application.save()
    pass_over_the_others(held, asked)
    _take_off_elsewhere(candidacy, replace(asked, day=timezone.localdate()))
    return lease


def _take_off_elsewhere(candidacy: Candidacy, asked: Asked) -> None:
    for other in hold_elsewhere(candidacy):
        for one in other.candidacies:
            if one.application_id == candidacy.application_id and one.state in BEFORE:
                move_candidacy(other, one, "withdraw", asked)
        exhaust_if_nobody_is_left(other, asked)
