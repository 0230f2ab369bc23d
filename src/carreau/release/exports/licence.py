"""The licences that open data come under, by the name that a territory gives."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Licence:
    """`identifier` is that of SPDX."""

    title: str
    identifier: str
    address: str


LICENCES = {
    "Licence Ouverte 2.0": Licence(
        "Licence Ouverte 2.0 (Etalab)", "etalab-2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
    ),
}


def licence(name: str | None) -> Licence | None:
    """What is known of a licence; None for none, and only its name as title for another."""
    return LICENCES.get(name, Licence(name, "", "")) if name else None
