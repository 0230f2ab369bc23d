"""The demonstration as an installation: real homes of Nantes, fictitious landlords, applicants and officers."""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import polars as pl
from django.db import transaction

from carreau.allocation.allocate import allocate
from carreau.allocation.policy import Policy
from carreau.demo.bondy import ZONINGS
from carreau.progress import Progress, silent
from carreau.register.territory import Territory
from carreau.release.building import build
from carreau.site.accounts.models import Membership, Organisation, User
from carreau.site.accounts.sector import load_sector
from carreau.site.applications import demonstration as applicants
from carreau.site.bridge.importing import import_register
from carreau.site.bridge.loading import load_applications, load_vacancies
from carreau.site.bridge.models import Register, Result
from carreau.site.bridge.results import load_allocation
from carreau.site.bridge.snapshot import home_folder, opened, take
from carreau.site.commissions.demonstration import load as hold_commission
from carreau.site.maps.publishing import ledger, publish
from carreau.site.oversight.demonstration import load as leave_to_check
from carreau.site.waiting.making import protected
from carreau.site.waiting.publishing import publish as publish_waiting

POLICY = "points"
ADVERTISED_DAYS = 30
ACCOUNTS = "accounts.json"
ROLES = {"lectrice": "reader", "agent": "officer", "secretaire": "secretary", "responsable": "manager",
         "administratrice": "administrator"}  # fmt: skip
APPLICANT = "demandeuse@demo.invalid"


@dataclass(frozen=True)
class Account:
    """A fictitious member, or applicant, that a visitor of the demonstration can sign in as."""

    email: str
    password: str
    role: str
    organisation: str


def load(folder: Path, *others: Path, progress: Progress = silent) -> list[Account]:
    """Load a territory folder made by the demonstration, publish its map, rank candidates, make accounts.

    Of the `others` only the map is published, with the tables of their zones.

    Only the homes that fall free within 30 days of the reference date are advertised. What is there already stays;
    the accounts and their passwords, made at the first time, are kept beside the database.
    """
    load_sector()
    territory = Territory.open(folder)
    register = import_register(territory, _city(), progress=progress)
    give_addresses()
    until = territory.reference_date + timedelta(days=ADVERTISED_DAYS)
    load_vacancies(territory.table("vacancies").filter(pl.col("available") <= until).collect())
    load_applications(territory, progress=progress)
    with ledger() as private:
        publish(build(territory, ledger=private, progress=progress), territory.path, private)
        for one in map(Territory.open, others):
            publish(build(one, zonings=ZONINGS, ledger=private, progress=progress), one.path, private)
    if not Result.objects.filter(snapshot__register=register).exists():
        rank(register, progress=progress)
    hold_commission(_landlords()[0])
    publish_waiting(protected(territory, progress=progress))
    leave_to_check(register, _city(), _landlords(), progress=progress)
    return accounts()


def _landlords() -> list[Organisation]:
    """The fictitious landlords that have accounts."""
    return list(Organisation.objects.filter(kind="landlord", fictitious=True).order_by("pk")[:2])


def give_addresses() -> None:
    """A postal address for each fictitious landlord that has none: in a street and a town as fictitious as they are."""
    without = Organisation.objects.filter(kind="landlord", fictitious=True, postal_address="").order_by("pk")
    for number, landlord in enumerate(without, start=1):
        landlord.postal_address = f"{number} rue Fictive\n00000 Ville fictive"
        landlord.save(update_fields=["postal_address"])


def _city() -> Organisation:
    """The fictitious territory that imports the register and publishes the map."""
    found = Organisation.objects.filter(kind="territory", fictitious=True).first()
    return found or Organisation.objects.create(name="Territoire fictif de Nantes", kind="territory", fictitious=True)


def rank(register: Register, policy: str = POLICY, *, progress: Progress = silent) -> Result:
    """Rank candidates for the open vacancies of a register on a snapshot taken now."""
    snapshot, rules = take(register, progress=progress), Policy.load(policy)
    return load_allocation(allocate(opened(snapshot), rules, progress=progress), snapshot, rules)


def accounts() -> list[Account]:
    """A member of each role in two landlords and in the territory, with passwords made for this installation alone."""
    file = home_folder() / ACCOUNTS
    if file.exists():
        return [Account(**one) for one in json.loads(file.read_text(encoding="utf-8"))]
    landlords = _landlords()
    places = {"1": landlords[0], "2": landlords[1], "territoire": _city()}
    made = [
        Account(f"{name}.{place}@demo.invalid", secrets.token_urlsafe(9), role, organisation.name)
        for place, organisation in places.items()
        for name, role in ROLES.items()
    ]
    with transaction.atomic():
        for account in made:
            user = User.objects.create_user(account.email, account.password, name=account.email.split("@")[0])
            place = account.email.split("@")[0].split(".")[1]
            Membership.objects.create(user=user, organisation=places[place], role=account.role)
        if applicant := applicants.somebody():
            made.append(Account(APPLICANT, secrets.token_urlsafe(9), "person", f"demande {applicant.number}"))
            applicants.welcome(applicant, APPLICANT, made[-1].password, landlords[0])
    file.touch(mode=0o600)
    file.write_text(json.dumps([vars(one) for one in made], indent=1) + "\n", encoding="utf-8")
    return made
