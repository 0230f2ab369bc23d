"""The maps that one can choose: a territory and a year each, the newest first."""

from dataclasses import dataclass

from django.utils.text import slugify

from carreau.site.maps.models import Published
from carreau.site.pages.templatetags.words import say


@dataclass(frozen=True)
class Edition:
    """A published release by its address: what it counts of a territory in a year, as published last."""

    slug: str
    published: Published
    first: bool
    """Whether it is the one that the map shows when none is asked for."""

    @property
    def territory(self) -> str:
        """Whom it can be compared with: the territory and what is counted."""
        return self.slug.rpartition("-")[0]

    @property
    def label(self) -> str:
        """How it is called in a list."""
        kind = say("maps.edition_homes") if self.published.facts["count"] == "homes" else ""
        return say("maps.edition", place=self.published.name, year=str(self.published.reference_date.year), kind=kind)

    @property
    def query(self) -> str:
        """What an address begins with to stay on this map; nothing for the first."""
        return "" if self.first else f"map={self.slug}&"


def editions() -> list[Edition]:
    """All that is published, the one shown first in front; of the same territory and year only the last published."""
    found: dict[str, Published] = {}
    for one in Published.objects.filter(withdrawn__isnull=True):
        found.setdefault(_slug(one), one)
    return [Edition(slug, one, first=place == 0) for place, (slug, one) in enumerate(found.items())]


def chosen(slug: str, among: list[Edition]) -> Edition | None:
    """The edition of an address; the first when the address names none."""
    return next((one for one in among if one.slug == slug or not slug), None)


def edition_of(published: Published) -> Edition:
    """The edition of a release that is published; a later one of the same year may have taken its address."""
    among = [one for one in editions() if one.published == published]
    return among[0] if among else Edition(_slug(published), published, first=False)


def _slug(published: Published) -> str:
    counted = "-logements" if published.facts["count"] == "homes" else ""
    return f"{slugify(published.name) or 'carte'}{counted}-{published.reference_date.year}"
