"""APL and RLS of generated households: `python -m benchmarks.rent carreau 5000000`, or `openfisca`, or `scan`.

Prints the seconds of the work alone, without imports and without drawing the households. OpenFisca is given its
resource base and its dependants; building its tax-benefit system is not counted.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from carreau.rules.rent.benefit import rent_help
from carreau.rules.rent.zones import ZONE

DAY = date(2026, 10, 1)
COMMUNES = {"1bis": "75056", "1": "77288", "2": "59350", "3": "01001"}


def households(count: int) -> pl.DataFrame:
    """Households with the columns of `rent_help`, drawn with a fixed seed."""
    random = np.random.default_rng(1)
    return pl.DataFrame(
        {
            "zone": pl.Series(np.array(ZONE.categories)[random.integers(0, 4, count)], dtype=ZONE),
            "couple": random.random(count) < 0.4,
            "dependants": random.integers(0, 5, count),
            "rent": random.integers(15_000, 90_000, count),
            "income": 100 * random.integers(0, 350, count),
        }
    )


def carreau(asked: pl.DataFrame) -> Callable[[], float]:
    """Our formula; the first call reads the parameter files."""
    return lambda: float(rent_help(asked, DAY)["apl"].sum())


def scan(asked: pl.DataFrame) -> Callable[[], float]:
    """The lower limit: every column read once."""
    return lambda: float(asked.select(pl.col("couple", "dependants", "rent", "income").sum()).sum_horizontal().item())


def openfisca(asked: pl.DataFrame) -> Callable[[], float]:
    """OpenFisca-France on households of one person each."""
    from openfisca_core.simulation_builder import SimulationBuilder
    from openfisca_france import FranceTaxBenefitSystem

    system, month = FranceTaxBenefitSystem(), f"{DAY:%Y-%m}"

    def work() -> float:
        ids = np.arange(asked.height).astype(str)
        builder = SimulationBuilder()
        builder.create_entities(system)
        builder.declare_person_entity("individu", ids)
        roles = {"famille": "demandeur", "foyer_fiscal": "declarant_principal", "menage": "personne_de_reference"}
        for entity, role in roles.items():
            builder.join_with_persons(builder.declare_entity(entity, ids), ids, np.full(asked.height, role))
        simulation = builder.build(system)
        given = {
            "depcom": asked["zone"].cast(pl.String).replace_strict(COMMUNES).to_numpy().astype("U5"),
            "statut_occupation_logement": np.full(asked.height, "locataire_hlm"),
            "loyer": asked["rent"].to_numpy() / 100,
            "aide_logement_base_ressources": asked["income"].to_numpy().astype(float),
            "al_nb_personnes_a_charge": asked["dependants"].to_numpy(),
            "al_couple": asked["couple"].to_numpy(),
        }
        births = np.full(asked.height, "1980-01-01", dtype="datetime64[D]")
        simulation.set_input("date_naissance", "ETERNITY", births)
        for name, values in given.items():
            simulation.set_input(name, month, values)
        return float(simulation.calculate("apl", month).sum())

    return work


def main() -> None:
    """Do one kind of work on so many households, and say how long it took."""
    kind, count = sys.argv[1], int(sys.argv[2])
    work = {"carreau": carreau, "scan": scan, "openfisca": openfisca}[kind](households(count))
    start = time.perf_counter()
    total = work()
    print(json.dumps({"households": count, "seconds": time.perf_counter() - start, "sum": total}))


if __name__ == "__main__":
    main()
