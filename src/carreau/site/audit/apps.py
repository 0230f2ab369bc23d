"""The audit log as Django loads it."""

from django.apps import AppConfig
from django.core.checks import register


class AuditConfig(AppConfig):
    """Checks, at every start, that audited models cannot be changed unseen."""

    name = "carreau.site.audit"

    def ready(self) -> None:
        """Put the check where Django looks for checks."""
        from carreau.site.audit.checks import audited_models_are_guarded

        register(audited_models_are_guarded)
