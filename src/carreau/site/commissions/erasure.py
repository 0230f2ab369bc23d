"""What becomes of a person's candidacies when the person is erased."""

from uuid import UUID

from carreau.rules.commission.procedure import procedures
from carreau.site.audit.erasure import on_erasure
from carreau.site.commissions.models import Candidacy, Seat


@on_erasure
def forget_candidacies(person: UUID) -> None:
    """Whoever was still a candidate is one no more; the record keeps states and days, and nothing about anybody.

    A lease keeps what the law counts of it, under an application that is an empty number. A member of a commission
    keeps their seat and votes, without a name.
    """
    acts = procedures()["candidacy"].acts["withdraw"]
    for one in Candidacy.objects.filter(person=person):
        one.state = acts.moves.get(one.state, one.state)
        one.breakdown = one.note = None
        one.save()
    for seat in Seat.objects.filter(person=person):
        seat.link = ""
        seat.save()
