"""The keyring as Django loads it."""

from django.apps import AppConfig
from django.core.checks import Tags, register


class KeyringConfig(AppConfig):
    """Checks, when its database is prepared, that the keys in it can be opened."""

    name = "carreau.site.keyring"

    def ready(self) -> None:
        """Put the check where Django looks for checks."""
        from carreau.site.keyring.checks import the_secret_opens_the_keys

        register(the_secret_opens_the_keys, Tags.database)
