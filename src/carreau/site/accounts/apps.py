"""The app of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Listens to allauth once the models are ready."""

    name = "carreau.site.accounts"

    def ready(self) -> None:
        """Connect the receivers and the checks."""
        from carreau.site.accounts import checks, signals  # noqa: F401 - they need the models
