"""Letters sent by e-mail, in the language of the page that caused them."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from carreau import text
from carreau.site.pages.templatetags.words import language


def send(kind: str, address: str | None, **values: Any) -> None:
    """Send the letter `kind` (`accounts.mail.<kind>.subject` and `.body`); nobody is written to without an address."""
    if not address:
        return
    key = f"accounts.mail.{kind}"
    signature = text.say("accounts.mail.signature", language())
    body = f"{text.say(f'{key}.body', language(), **values)}\n\n{signature}\n"
    EmailMessage(text.say(f"{key}.subject", language(), **values), body, settings.DEFAULT_FROM_EMAIL, [address]).send()
