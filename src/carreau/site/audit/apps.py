"""The audit log as Django loads it."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules


class AuditConfig(AppConfig):
    """Checks, at every start, that audited models cannot be changed unseen."""

    name = "carreau.site.audit"

    def ready(self) -> None:
        """Put the check where Django looks for checks; read what each app says of erasure and retention."""
        from carreau.site.audit.checks import audited_models_are_guarded

        register(audited_models_are_guarded)
        autodiscover_modules("erasure", "retention", "signing")
