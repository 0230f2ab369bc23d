"""What becomes of a person's applications when the person is erased."""

from uuid import UUID

from carreau.site.applications.models import Application, Candidate
from carreau.site.audit.erasure import on_erasure


@on_erasure
def forget_applications(person: UUID) -> None:
    """They are candidates no more, and an application is an empty number."""
    for candidate in Candidate.objects.filter(person=person):
        candidate.delete()
    for application in Application.objects.filter(person=person).exclude(state=Application.State.ERASED):
        application.state, application.facts, application.struck_off = Application.State.ERASED, None, None
        application.save()
