"""What becomes of snapshots when somebody in them is erased."""

from uuid import UUID

from carreau.site.applications.models import Application
from carreau.site.audit.erasure import on_erasure
from carreau.site.bridge.models import Snapshot
from carreau.site.bridge.snapshot import expire


@on_erasure
def expire_snapshots(person: UUID) -> None:
    """Those taken since the person applied are destroyed: a replay then says that its inputs expired."""
    first = Application.objects.filter(person=person).order_by("loaded").first()
    if first is None:
        return
    for snapshot in Snapshot.objects.filter(expired__isnull=True, taken__gte=first.loaded):
        expire(snapshot)
