"""What `check --deploy` says of accounts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

NO_MAIL = "accounts.E001"


@register(Tags.security, deploy=True)
def mail_leaves_the_machine(**_kwargs: Any) -> list[CheckMessage]:
    """Links and invitations go by e-mail: without a server for it, nobody gets in."""
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return []
    return [Error("e-mails stay on this machine", hint="set CARREAU_MAIL_HOST", id=NO_MAIL)]
