"""The app of accounts."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    """Listens to allauth once the models are ready."""

    name = "carreau.site.accounts"

    def ready(self) -> None:
        """Connect the receivers and the checks; read what each app says that it keeps about somebody."""
        from carreau.site.accounts import checks, signals  # noqa: F401 - they need the models

        autodiscover_modules("personal")
