"""Everything that a room needs to give the site long work.

    @work("import_register")
    def import_register(job: Handle, *, file: str, year: int) -> Mapping[str, Any]:
        counts = importing.read(Path(file), progress=job.progress)
        with job.committing():
            ...                                   # what the database is to hold, all or nothing
        job.log("bridge.rejected", count=counts.rejected)
        return {"homes": counts.homes}

    start("import_register", request.actor, file=name, year=2026)

Every app's `work.py` is imported when the site starts. A title `jobs.kind.<name>` in the catalogue is what people read.
"""

from carreau.site.jobs.asking import cancel, retry, start
from carreau.site.jobs.handle import Cancelled, Handle
from carreau.site.jobs.kinds import work
from carreau.site.jobs.models import Superseded
from carreau.site.jobs.running import run_waiting

__all__ = ["Cancelled", "Handle", "Superseded", "cancel", "retry", "run_waiting", "start", "work"]
