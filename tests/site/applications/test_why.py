"""Why not me: counted, answered from the ranking alone, sealed for the person, and read by nobody else."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from tests.allocation.territories import application, home, vacancy
from tests.site.once_a_module import once_a_module
from tests.site.town import loaded, write_town

from carreau.register.territory import Territory
from carreau.site.accounts.actor import ACTIVE_REPRESENTATION
from carreau.site.accounts.models import How, Membership, Organisation, Representation, User
from carreau.site.accounts.rights import Role
from carreau.site.applications import questions
from carreau.site.applications.answers import read
from carreau.site.applications.models import Answer, Application, Question
from carreau.site.applications.questions import TooOften, ask
from carreau.site.applications.ranking import Unanswerable, last_result
from carreau.site.audit.erasure import erase
from carreau.site.audit.models import Entry
from carreau.site.bridge.demonstration import rank
from carreau.site.bridge.loading import load_applications
from carreau.site.bridge.models import Register, Result
from carreau.site.homes.models import Vacancy
from carreau.site.jobs.models import Job
from carreau.site.jobs.work import run_waiting

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
APPLICATIONS = [
    application("first", dalo=True),
    application("second", seniority_from=date(2020, 1, 1)),
    application("third", seniority_from=date(2023, 1, 1)),
    application("behind"),
    application("large", wanted_rooms_min=1, wanted_rooms_max=1),
    application("rich", reference_income=90_000),
]
HOMES = 7


def make_register(home_folder: Path) -> Register:
    """Seven T2 of one landlord and one of another, all to let, and six applications."""
    return loaded(
        write_town(
            home_folder.parent / "town",
            homes=[*(home(f"h{n}", landlord_id="one") for n in range(HOMES)), home("other", landlord_id="two")],
            vacancies=[*(vacancy(f"v{n}", f"h{n}") for n in range(HOMES)), vacancy("elsewhere", "other")],
            applications=APPLICATIONS,
        )
    )


@pytest.fixture(scope="module")
def register_of_module(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], Register]]:
    """Takes the place of the small town's."""
    yield from once_a_module(request, make_register)


def account(number: str) -> User:
    person = Application.objects.get(pk=number).person
    return User.objects.filter(person=person).first() or User.objects.create_user(f"{number}@a.example", person=person)


@pytest.fixture
def as_applicant() -> Callable[[str], Client]:
    """Signs an applicant in, in a browser of their own."""

    def signed_in(number: str) -> Client:
        client = Client()
        client.force_login(account(number))
        return client

    return signed_in


def asked(client: Client, vacancy_id: str) -> str:
    """Ask on the page, let the work run, and read the page again."""
    address = f"/ma-demande/pourquoi/{vacancy_id}/"
    assert client.post(address).status_code == 302
    run_waiting()
    return client.get(address).content.decode()


def case_of(number: str, vacancy_id: str) -> Any:
    return read(Answer.objects.get(question__application=number, question__vacancy=vacancy_id).told)


def test_a_question_that_cannot_be_answered_does_not_count(register: Register) -> None:
    assert not Result.objects.exists(), "this test comes before those that ask for a ranking"
    own, one = Application.objects.get(pk="behind"), Vacancy.objects.get(pk="v0")
    with pytest.raises(Unanswerable, match="not_ranked"):
        ask(own, one, NOW)
    rank(register)
    late = Application.objects.create(
        number="late",
        person=account("behind").person,
        department="44",
        filed=NOW,
        seniority_from=NOW.date(),
        facts="{}",
    )
    with pytest.raises(Unanswerable, match="not_in_ranking"):
        ask(late, one, NOW)
    erase(Application.objects.get(pk="rich").person_id)
    with pytest.raises(Unanswerable, match="expired"):
        ask(own, one, NOW)
    assert not Question.objects.exists()


