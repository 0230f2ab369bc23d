"""Who runs this installation, as its environment says: what the law asks a site to name."""

from dataclasses import dataclass

from django.conf import settings

from carreau import __version__


@dataclass(frozen=True)
class Installation:
    """Publisher, host, contact and data protection officer; empty where the installation does not say."""

    publisher: str
    host: str
    contact: str
    data_officer: str
    source: str
    version: str

    @classmethod
    def read(cls) -> "Installation":
        """From CARREAU_PUBLISHER, CARREAU_HOSTING, CARREAU_CONTACT, CARREAU_DATA_OFFICER and CARREAU_SOURCE."""
        text = settings.ENVIRONMENT.text
        return cls(
            publisher=text("CARREAU_PUBLISHER"),
            host=text("CARREAU_HOSTING"),
            contact=text("CARREAU_CONTACT"),
            data_officer=text("CARREAU_DATA_OFFICER"),
            source=text("CARREAU_SOURCE"),
            version=__version__,
        )
