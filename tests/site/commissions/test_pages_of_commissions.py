"""From agenda to lease through the pages, as the secretary; and what each page shows or refuses."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.site.commissions.conftest import DAY, Office

from carreau.rules.commission.deadline import answer_by
from carreau.site.accounts.models import Kind, Membership, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.audit.models import Entry
from carreau.site.bridge.models import Register
from carreau.site.commissions import agenda, offers
from carreau.site.commissions.leases import sign
from carreau.site.commissions.models import Candidacy, Commission, Commitment, Item, Lease, Seat
from carreau.site.homes.models import Vacancy
from carreau.site.homes.views import today

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " ").replace("\u202f", " "))


def decision(item: Item, *told: tuple[str, str, str]) -> dict[str, str]:
    form = {}
    for one, (outcome, reason, rank) in zip(item.candidacies.order_by("proposed_rank"), told, strict=True):
        form |= {f"outcome-{one.pk}": outcome, f"reason-{one.pk}": f"{outcome}/{reason}", f"rank-{one.pk}": rank}
    return form


RANKED = [("ranked_attribution", "first_of_ranking", str(rank)) for rank in (1, 2)] + [
    ("non_attribution", "ranked_behind", "")
]


def test_from_agenda_to_lease(secretary: Client, office: Office) -> None:
    made = secretary.post("/commissions/nouvelle/", {"held_on": "2026-06-01", "mode": "in_room", "quorum": "2"})
    session = Commission.objects.order_by("pk").last()
    assert session
    assert made["Location"] == f"/commissions/{session.pk}/#main"
    for kind, commune in (("board", ""), ("mayor", "44109")):
        secretary.post(f"/commissions/{session.pk}/membres/", {"kind": kind, "name": "Ada", "commune": commune})
    presences = {f"presence-{seat.pk}": "present" for seat in session.seats.all()}
    secretary.post(f"/commissions/{session.pk}/presences/", presences)
    secretary.post(f"/commissions/{session.pk}/ordre-du-jour/", {"vacancy": ["v1"]})
    secretary.post(f"/commissions/{session.pk}/acte/", {"act": "open"})
    item = session.items.get()
    page = secretary.get(f"/commissions/logement/{item.pk}/")
    assert "Décider à l’unanimité" in text(page)
    answer = secretary.post(
        f"/commissions/logement/{item.pk}/decision/", decision(item, *RANKED) | {"act": "unanimous"}
    )
    assert answer.status_code == 302, text(answer)
    secretary.post(f"/commissions/{session.pk}/acte/", {"act": "close"})
    first = item.candidacies.get(rank=1)
    day = today().isoformat()  # that of the decision
    for act, more in (("offer", {"way": "letter", "day": day}), ("receive", {"day": day}), ("accept", {"day": day})):
        secretary.post(f"/commissions/candidature/{first.pk}/acte/", {"act": act, **more})
    secretary.post(f"/commissions/candidature/{first.pk}/bail/", {"day": day})
    first.refresh_from_db()
    assert (first.state, first.answer_by) == ("signed", answer_by(today(), "44"))
    assert Lease.objects.get().signed_on == today()
    minutes = text(secretary.get(f"/commissions/{session.pk}/proces-verbal/"))
    assert "pour 2, contre 0, abstention 0" in minutes
    assert "bail signé" in minutes


def test_a_refused_decision_keeps_what_was_filled_in(secretary: Client, office: Office) -> None:
    item = office.opened()
    form = decision(item, *RANKED[:1], ("ranked_attribution", "first_of_ranking", "1"), RANKED[2])
    answer = secretary.post(f"/commissions/logement/{item.pk}/decision/", form | {"act": "unanimous"})
    assert answer.status_code == 409
    page = text(answer)
    assert "Les rangs doivent se suivre à partir de 1" in page
    assert page.count('value="ranked_attribution" selected') == 2
    assert page.count('value="non_attribution/ranked_behind" selected') == 1
    assert Item.objects.get().state == "listed"


def test_the_reason_belongs_to_the_decision(secretary: Client, office: Office) -> None:
    item = office.opened()
    form = decision(item, *RANKED)
    last = item.candidacies.get(proposed_rank=3)
    form[f"reason-{last.pk}"] = "ineligible/above_the_ceiling"
    answer = secretary.post(f"/commissions/logement/{item.pk}/decision/", form)
    assert answer.status_code == 409
    assert f"la demande {last.application_id} n’est pas celui" in text(answer)


def test_meters_move_with_the_candidate_chosen(secretary: Client, office: Office) -> None:
    item = office.opened()
    first = item.candidacies.get(proposed_rank=1)  # the one with a right to housing
    before = text(secretary.get(f"/commissions/logement/{item.pk}/"))
    assert "Aujourd’hui, sans ce logement" in before
    page = secretary.get(f"/commissions/logement/{item.pk}/", {"chosen": first.pk})
    assert f"Avec un bail signé pour la demande {first.application_id}" in text(page)
    meters = {one.name: one for one, _ in page.context["meters"]}
    assert (meters["priority_share"].before, meters["priority_share"].after) == (None, 100.0)
    other = item.candidacies.get(proposed_rank=2)
    page = secretary.get(f"/commissions/logement/{item.pk}/", {"chosen": other.pk})
    meters = {one.name: one for one, _ in page.context["meters"]}
    assert meters["priority_share"].after == 0.0


def test_the_mix_of_the_residence_is_told_from_eleven_households_on(
    secretary: Client, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import polars as pl

    from carreau.site.commissions import occupancy

    def living(count: int) -> pl.DataFrame:
        rows = [{"births": [date(1980, 1, 1)], "kind": "alone", "reference_income": 40_000} for _ in range(count)]
        return pl.DataFrame(rows).with_columns(pl.lit("44109").alias("commune"))

    item = office.opened()
    first = item.candidacies.get(proposed_rank=1)
    monkeypatch.setattr(occupancy, "_living", lambda _home: living(11))
    page = secretary.get(f"/commissions/logement/{item.pk}/", {"chosen": first.pk})
    low = next(one for one in page.context["mix"] if one.measure == "low")
    assert (low.before, low.after) == (0.0, pytest.approx(0, abs=10))
    alone = next(one for one in page.context["mix"] if one.measure == "alone")
    assert (alone.before, alone.after) == (100.0, 100.0)
    monkeypatch.setattr(occupancy, "_living", lambda _home: living(10))
    page = secretary.get(f"/commissions/logement/{item.pk}/", {"chosen": first.pk})
    assert page.context["mix"] == []


def test_looking_at_candidates_is_in_the_log(secretary: Client, office: Office) -> None:
    item = office.listed()
    secretary.get(f"/commissions/logement/{item.pk}/")
    entry = Entry.objects.filter(verb="seen").get()
    assert (entry.model, entry.object_id) == ("commissions.item", str(item.pk))


def test_what_another_landlord_decides_does_not_open(client: Client, office: Office) -> None:
    first = office.decided()[0]
    user = User.objects.create_user("ailleurs@habitat.example", name="Camille Ailleurs")
    Membership.objects.create(
        user=user, organisation=Organisation.objects.get(name="Landlord two"), role=Role.SECRETARY
    )
    client.force_login(user)
    session, item, seat = office.commission.pk, first.item_id, office.commission.seats.all()[0].pk
    pages = {
        "commission": session,
        "commission_minutes": session,
        "commission_home": item,
        "candidacy_letter": first.pk,
    }
    for name, pk in pages.items():
        assert client.get(reverse(name, args=[pk])).status_code == 404, name
    forms = {
        **dict.fromkeys(("commission_list", "commission_seat", "commission_presences", "commission_act"), session),
        **dict.fromkeys(("commission_decide", "commission_home_act"), item),
        **dict.fromkeys(("candidacy_act", "candidacy_lease"), first.pk),
        "commission_invite": seat,
    }
    for name, pk in forms.items():
        assert client.post(reverse(name, args=[pk]), {"act": "offer", "way": "by_hand"}).status_code == 404, name
    first.refresh_from_db()
    assert first.state == "ranked"
    assert not Entry.objects.filter(verb="seen").exists()


def test_what_is_awaited_is_on_the_first_page(secretary: Client, office: Office) -> None:
    first = office.decided()[0]
    offers.offer(first, "by_hand", office.asked())
    page = text(secretary.get("/commissions/"))
    assert "11 juin 2026" in page
    assert "délai passé : le silence vaut refus" in page


@pytest.mark.parametrize(
    ("place", "says"),
    [(0, "Elle vous attribue ce logement"), (1, "au rang 2"), (2, "Motif : un autre ménage est mieux classé")],
)
def test_letters(secretary: Client, office: Office, place: int, says: str) -> None:
    candidates = office.decided()
    offers.offer(candidates[0], "letter", office.asked())
    assert says in text(secretary.get(f"/commissions/candidature/{candidates[place].pk}/courrier/"))


def letter(secretary: Client, one: Candidacy) -> str:
    return text(secretary.get(f"/commissions/candidature/{one.pk}/courrier/"))


def test_whoever_comes_next_is_written_an_offer_and_not_a_rank(secretary: Client, office: Office) -> None:
    first, second, _ = office.decided()
    assert "Elle vous attribue ce logement" in letter(secretary, first)
    assert "au rang 2" in letter(secretary, second)
    offers.offer(first, "by_hand", office.asked())
    offers.refuse(first, "rent", office.asked(date(2026, 6, 2)))
    assert "Elle vous attribue ce logement" in letter(secretary, second)
    assert "Aucun courrier" in letter(secretary, first)


def test_an_application_no_longer_in_force_is_not_said_to_be_kept(secretary: Client, office: Office) -> None:
    ineligible = office.decided("ranked_attribution", "ineligible", "non_attribution")[1:]
    assert all("garde son ancienneté" in letter(secretary, one) for one in ineligible)
    assert "a déclaré votre candidature irrecevable" in letter(secretary, ineligible[0])
    ineligible[0].refresh_from_db()
    ineligible[0].reason = "number_not_in_force"
    ineligible[0].save()
    assert "garde son ancienneté" not in letter(secretary, ineligible[0])


def test_minutes_say_what_was_decided_whatever_came_of_it(secretary: Client, office: Office) -> None:
    lease = signed(office)

    def decisions() -> list[str]:
        page = secretary.get(f"/commissions/{office.commission.pk}/proces-verbal/")
        return [outcome for _, outcome in page.context["homes"][0]["candidates"]]

    assert lease.candidacy.state == "signed"
    assert decisions() == ["attribution avec rang", "attribution avec rang", "non-attribution"]


def test_after_a_refusal_the_page_opens_where_the_reason_is_read(secretary: Client, office: Office) -> None:
    first, second, _ = office.decided()
    place = f"/commissions/logement/{first.item_id}/"
    for one, anchor in ((second, "main"), (first, f"candidate-{first.pk}")):
        answer = secretary.post(f"/commissions/candidature/{one.pk}/acte/", {"act": "offer", "way": "by_hand"})
        assert answer["Location"] == f"{place}#{anchor}"


def test_a_decided_home_leads_to_the_next_one(secretary: Client, office: Office) -> None:
    items = [office.listed("v1"), office.listed("v2")]
    agenda.act(office.commission, "open", office.asked())
    for item, leads_to in ((items[1], f"/commissions/logement/{items[0].pk}/#main"), (items[0], "#acts")):
        form = decision(item, *RANKED) | {"act": "unanimous"}
        answer = secretary.post(f"/commissions/logement/{item.pk}/decision/", form, follow=True)
        assert f'{leads_to}"' in answer.content.decode()


def test_the_letter_says_until_when(secretary: Client, office: Office) -> None:
    first = office.decided()[0]
    offers.offer(first, "by_hand", office.asked())
    page = text(secretary.get(f"/commissions/candidature/{first.pk}/courrier/"))
    assert "jusqu’au 11 juin 2026 inclus" in page
    assert "la loi considère que vous refusez" in page


def test_letters_and_minutes_are_headed_with_the_postal_address(secretary: Client, office: Office) -> None:
    first = office.decided()[0]
    minutes = f"/commissions/{office.commission.pk}/proces-verbal/"
    without = letter(secretary, first)
    assert "L’adresse postale de votre organisme manque" in without
    assert '<a href="/compte/organisation/#postal-address">Voir qui peut l’écrire</a>' in without
    assert "rue Fictive" not in without + text(secretary.get(minutes))
    office.landlord.postal_address = "1 rue Fictive\n<00000> Ville fictive"
    office.landlord.save()
    printed = "1 rue Fictive<br>&lt;00000&gt; Ville fictive"
    assert printed in letter(secretary, first)
    assert printed in text(secretary.get(minutes))
    assert "L’adresse postale de votre organisme manque" not in letter(secretary, first)


def test_an_administrator_is_led_to_where_the_address_is_written(client: Client, office: Office) -> None:
    first = office.decided()[0]
    administrator = User.objects.create_user("administratrice@habitat.example")
    Membership.objects.create(user=administrator, organisation=office.landlord, role=Role.ADMINISTRATOR)
    client.force_login(administrator)
    assert '<a href="/compte/organisation/#postal-address">L’écrire</a>' in letter(client, first)
    assert 'id="postal-address"' in text(client.get("/compte/organisation/"))


def test_a_member_at_a_distance_confirms_by_a_link_of_their_own(
    client: Client, secretary: Client, office: Office
) -> None:
    office.commission.mode, office.commission.internal_rules = "remote", True
    office.commission.save()
    seat = agenda.seat(office.commission, "prefect", "Lou")
    page = secretary.post(f"/commissions/membre/{seat.pk}/lien/")
    address = re.search(r"http://testserver(/commissions/presence/[^<]+/)", page.content.decode())
    assert address
    visitor = Client()
    assert visitor.get(address[1]).status_code == 200
    assert Seat.objects.get(pk=seat.pk).presence == "absent", "opening the page is not yet a presence"
    assert "Votre présence est notée" in text(visitor.post(address[1]))
    seat.refresh_from_db()
    assert seat.presence == "remote"
    assert seat.identified
    assert visitor.post("/commissions/presence/unknown/").status_code == 409


def test_an_impossible_day_is_said(secretary: Client, office: Office) -> None:
    first = office.decided()[0]
    posted = {"act": "offer", "way": "letter", "day": "soon"}
    answer = secretary.post(f"/commissions/candidature/{first.pk}/acte/", posted, follow=True)
    assert "Ce jour n’est pas une date" in text(answer)


def signed(office: Office) -> Lease:
    first = office.decided()[0]
    offers.offer(first, "by_hand", office.asked())
    offers.accept(first, office.asked(date(2026, 6, 3)))
    return sign(first, office.asked(date(2026, 6, 20)))


def test_the_list_owed_to_reservers(secretary: Client, office: Office) -> None:
    signed(office)
    page = secretary.get("/commissions/reservataires/", {"year": "2026"})
    assert [(row.rooms, row.offered, row.attributed) for row in page.context["rows"]] == [("T2", 2, 1)]
    assert "avant le 28 février 2027" in text(page)
    file = secretary.get("/commissions/reservataires/", {"year": "2026", "format": "csv"})
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Réservataire,Typologie,Financement")
    assert lines[1].endswith("Nantes,non renseigné,2,1")


def territory(office: Office) -> tuple[Organisation, Client]:
    place = Organisation.objects.create(name="Métropole", kind=Kind.TERRITORY)
    register = Register.objects.get()
    register.organisation = place
    register.save()
    user = User.objects.create_user("metropole@epci.example")
    Membership.objects.create(user=user, organisation=place, role=Role.MANAGER)
    browser = Client()
    browser.force_login(user)
    return place, browser


def test_a_territory_keeps_one_commitment_a_landlord_and_year(office: Office) -> None:
    signed(office)
    _, browser = territory(office)
    year = today().year
    form = {"landlord": office.landlord.pk, "quota": "priority_share", "year": year, "share": "30"}
    assert browser.post("/commissions/engagements/nouveau/", form).status_code == 302
    assert browser.post("/commissions/engagements/nouveau/", form | {"share": "40"}).status_code == 302
    page = browser.get("/commissions/engagements/")
    rows = {row.quota: row for row in page.context["rows"]}
    assert rows["Publics prioritaires"].committed == 40.0
    assert Commitment.objects.count() == 1


def test_a_commitment_is_never_under_the_law(office: Office) -> None:
    _, browser = territory(office)
    form = {"landlord": office.landlord.pk, "quota": "priority_share", "year": today().year, "share": "10"}
    answer = browser.post("/commissions/engagements/nouveau/", form)
    assert answer.status_code == 400
    assert "ne peut être inférieur" in text(answer)


def test_a_landlord_reads_its_commitments_and_writes_none(secretary: Client, office: Office) -> None:
    place, _ = territory(office)
    Commitment.objects.create(
        organisation=place, landlord=office.landlord, year=today().year, quota="priority_share", share=300
    )
    for asked in ("", "?year=abc", "?year=1789", f"?year={'9' * 4_400}"):  # what is no year of ours shows this one
        page = secretary.get(f"/commissions/engagements/{asked}")
        assert [row.committed for row in page.context["rows"]] == [30.0]
    assert "Inscrire un engagement" not in text(page)
    assert secretary.post("/commissions/engagements/nouveau/", {}).status_code == 403


def test_other_landlords_sessions_are_unknown(secretary: Client, office: Office) -> None:
    other = Organisation.objects.get(name="Landlord two")
    session = Commission.objects.create(organisation=other, held_on=DAY, quorum=1)
    assert secretary.get(f"/commissions/{session.pk}/").status_code == 404
    item = Item.objects.create(commission=session, vacancy=Vacancy.objects.get(pk="v3"), position=1)
    assert secretary.get(f"/commissions/logement/{item.pk}/").status_code == 404
    assert secretary.post(f"/commissions/logement/{item.pk}/decision/").status_code == 404


def test_a_home_can_be_seen_when_somebody_was_erased(secretary: Client, office: Office) -> None:
    from carreau.site.audit.erasure import erase

    first = office.decided()[0]
    erase(first.person_id)
    page = text(secretary.get(f"/commissions/logement/{first.item_id}/", {"chosen": first.pk}))
    assert "Personne effacée" in page
    assert Candidacy.objects.get(pk=first.pk).state == "withdrawn"


def test_in_english(secretary: Client, office: Office) -> None:
    item = office.opened()
    assert "Decide unanimously" in text(secretary.get(f"/en/commissions/logement/{item.pk}/"))


def test_no_button_says_what_would_be_refused(secretary: Client, office: Office) -> None:
    first = office.decided()[0]
    offers.offer(first, "letter", office.asked())
    rows = secretary.get(f"/commissions/logement/{first.item_id}/").context["candidates"]
    assert [row.shown.acts for row in rows] == [["receive", "accept", "refuse"], [], ["inform"]]
    offers.receive(first, office.asked())  # the term is over by now
    rows = secretary.get(f"/commissions/logement/{first.item_id}/").context["candidates"]
    assert rows[0].shown.acts == ["refuse", "stay_silent"]
    offers.simply(first, "stay_silent", office.asked(date(2026, 7, 1)))
    rows = secretary.get(f"/commissions/logement/{first.item_id}/").context["candidates"]
    assert [row.shown.acts for row in rows] == [[], ["offer"], ["inform"]]
