"""A home in words: its title, its place, what else is known of it."""

import re

from carreau.places.communes import Communes
from carreau.site.homes.models import Home
from carreau.site.pages.templatetags.words import say

SMALL_WORDS = frozenset({"De", "Du", "Des", "La", "Le", "Les", "Et", "Sur", "Sous", "En", "Aux", "Au", "À"})
KEPT = frozenset({"ZAC", "HLM"})
STREETS = {
    "ALL": "allée", "AV": "avenue", "BD": "boulevard", "BLD": "boulevard", "CHE": "chemin", "CRS": "cours",
    "IMP": "impasse", "PAS": "passage", "PL": "place", "QU": "quai", "RTE": "route", "SQ": "square",
}  # fmt: skip


def title(home: Home) -> str:
    """T3 de 64 m²; the surface is left out when the register has none."""
    key = "homes.title_house" if home.kind == "house" else "homes.title"
    if home.rooms is None:
        return say("homes.title_unknown")
    return say(key if home.surface else f"{key}_no_surface", rooms=home.rooms, surface=home.surface or 0)


def street(home: Home) -> str:
    """The street in ordinary letters, without its number: an advert tells where, not behind which door."""
    words = home.address.split()
    while words and (len(words[0]) == 1 or any(character.isdigit() for character in words[0])):
        words.pop(0)
    if not words:
        return _beginning(_ordinary(home.locality))
    return " ".join([STREETS.get(words[0], words[0].lower()), _ordinary(" ".join(words[1:]))]).strip()


def neighbourhood(home: Home) -> str:
    """The named place and the commune."""
    commune = commune_name(home.commune)
    place = _ordinary(re.sub(r"\s*\(.*?\)", "", home.locality)).removeprefix(commune).strip(" -")
    return " · ".join(part for part in (_beginning(place), commune) if part)


def commune_name(code: str) -> str:
    """The name of a commune; its code when it is not one any more."""
    rows = Communes.shipped().frame
    found = rows.filter(rows["code"] == code)
    return str(found["name"][0]) if found.height else code


def floor(home: Home) -> str:
    """Ground floor, first floor, second; nothing when it is not known."""
    if home.floor is None or home.kind == "house":
        return ""
    if home.floor == 0:
        return say("homes.ground_floor")
    return say("homes.first_floor") if home.floor == 1 else say("homes.floor", floor=home.floor)


def _ordinary(shouted: str) -> str:
    """Words in ordinary letters, as they stand within a line."""
    words = (word if word in KEPT else word.capitalize() for word in shouted.split())
    return " ".join(word.lower() if word in SMALL_WORDS else word for word in words)


def _beginning(text: str) -> str:
    return text[:1].upper() + text[1:]
