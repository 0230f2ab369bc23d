"""Where e-mails go."""

from typing import Any

from carreau.site.config.environment import Environment


def mail_settings(environment: Environment) -> dict[str, Any]:
    """Django's settings of e-mail: by the server CARREAU_MAIL_HOST, else into files of the installation's folder."""
    sender = environment.text("CARREAU_MAIL_FROM", f"carreau@{environment.hosts[0]}")
    host = environment.text("CARREAU_MAIL_HOST")
    if not host:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"DEFAULT_FROM_EMAIL": sender, "EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": environment.home / "mail"}
    return {
        "DEFAULT_FROM_EMAIL": sender,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": host,
        "EMAIL_PORT": int(environment.text("CARREAU_MAIL_PORT", "587")),
        "EMAIL_HOST_USER": environment.text("CARREAU_MAIL_USER"),
        "EMAIL_HOST_PASSWORD": environment.text("CARREAU_MAIL_PASSWORD"),
        "EMAIL_USE_TLS": environment.text("CARREAU_MAIL_TLS", "1") == "1",
        "EMAIL_TIMEOUT": 10,
    }