def test_one_who_is_presented_passed_over_and_not_eligible(
    as_applicant: Callable[[str], Client], result: Result
) -> None:
    page = asked(as_applicant("first"), "v0")
    assert "Demande présentée" in page
    assert "DALO" in page
    page = asked(as_applicant("large"), "v0")
    assert "Non éligible" in page
    assert "c’est un T2" in page
    assert "aurait été" in page, "asking for a T2 as well is tried"
    page = asked(as_applicant("rich"), "v0")
    assert "n’est pas sous le plafond du logement" in page
    assert "Aucun changement de ce qui est demandé n’a été trouvé" in page


def test_while_the_answer_is_prepared_the_page_says_so_and_without_javascript_comes_again(
    as_applicant: Callable[[str], Client], result: Result
) -> None:
    client = as_applicant("first")
    client.post("/ma-demande/pourquoi/v0/")
    page = client.get("/ma-demande/pourquoi/v0/").content.decode()
    assert "La réponse se prépare" in page
    assert 'http-equiv="refresh"' in page
    run_waiting()
    told = client.get("/ma-demande/pourquoi/v0/", headers={"hx-request": "true"})
    assert told["HX-Refresh"] == "true"


def test_the_applicant_reads_tens_and_the_officer_the_rank(
    as_applicant: Callable[[str], Client], officer: Client, result: Result
) -> None:
    homes = {n: last_result(Vacancy.objects.get(pk=f"v{n}")) for n in range(HOMES)}
    assert set(homes.values()) == {result}
    ask(Application.objects.get(pk="behind"), Vacancy.objects.get(pk="v0"), NOW)
    run_waiting()
    case, _ = case_of("behind", "v0")
    assert case.kind != "ineligible"
    page = officer.get("/attributions/v0/demandes/behind/").content.decode()
    assert "Pourquoi cette demande" in page
    mine = as_applicant("behind").get("/ma-demande/pourquoi/v0/").content.decode()
    if case.rank is not None and case.kind == "passed_over":
        assert "parmi les dix premiers sur moins de onze" in mine
        assert f"rang {case.rank} sur {case.running}" in page


def test_no_answer_names_another_application_or_an_id_of_the_snapshot(
    as_applicant: Callable[[str], Client], result: Result
) -> None:
    page = asked(as_applicant("behind"), "v0")
    written = json.loads(Answer.objects.get().told)
    assert "first_quartile_or_renewal" in written["case"].pop("aims")  # the policy's own, and not application "first"
    told = json.dumps(written)
    assert not [one["application_id"] for one in APPLICATIONS if one["application_id"] in told.replace("behind", "")]
    assert not [number for number in ("first", "second", "third", "large", "rich") if f">{number}<" in page]
    assert '"application_id": ""' in told
    assert "present_home" not in told


