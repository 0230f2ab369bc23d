"""A fictitious applicant with an account, who agreed that a landlord's officer acts for them."""

from django.db import transaction
from django.utils import timezone

from carreau.site.accounts.models import How, Organisation, Representation, User
from carreau.site.accounts.periods import ACTING
from carreau.site.accounts.rights import Role
from carreau.site.applications.models import Application, Candidate
from carreau.site.commissions.models import Item
from carreau.site.homes.models import Vacancy

NAME = "Demandeuse fictive"
SECOND = 2


def somebody() -> Application | None:
    """Whose account it is: presented second for a home, and first for none, so that the homes are others' before them.

    None where there is nobody like this.
    """
    first = Candidate.objects.filter(rank=1).values("application")
    second = Candidate.objects.filter(rank=SECOND, vacancy__state=Vacancy.State.OPEN).exclude(application__in=first)
    waiting = second.exclude(vacancy__in=Item.objects.values("vacancy"))
    found = waiting.select_related("application").order_by("vacancy__available", "vacancy_id").first()
    return None if found is None else found.application


@transaction.atomic
def welcome(application: Application, email: str, password: str, organisation: Organisation) -> User:
    """Make the account of an application's person, and their written consent that an officer acts for them."""
    officer = organisation.memberships.filter(role=Role.OFFICER).select_related("user").first()
    user = User.objects.create_user(email, password, name=NAME, person=application.person)
    now = timezone.now()
    if officer is not None:
        Representation.objects.create(
            officer=officer.user,
            organisation=organisation,
            represented=user,
            how=How.WRITTEN,
            agreed=now,
            until=now + ACTING,
        )
    return user
