"""Act for somebody: ask for their consent, record it, begin, stop."""

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from carreau.site.accounts import mail
from carreau.site.accounts.actor import ACTIVE_REPRESENTATION
from carreau.site.accounts.models import How, Organisation, Representation, User
from carreau.site.accounts.periods import ACTING, AGREEMENT
from carreau.site.accounts.tokens import digest, new_token
from carreau.site.audit.events import record


def record_consent(officer: User, organisation: Organisation, name: str, how: How) -> Representation:
    """Record the consent, given at the desk, of somebody without an e-mail, and make their account.

    Raises ValueError for consent by link, which only its bearer gives.
    """
    if how is How.LINK:
        raise ValueError("consent by link is given by its bearer")
    now = timezone.now()
    with transaction.atomic():
        return Representation.objects.create(
            officer=officer,
            organisation=organisation,
            represented=User.objects.create_without_address(name),
            how=how,
            agreed=now,
            until=now + ACTING,
        )


def ask_consent(request: HttpRequest, officer: User, organisation: Organisation, address: str) -> None:
    """Ask whoever has this address by e-mail; the officer is not told whether anybody has an account there."""
    person = User.objects.with_email(address)
    if person is None or person == officer:
        return
    token = new_token()
    try:
        with transaction.atomic():
            _end_unanswered(officer, organisation, person)
            Representation.objects.create(
                officer=officer,
                organisation=organisation,
                represented=person,
                how=How.LINK,
                digest=digest(token),
                until=timezone.now() + ACTING,
            )
    except IntegrityError:  # they agreed already
        return
    place = request.build_absolute_uri(reverse("consent", args=[token]))
    values = {"officer": officer.called, "organisation": organisation.name, "link": place}
    mail.send("consent", address, days=AGREEMENT.days, **values)


def asked_by(token: str) -> Representation | None:
    """What a token asks consent for, while it waits."""
    waiting = Representation.objects.filter(
        digest=digest(token), agreed__isnull=True, ended__isnull=True, asked__gt=timezone.now() - AGREEMENT
    )
    return waiting.select_related("officer", "organisation").first()


@transaction.atomic
def agree(token: str) -> Representation | None:
    """Give the consent, once: None when there is nothing to agree to any more."""
    found = Representation.objects.select_for_update().filter(digest=digest(token)).first()
    if found is None or asked_by(token) is None:
        return None
    found.agreed, found.until = timezone.now(), timezone.now() + ACTING
    found.save(update_fields=["agreed", "until"])
    return found


def begin(request: HttpRequest, representation: Representation) -> None:
    """From the next request on, act for the person."""
    request.session[ACTIVE_REPRESENTATION] = representation.pk
    record("acting_began", representation)


def stop(request: HttpRequest) -> None:
    """Act for oneself again."""
    chosen = request.session.pop(ACTIVE_REPRESENTATION, None)
    record("acting_stopped", Representation.objects.filter(pk=chosen).first())


def _end_unanswered(officer: User, organisation: Organisation, person: User) -> None:
    now = timezone.now()
    for earlier in officer.representing.of(organisation).filter(represented=person, ended__isnull=True):
        if earlier.agreed is None or earlier.until <= now:
            earlier.end()