def test_questions_are_counted_whoever_asks_and_the_same_again_is_free(
    as_applicant: Callable[[str], Client], officer: Client, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        assert officer.post(f"/attributions/v{n}/demandes/behind/").status_code == 302
    client = as_applicant("behind")
    assert client.post("/ma-demande/pourquoi/v4/").status_code == 302
    refused = client.post("/ma-demande/pourquoi/v5/")
    assert refused.status_code == 429
    assert "Vous pourrez en interroger un autre à partir du" in refused.content.decode()
    assert "à partir du" in client.get("/ma-demande/pourquoi/v5/").content.decode()
    assert client.post("/ma-demande/pourquoi/v0/").status_code == 302, "asked before"
    assert Question.objects.count() == 5
    run_waiting()
    assert Answer.objects.count() == 5
    before = {one.pk: one.told for one in Answer.objects.all()}
    client.post("/ma-demande/pourquoi/v0/")
    assert run_waiting() == 0
    assert {one.pk: one.told for one in Answer.objects.all()} == before


def test_a_refusal_says_until_when_and_a_day_later_one_may_ask_again(result: Result) -> None:
    own = Application.objects.get(pk="behind")
    homes = [Vacancy.objects.get(pk=f"v{n}") for n in range(HOMES)]
    for n in range(5):
        ask(own, homes[n], NOW + timedelta(minutes=n))
    with pytest.raises(TooOften) as refused:
        ask(own, homes[5], NOW + timedelta(hours=1))
    assert refused.value.until == NOW + timedelta(days=1)
    assert questions.left(own, NOW + timedelta(hours=1)) == questions.Left(0, NOW + timedelta(days=1))
    ask(own, homes[5], NOW + timedelta(days=1))
    assert ask(Application.objects.get(pk="first"), homes[0], NOW), "others have a count of their own"


def test_asked_again_after_a_failure_it_does_not_count_twice(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    own, one = Application.objects.get(pk="behind"), Vacancy.objects.get(pk="v0")

    def failing(*_given: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("carreau.site.applications.answers.smallest_change", failing)
        ask(own, one, NOW)
        run_waiting()
    assert Job.objects.get().state == "failed"
    assert not Answer.objects.exists()
    assert ask(own, one, NOW + timedelta(hours=1)) == Question.objects.get()
    run_waiting()
    assert Answer.objects.count() == 1


def test_an_answer_given_stays_readable_when_the_ranking_has_expired(
    as_applicant: Callable[[str], Client], result: Result
) -> None:
    client = as_applicant("first")
    asked(client, "v0")
    erase(Application.objects.get(pk="rich").person_id)
    assert "Demande présentée" in client.get("/ma-demande/pourquoi/v0/").content.decode()
    assert "effacé" in client.get("/ma-demande/pourquoi/v6/").content.decode()


def test_the_answer_is_of_the_ranking_and_not_of_what_was_changed_since(result: Result) -> None:
    """Others leave, the application changes: the answer is that of the day of the ranking."""
    own, one = Application.objects.get(pk="behind"), Vacancy.objects.get(pk="v0")
    ask(own, one, NOW)
    run_waiting()
    before = case_of("behind", "v0")
    for number in ("second", "third"):
        other = Application.objects.get(pk=number)
        other.state = Application.State.WITHDRAWN
        other.save()
    ask(own, Vacancy.objects.get(pk="v1"), NOW)
    run_waiting()
    after = case_of("behind", "v1")
    assert after[0].running in (before[0].running, before[0].running - 1)  # v0 was given before v1


def test_a_new_ranking_is_a_new_question(
    as_applicant: Callable[[str], Client], register: Register, result: Result
) -> None:
    client = as_applicant("behind")
    asked(client, "v0")
    rank(register)
    assert "Un nouveau classement a été fait" in client.get("/ma-demande/pourquoi/v0/").content.decode()
    asked(client, "v0")
    assert Question.objects.count() == 2


def test_ones_own_page_lists_homes_without_telling_where_one_was_a_candidate(
    as_applicant: Callable[[str], Client], result: Result
) -> None:
    client = as_applicant("behind")
    listed = [one["vacancy"].pk for one in client.get("/ma-demande/").context["adverts"]]
    assert sorted(listed) == ["elsewhere", *(f"v{n}" for n in range(HOMES))]
    asked(client, "v0")
    assert [one["advert"]["vacancy"].pk for one in client.get("/ma-demande/").context["answered"]] == ["v0"]
    assert not as_applicant("large").get("/ma-demande/").context["adverts"]


def test_without_an_application_the_page_says_so(client: Client, result: Result) -> None:
    client.force_login(User.objects.create_user("nobody@a.example"))
    assert "Aucune demande n’est reliée" in client.get("/ma-demande/").content.decode()
    assert "Aucune demande n’est reliée" in client.post("/ma-demande/pourquoi/v0/").content.decode()
    assert not Question.objects.exists()


def test_whoever_acts_for_somebody_asks_for_them_while_they_consent(
    client: Client, landlord: Organisation, result: Result
) -> None:
    helper = User.objects.create_user("helper@a.example", name="Helper")
    Membership.objects.create(user=helper, organisation=landlord, role=Role.OFFICER)
    consent = Representation.objects.create(
        officer=helper, organisation=landlord, represented=account("first"), how=How.WRITTEN,
        agreed=datetime.now(UTC), until=datetime.now(UTC) + timedelta(days=1),
    )  # fmt: skip
    client.force_login(helper)
    session = client.session
    session[ACTIVE_REPRESENTATION] = consent.pk
    session.save()
    assert "Demande présentée" in asked(client, "v0")
    entry = Entry.objects.about("applications.question").get()
    assert (entry.actor, entry.acting_for, entry.person) == (
        helper.pk,
        account("first").person_id,
        account("first").person_id,
    )
    consent.end()
    assert "Aucune demande n’est reliée" in client.get("/ma-demande/").content.decode(), "their own: they have none"


def test_an_officer_asks_about_the_landlords_homes_alone(officer: Client, result: Result) -> None:
    assert officer.get("/attributions/elsewhere/demandes/behind/").status_code == 404
    assert officer.post("/attributions/elsewhere/demandes/behind/").status_code == 404
    assert officer.get("/attributions/v0/demandes/nobody/").status_code == 404
    found = officer.get("/attributions/v0/demandes/", {"number": " behind "})
    assert found["Location"] == "/attributions/v0/demandes/behind/"
    unknown = officer.get("/attributions/v0/demandes/", {"number": "a/b"}, follow=True)
    assert "Aucune demande n’a ce numéro" in unknown.content.decode()
    officer.get("/attributions/v0/demandes/behind/")
    assert Entry.objects.filter(verb="seen", model="applications.application", object_id="behind").exists()


def test_of_who_never_asked_for_the_commune_the_officer_learns_nothing_else(
    town: Callable[..., Territory], officer: Client, register: Register
) -> None:
    folder = town(
        "second", applications=[application("afar", wanted_communes=["44162"], dalo=True, reference_income=90_000)]
    )
    load_applications(folder)
    rank(register)
    officer.post("/attributions/v0/demandes/afar/")
    run_waiting()
    page = officer.get("/attributions/v0/demandes/afar/").content.decode()
    assert "n’est pas demandée" in page
    assert "revenu" not in page.split('id="what"')[1]
    assert "DALO" not in page


def test_erased_with_the_person(as_applicant: Callable[[str], Client], officer: Client, result: Result) -> None:
    asked(as_applicant("first"), "v0")
    erase(Application.objects.get(pk="first").person_id)
    kept = Answer.objects.get()
    assert kept.told is None
    person_entries = Entry.objects.about("applications.answer")
    assert person_entries.get().personal == ["told"]
    assert officer.get("/attributions/v0/demandes/first/").status_code == 404


@pytest.mark.parametrize("model", [Question, Answer])
def test_rows_are_only_ever_added(as_applicant: Callable[[str], Client], result: Result, model: Any) -> None:
    asked(as_applicant("first"), "v0")
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET person_id = person_id", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert model.objects.count() == 1


def test_all_of_it_is_among_the_data_that_a_person_may_carry_elsewhere(
    result: Result, as_applicant: Callable[[str], Client]
) -> None:
    client = as_applicant("behind")
    asked(client, "v0")
    kept = client.get("/compte/donnees").json()
    assert [one["number"] for one in kept["applications"]] == ["behind"]
    assert kept["applications"][0]["facts"]["wanted_rooms_max"] == APPLICATIONS[3]["wanted_rooms_max"]
    (question,) = kept["questions"]
    assert (question["application"], question["home"]) == ("behind", "v0")
    assert "moins de onze" in " ".join(question["answer"])
    assert {one["points"] for one in kept["proposed_for"]} == {12}
    assert kept["examined_by_commissions"] == []
