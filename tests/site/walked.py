"""What the permission walk needs to know of each address that names a record: how to make one.

An address with arguments that is not here fails the walk. Add a line to `WALKED`, by the name of the address.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from carreau.site.accounts import members, representing
from carreau.site.accounts.models import How, Link, Membership, Organisation, Person, Representation, Session, User
from carreau.site.accounts.rights import Role
from carreau.site.accounts.tokens import digest, new_token, seal_under
from carreau.site.applications.models import Application
from carreau.site.bridge.models import Register, Result, Snapshot
from carreau.site.commissions import agenda
from carreau.site.commissions.models import Candidacy, Commission, Item
from carreau.site.homes.models import Home, Vacancy
from carreau.site.jobs.models import Job
from carreau.site.oversight.models import Draw, Treatment


class Owner(Enum):
    """Whose the record is, and so who else is told that there is none: another organisation, or everybody else."""

    NOBODY = "nobody"
    ORGANISATION = "organisation"
    USER = "user"


Make = Callable[[Organisation, User], Mapping[str, Any]]


@dataclass(frozen=True)
class Walked:
    """`make` makes a record of an organisation, for one of its members, and gives the arguments of the address.

    `also` are answers that its owner may get beside the usual ones, when the table of rights is not all there is.
    """

    make: Make
    owner: Owner = Owner.ORGANISATION
    also: frozenset[int] = frozenset()


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


EVERY = list(patterns())


def walked_of(pattern: URLPattern) -> Walked:
    if pattern.name not in WALKED and not pattern.pattern.converters and not pattern.pattern.regex.groups:
        return Walked(lambda _organisation, _user: {}, Owner.NOBODY)
    assert pattern.name in WALKED, f"say in tests/site/walked.py how to make what {pattern.name} names"
    return WALKED[pattern.name]


def given(**arguments: Any) -> Make:
    """Arguments that name nothing in particular."""
    return lambda _organisation, _user: arguments


def _invitation(organisation: Organisation, user: User) -> Mapping[str, Any]:
    request = RequestFactory().get("/")
    return {"pk": members.invite(request, organisation, user, "invitee@walk.example", Role.READER).pk}


def _membership(organisation: Organisation, _user: User) -> Mapping[str, Any]:
    newcomer = User.objects.create_user("newcomer@walk.example")
    return {"pk": Membership.objects.create(user=newcomer, organisation=organisation, role=Role.READER).pk}


def _represented(organisation: Organisation, user: User) -> Mapping[str, Any]:
    return {"pk": representing.record_consent(user, organisation, "Sacha Walk", How.SPOKEN).pk}


def _consent(organisation: Organisation, user: User) -> Mapping[str, Any]:
    officer = User.objects.create_user("officer@walk.example")
    now = timezone.now()
    made = Representation.objects.create(
        officer=officer, organisation=organisation, represented=user, how=How.LINK, agreed=now, until=now + timedelta(1)
    )
    return {"pk": made.pk}


def _session(_organisation: Organisation, user: User) -> Mapping[str, Any]:
    made = Session.objects.create(session_key="walk", session_data="", expire_date=timezone.now(), user=user)
    return {"handle": made.handle}


def _passkey(_organisation: Organisation, user: User) -> Mapping[str, Any]:
    data = {"name": "1", "credential": json.loads("{}")}
    return {"pk": Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data).pk}


def _new_address(_organisation: Organisation, user: User) -> Mapping[str, Any]:
    token = new_token()
    Link.objects.create(
        purpose="address",
        digest=digest(token),
        sealed=seal_under(token, "elsewhere@walk.example"),
        user=user,
        expires=timezone.now() + timedelta(1),
    )
    return {"token": token}


def _register(organisation: Organisation) -> Register:
    return Register.objects.create(
        name="Walk",
        organisation=organisation,
        year=2024,
        reference_date=date(2024, 1, 1),
        folder="registers/walk",
        digest=hashlib.sha256(b"walk").hexdigest(),
        homes=1,
    )


def _vacancy(organisation: Organisation, _user: User) -> Mapping[str, Any]:
    home = Home.objects.create(
        home_id="walk", register=_register(organisation), landlord=organisation, residence_id="walk", commune="44109"
    )
    day = date(2024, 2, 1)
    vacancy = Vacancy.objects.create(vacancy_id="walk", home=home, vacated=day, available=day, reserver="none")
    return {"vacancy_id": vacancy.pk}


def _application(organisation: Organisation, user: User) -> Mapping[str, Any]:
    day = date(2024, 1, 1)
    made = Application.objects.create(
        number="walk", person=Person.objects.create(), department="44", filed=day, seniority_from=day, facts="{}"
    )
    return {**_vacancy(organisation, user), "number": made.pk}


def _job(organisation: Organisation, user: User) -> Mapping[str, Any]:
    return {"pk": Job.objects.create(kind="walk", same="walk", organisation=organisation, asked_by=user).pk}


def _commission(organisation: Organisation, _user: User) -> Mapping[str, Any]:
    return {"pk": Commission.objects.create(organisation=organisation, held_on=date(2024, 3, 1), quorum=3).pk}


def _seat(organisation: Organisation, user: User) -> Mapping[str, Any]:
    commission = Commission.objects.get(**_commission(organisation, user))
    return {"pk": agenda.seat(commission, "board", "Sacha Walk").pk}


def _item(organisation: Organisation, user: User) -> Mapping[str, Any]:
    vacancy = _vacancy(organisation, user)["vacancy_id"]
    session = _commission(organisation, user)["pk"]
    return {"pk": Item.objects.create(commission_id=session, vacancy_id=vacancy, position=1).pk}


def _candidacy(organisation: Organisation, user: User) -> Mapping[str, Any]:
    day, person = date(2024, 1, 1), Person.objects.create()
    application = Application.objects.create(
        number="walk", person=person, department="44", filed=day, seniority_from=day, facts="{}"
    )
    made = Candidacy.objects.create(
        item_id=_item(organisation, user)["pk"], application=application, person=person, proposed_rank=1,
        eligible_count=1, decided_by="alone",
    )  # fmt: skip
    return {"pk": made.pk}


def _run(organisation: Organisation, _user: User) -> Mapping[str, Any]:
    """A run on a snapshot that expired: everything but running again works without its files."""
    snapshot = Snapshot.objects.create(
        register=_register(organisation), landlord=organisation, digest="walk", key=None, expired=timezone.now()
    )
    policy = {"title": {"fr": "", "en": ""}, "mechanism": "points", "candidates": 3, "grid": None, "quotas": [],
              "reference": {"fr": "", "en": ""}}  # fmt: skip
    made = Result.objects.create(
        snapshot=snapshot, kind="allocation", policy=policy, seed=1, version="1", digest="walk", record={}
    )
    return {"pk": made.pk}


def _draw(organisation: Organisation, _user: User) -> Mapping[str, Any]:
    made = Draw.objects.create(
        organisation=organisation, register=_register(organisation), policy="lottery", lots="Walk", source="A source",
        known=timezone.now() + timedelta(1),
    )  # fmt: skip
    return {"pk": made.pk}


def _treatment(organisation: Organisation, _user: User) -> Mapping[str, Any]:
    made = Treatment.objects.create(
        organisation=organisation, year=2026, day=date(2026, 1, 1), threshold=11, accepted=0.05, digest="walk"
    )
    return {"pk": made.pk}


WALKED: dict[str, Walked] = {
    "job": Walked(_job),
    "job_cancel": Walked(_job),
    "job_retry": Walked(_job, also=frozenset({409})),  # a job that waits is not begun again
    "link_use": Walked(given(token="unknown"), Owner.NOBODY),
    "invitation": Walked(given(token="unknown"), Owner.NOBODY),
    "consent": Walked(given(token="unknown"), Owner.NOBODY),
    "account_address_use": Walked(_new_address, Owner.NOBODY),
    "account_session_end": Walked(_session, Owner.USER),
    "consent_end": Walked(_consent, Owner.USER),
    "mfa_remove_webauthn": Walked(_passkey, Owner.USER),
    "openid_connect_login": Walked(given(provider_id="unknown"), Owner.NOBODY),
    "openid_connect_callback": Walked(given(provider_id="unknown"), Owner.NOBODY),
    "invitation_withdraw": Walked(_invitation),
    "member_role": Walked(_membership),
    "member_end": Walked(_membership),
    "acting_begin": Walked(_represented, Owner.USER),
    "home": Walked(_vacancy, Owner.NOBODY),
    "candidates": Walked(_vacancy),
    "explain_find": Walked(_vacancy),
    "explain_candidate": Walked(_application, also=frozenset({409})),  # nothing was ranked yet
    "why_not_me": Walked(_vacancy, Owner.NOBODY),
    "publish_waiting": Walked(
        lambda organisation, _user: {"pk": _register(organisation).pk}, also=frozenset({403})
    ),  # a landlord publishes no waiting times
    "map_units": Walked(given(key="unknown"), Owner.NOBODY),
    "map_communes": Walked(given(key="unknown"), Owner.NOBODY),
    "map_bridges": Walked(given(key="unknown"), Owner.NOBODY),
    "map_zone_profile": Walked(given(key="unknown", zoning="qpv", zone="1"), Owner.NOBODY),
    "map_tile": Walked(given(key="unknown", zoom=7, column=1, row=1), Owner.NOBODY),
    "map_profile": Walked(given(key="unknown", unit_id="1"), Owner.NOBODY),
    "map_panel": Walked(given(key="unknown", unit_id="1"), Owner.NOBODY),
    "map_file": Walked(given(key="unknown", file="units.parquet"), Owner.NOBODY),
    "commission": Walked(_commission),
    "commission_list": Walked(_commission),
    "commission_seat": Walked(_commission),
    "commission_presences": Walked(_commission),
    "commission_act": Walked(_commission),
    "commission_minutes": Walked(_commission),
    "commission_invite": Walked(_seat),
    "commission_presence": Walked(given(token="unknown"), Owner.NOBODY),
    "commission_home": Walked(_item),
    "commission_decide": Walked(_item, also=frozenset({409})),  # a session that is not open decides nothing
    "commission_home_act": Walked(_item),
    "candidacy_act": Walked(_candidacy),
    "candidacy_lease": Walked(_candidacy),
    "candidacy_letter": Walked(_candidacy),
    "commitment_new": Walked(given(), Owner.NOBODY, also=frozenset({403})),  # a landlord writes no commitment
    "draw": Walked(_draw, Owner.NOBODY),
    "draw_freeze": Walked(_draw),
    "draw_make": Walked(_draw, also=frozenset({400})),  # no value was written
    "run": Walked(_run),
    "run_record": Walked(_run),
    "run_replay": Walked(_run),
    "treatment_account": Walked(_treatment),
    "treatment_review": Walked(_treatment),
    "rank_candidates": Walked(lambda organisation, _user: {"pk": _register(organisation).pk}),
    "publish_release": Walked(
        lambda organisation, _user: {"pk": _register(organisation).pk}, also=frozenset({403})
    ),  # a landlord publishes no map
}
