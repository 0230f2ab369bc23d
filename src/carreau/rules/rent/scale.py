"""The scales of APL and RLS in force on a day, as small tables by zone and composition (D823-16 and D823-17 CCH)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from carreau.errors import BadInput
from carreau.rules.rent import openfisca

FIRST_DAY = date(2022, 1, 1)
"""The formula below is the one in force since then."""
MOST_DEPENDANTS = 20
ZONES = (1, 2, 3)

BENEFIT = "prestations_sociales/aides_logement"
FORMULA = f"{BENEFIT}/allocations_logement/locatif/formule"
RENTING = f"{BENEFIT}/allocations_logement/locatif"
CEILINGS = f"{FORMULA}/l_plafonds_loyers/par_zone"
CHARGES = f"{FORMULA}/c_forfait_charges/cas_general"
SHARE = f"{FORMULA}/pp_particip_perso"
ALLOWANCE = f"{SHARE}/r0_abattement/cas_general"
FAMILY_RATE = f"{SHARE}/tp_taux/tf_taille_famille/metropole"
RENT_RATE = f"{SHARE}/tp_taux/tl_loyer"
DECREASE = f"{RENTING}/coefficients_degressivite_suppression"
REDUCTION = f"{BENEFIT}/reduction_loyer_solidarite"

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """Amounts in force on a day. Tables have a column a composition: single, couple, 1 dependant, 2 dependants …

    Euros a month, but `allowance` euros a year; tables by zone have three rows. `start` is when the newest of these
    values began, `texts` the files of OpenFisca that they come from.
    """

    day: date
    start: date
    ceiling: Table
    decrease_from: Table
    decrease_to: Table
    charges: Table
    allowance: Table
    family_rate: Table
    reduction: Table
    reduction_limit: Table
    least_rate: float
    least_amount: float
    rent_steps: tuple[float, float]
    rent_rates: tuple[float, float]
    flat_cut: float
    least_paid: float
    reduction_share: float
    debt_rate: float
    texts: tuple[str, ...]

    @classmethod
    def on(cls, day: date) -> "Scale":
        """The scale in force on a day. Raises BadInput before `FIRST_DAY`."""
        if day < FIRST_DAY:
            raise BadInput(f"date {day}: the scales of rent help are known from {FIRST_DAY} on")
        return _scale(day)


def newest_start() -> date:
    """The day from which the newest amounts known are in force."""
    return Scale.on(date.max).start


def composition(couple: NDArray[np.bool_], dependants: NDArray[np.integer]) -> NDArray[np.intp]:
    """The column of a household in the tables: 0 single, 1 couple, then 1 and the number of dependants."""
    return np.where(dependants > 0, 1 + dependants, couple.astype(np.intp)).astype(np.intp)


@cache
def _scale(day: date) -> Scale:
    read: dict[str, float] = {}

    def get(name: str) -> float:
        read[name] = openfisca.value(name, day)
        return read[name]

    ceiling = _by_zone(get, CEILINGS, ("personnes_seules", "couples", "un_enfant"), "majoration_par_enf_supp")
    decreases = [
        np.array([[get(f"{DECREASE}/zone_{zone}/{end}")] for zone in ZONES]) for end in ("degressivite", "suppression")
    ]
    return Scale(
        day=day,
        ceiling=ceiling,
        decrease_from=rounded(ceiling * decreases[0], 2),
        decrease_to=rounded(ceiling * decreases[1], 2),
        charges=_charges(get(f"{CHARGES}/cas_general"), get(f"{CHARGES}/majoration_par_enfant")),
        allowance=_row(get, ALLOWANCE, ("taux_seul", "taux_couple", *_numbered("taux{}pac")), "taux_pac_supp"),
        family_rate=_row(
            get,
            FAMILY_RATE,
            ("personnes_isolees", "couples_0_enfant", "avec_1_enfant", *_numbered("avec_{}_enfants", 2)),
            "maj_par_enf_supp",
        ),
        reduction=_by_zone(
            get,
            f"{REDUCTION}/montant/par_zone",
            ("personnes_seules", "couples", "famille_1pac"),
            "majoration_par_pac_supp",
        ),
        reduction_limit=_by_zone(
            get,
            f"{REDUCTION}/plafond_ressources/par_zone",
            ("personnes_seules", "couples", *_numbered("famille_{}pac")),
            "majoration_par_pac_supp",
        ),
        least_rate=get(f"{SHARE}/p0_particip_min/p0_taux"),
        least_amount=get(f"{SHARE}/p0_particip_min/p0_forfait"),
        rent_steps=(get(f"{RENT_RATE}/seuils/seuil_1"), get(f"{RENT_RATE}/seuils/seuil_2")),
        rent_rates=(get(f"{RENT_RATE}/taux/tl_taux_2"), get(f"{RENT_RATE}/taux/tl_taux_3")),
        flat_cut=get(f"{RENTING}/minoration_forfaitaire"),
        least_paid=get(f"{RENTING}/seuils_minimum_versement/apl"),
        reduction_share=get(f"{REDUCTION}/fraction_baisse_aide_logement"),
        debt_rate=get("prelevements_sociaux/contributions_sociales/crds"),
        start=_newest(read, day),
        texts=tuple(read),
    )


def rounded(amounts: Table, decimals: int) -> Table:
    """Rounded to the nearest, halves up, as by hand: what binary fractions lose (1.015) is put back."""
    factor = 10.0**decimals
    return np.floor(amounts * factor + (0.5 + 1e-6)) / factor


def _numbered(pattern: str, first: int = 1) -> Iterator[str]:
    return (pattern.format(number) for number in range(first, 7))


def _row(get: Callable[[str], float], folder: str, names: Iterable[str], each_more: str) -> Table:
    known = [get(f"{folder}/{name}") for name in names]
    step = get(f"{folder}/{each_more}")
    more = np.arange(1, MOST_DEPENDANTS + 3 - len(known))
    return np.concatenate([known, known[-1] + step * more])


def _by_zone(get: Callable[[str], float], folder: str, names: Iterable[str], each_more: str) -> Table:
    kept = tuple(names)
    return np.stack([_row(get, f"{folder}/zone_{zone}", kept, each_more) for zone in ZONES])


def _charges(general: float, each: float) -> Table:
    return general + each * np.concatenate([[0, 0], np.arange(1, MOST_DEPENDANTS + 1)])


def _newest(names: Iterable[str], day: date) -> date:
    return max(start for name in names for start, _ in openfisca.values(name) if start <= day)
