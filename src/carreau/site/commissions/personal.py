"""What commissions keep about a person, for them to read and carry elsewhere."""

from typing import Any

from carreau.site.accounts.models import User
from carreau.site.accounts.personal import kept_about
from carreau.site.commissions.models import Candidacy


@kept_about("examined_by_commissions")
def examined(user: User) -> list[dict[str, Any]]:
    """Each home that a commission examined an application for: what was decided and answered, when and why."""
    rows = Candidacy.objects.filter(person=user.person_id).select_related("item__commission__organisation")
    return [
        {
            "application": one.application_id,
            "landlord": one.item.commission.organisation.name,
            "held_on": one.item.commission.held_on,
            "home": one.item.vacancy_id,
            "state": one.state,
            "rank": one.rank,
            "reason": one.reason,
            "note": one.note,
            "offered_on": one.offered_on,
            "answered_on": one.answered_on,
            "answer_reason": one.answer_reason,
        }
        for one in rows
    ]
