"""What the installation does about its log every day: seal it, let go of what is over, erase again who came back."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from carreau.site.audit.chain import seal_entries
from carreau.site.audit.erasure import reapply_erasures
from carreau.site.audit.retention import expire
from carreau.site.jobs.work import Handle, work


@work("seal_audit", daily_at=2)
def seal(_job: Handle) -> Mapping[str, Any]:
    """Seal the entries of the day; the hash in the result is the one to note elsewhere."""
    sealed = seal_entries()
    return {"entries": sealed.count, "sha256": sealed.sha256} if sealed else {"entries": 0}


@work("retention", daily_at=3)
def retention(_job: Handle) -> Mapping[str, Any]:
    """Erase again whom a restored back-up brought back, then let go of what is over."""
    again = reapply_erasures()
    return {"erased_again": again, **expire(timezone.localdate())}
