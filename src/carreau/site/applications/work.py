"""Long work on applications: answer why one was presented for a home or not."""

from collections.abc import Mapping
from typing import Any

from carreau.site.applications.answers import answer
from carreau.site.applications.models import Question
from carreau.site.applications.questions import KIND
from carreau.site.jobs.work import Handle, work


@work(KIND)
def explain(job: Handle, *, question: int) -> Mapping[str, Any]:
    """Answer a question; once is enough."""
    rows = Question.objects.select_related("application", "vacancy__home", "result__snapshot")
    answer(rows.get(pk=question), committing=job.committing)
    return {}
