"""Whoever looks at the records of people is in the log, on whichever page they look."""

import json
from datetime import date

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from tests.site.walked import EVERY, walked_of

from carreau.site.accounts.models import Kind, Membership, Organisation, User
from carreau.site.accounts.rights import Action, Role
from carreau.site.applications.models import Application
from carreau.site.audit.models import Entry

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

LOOKING = {
    Action.SEE_OWN_APPLICATION,  # whoever acts for somebody sees it too
    Action.SEE_CANDIDATES,
    Action.SEE_COMMISSIONS,
    Action.FOLLOW_OFFERS,
    Action.REVIEW_DECISIONS,
    Action.ACT_FOR_PERSON,
    Action.SEE_AUDIT,
}
"""The actions whose pages show the records of people."""

NOT_LOOKING = {
    # public, about the reader's own account, or about colleagues
    Action.READ_PUBLIC_PAGES, Action.SIGN_IN, Action.SIGN_OUT, Action.KEEP_OWN_ACCOUNT, Action.CONFIRM_PRESENCE,
    Action.STOP_ACTING, Action.SEE_MEMBERS, Action.CHANGE_MEMBERS, Action.CHANGE_ORGANISATION,
    # homes, counts and hashes
    Action.SEE_VACANCIES, Action.SEE_COMMITMENTS, Action.SET_COMMITMENTS, Action.SEE_RUNS, Action.ANNOUNCE_DRAW,
    Action.SEE_TREATMENT, Action.SEE_JOBS, Action.START_JOB, Action.CANCEL_JOB, Action.RETRY_JOB,
    # acts, which are entered as what they change
    Action.PREPARE_COMMISSION, Action.HOLD_COMMISSION, Action.SIGN_LEASE, Action.OPEN_AUDIT, Action.ERASE_PERSON,
}  # fmt: skip

PAGES = [one for one in EVERY if one.callback.action in LOOKING]


@pytest.fixture
def administrator() -> User:
    """An administrator of a landlord, who has an application too."""
    user = User.objects.create_user("administrator@walk.example", name="Sacha Walk")
    organisation = Organisation.objects.create(name="Landlord", kind=Kind.LANDLORD)
    Membership.objects.create(user=user, organisation=organisation, role=Role.ADMINISTRATOR)
    day, wishes = date(2024, 1, 1), {"wanted_communes": ["44109"], "wanted_rooms_min": 1, "wanted_rooms_max": 2}
    Application.objects.create(
        number="own", person=user.person, department="44", filed=day, seniority_from=day, facts=json.dumps(wishes)
    )
    return user


def test_of_every_action_it_is_known_whether_its_pages_show_people() -> None:
    assert set(Action) == LOOKING | NOT_LOOKING
    assert not LOOKING & NOT_LOOKING


@pytest.mark.parametrize("pattern", PAGES, ids=lambda one: str(one.name))
def test_a_page_that_shows_people_leaves_an_entry(pattern: URLPattern, client: Client, administrator: User) -> None:
    client.force_login(administrator)
    arguments = walked_of(pattern).make(administrator.memberships.get().organisation, administrator)
    before = set(Entry.objects.values_list("pk", flat=True))
    answer = client.get(reverse(pattern.name, kwargs=arguments))
    looked = Entry.objects.exclude(pk__in=before).filter(verb__in=("seen", "exported"), actor=administrator.pk)
    if answer.status_code == 200:
        b"".join(answer)  # a file is written while it is read
        assert looked.count() == 1
    else:
        assert answer.status_code in (302, 405), "a page that is not found would prove nothing"
