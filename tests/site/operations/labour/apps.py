"""Where a site waits a minute, the tests wait four."""

from datetime import timedelta

from django.apps import AppConfig


class LabourConfig(AppConfig):
    name = "tests.site.operations.labour"
    label = "labour"

    def ready(self) -> None:
        from carreau.site.config import serving
        from carreau.site.jobs import handle, keeping, running

        keeping.LEASE, keeping.EVERY = timedelta(seconds=4), 0.3
        handle.LOOK, handle.BEAT = 0.1, 0.3
        running.PATIENCE = 1.0
        serving.GRACE = 1.0
        serving.LAST_GRACE = serving.READY_WITHIN = 120.0  # limits, not waits: the machine may be busy
