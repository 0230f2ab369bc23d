"""The slow, obvious twin of `rent_help`: one household, decimal arithmetic, the article read line by line."""

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from carreau.rules.rent import openfisca, scale

CENT, EURO = Decimal("0.01"), Decimal(1)
FAMILY = {1: "avec_1_enfant", **{n: f"avec_{n}_enfants" for n in range(2, 7)}}


def by_hand(
    zone: str, couple: bool, dependants: int, rent: int, income: int, day: date
) -> tuple[int, Decimal, Decimal]:
    """APL in euros, RLS in euros, and the APL before it is cut down to the euro; `rent` in cents."""

    def get(name: str) -> Decimal:
        return Decimal(str(openfisca.value(name, day)))

    def composed(folder: str, alone: str, together: str, first: str, more: str) -> Decimal:
        if dependants == 0:
            return get(f"{folder}/{together if couple else alone}")
        return get(f"{folder}/{first}") + (dependants - 1) * get(f"{folder}/{more}")

    place = f"zone_{zone[0]}"
    names = ("personnes_seules", "couples", "un_enfant", "majoration_par_enf_supp")
    ceiling = composed(f"{scale.CEILINGS}/{place}", *names)
    reference = composed(f"{scale.CEILINGS}/zone_2", *names)
    real = Decimal(rent) / 100
    counted = min(real, ceiling)
    charges = get(f"{scale.CHARGES}/cas_general") + dependants * get(f"{scale.CHARGES}/majoration_par_enfant")

    six = min(dependants, 6)
    allowance, rate = (
        get(f"{folder}/{names[0 if couple else 1] if six == 0 else names[2]}")
        + (dependants - six) * get(f"{folder}/{names[3]}")
        for folder, names in (
            (scale.ALLOWANCE, ("taux_couple", "taux_seul", f"taux{six}pac", "taux_pac_supp")),
            (scale.FAMILY_RATE, ("couples_0_enfant", "personnes_isolees", FAMILY.get(six, ""), "maj_par_enf_supp")),
        )
    )
    ratio = (counted / reference).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    first, second = (get(f"{scale.RENT_RATE}/seuils/seuil_{n}") for n in (1, 2))
    low, high = (get(f"{scale.RENT_RATE}/taux/tl_taux_{n}") for n in (2, 3))
    rent_rate = low * max(min(ratio, second) - first, Decimal(0)) + high * max(ratio - second, Decimal(0))
    rent_rate = rent_rate.quantize(Decimal("0.00001"), ROUND_HALF_UP)
    least = max(
        get(f"{scale.SHARE}/p0_particip_min/p0_taux") * (counted + charges),
        get(f"{scale.SHARE}/p0_particip_min/p0_forfait"),
    )
    benefit = max(counted + charges - least - (rate + rent_rate) * max(income - allowance, Decimal(0)), Decimal(0))

    start, end = (
        (ceiling * get(f"{scale.DECREASE}/{place}/{name}")).quantize(CENT, ROUND_HALF_UP)
        for name in ("degressivite", "suppression")
    )
    if real > end:
        benefit = Decimal(0)
    elif real > start:
        benefit *= 1 - (real - start) / (end - start)
    benefit = max(benefit.quantize(CENT, ROUND_HALF_UP) - get(f"{scale.RENTING}/minoration_forfaitaire"), Decimal(0))

    limits = f"{scale.REDUCTION}/plafond_ressources/par_zone/{place}"
    if dependants == 0:
        limit = get(f"{limits}/{'couples' if couple else 'personnes_seules'}")
    else:
        limit = get(f"{limits}/famille_{six}pac") + (dependants - six) * get(f"{limits}/majoration_par_pac_supp")
    amounts = f"{scale.REDUCTION}/montant/par_zone/{place}"
    reduction = composed(amounts, "personnes_seules", "couples", "famille_1pac", "majoration_par_pac_supp")
    if Decimal(income) / 12 >= limit:
        reduction = Decimal(0)
    gross = max(benefit - get(f"{scale.REDUCTION}/fraction_baisse_aide_logement") * reduction, Decimal(0))
    debt = (gross * get("prelevements_sociaux/contributions_sociales/crds")).quantize(CENT, ROUND_DOWN)
    return int((gross - debt).quantize(EURO, ROUND_DOWN)), reduction, gross - debt
