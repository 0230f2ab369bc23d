"""Makes the kinds of work known when the site starts."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """The app of long work."""

    name = "carreau.site.jobs"

    def ready(self) -> None:
        """Import each app's `work.py`, which registers its kinds."""
        autodiscover_modules("work")
