"""OpenFisca-France itself, on households of one person's family in one month: the peer that our formula must equal."""

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import polars as pl

COMMUNES = {"1bis": "75056", "1": "77288", "2": "59350", "3": "01001"}


@cache
def system() -> Any:
    from openfisca_france import FranceTaxBenefitSystem

    return FranceTaxBenefitSystem()


def openfisca_help(households: pl.DataFrame, day: date) -> pl.DataFrame:
    """`apl` and `rls` in euros, from the columns that `rent_help` reads; OpenFisca's resource base is given."""
    from openfisca_core.simulation_builder import SimulationBuilder

    count, month = households.height, f"{day:%Y-%m}"
    ids = [str(number) for number in range(count)]
    builder = SimulationBuilder()
    builder.create_entities(system())
    builder.declare_person_entity("individu", ids)
    for entity, role in (
        ("famille", "demandeur"),
        ("foyer_fiscal", "declarant_principal"),
        ("menage", "personne_de_reference"),
    ):
        builder.join_with_persons(builder.declare_entity(entity, ids), np.array(ids), np.array([role] * count))
    simulation = builder.build(system())
    given = {
        "depcom": households["zone"].cast(pl.String).replace_strict(COMMUNES).to_numpy().astype("U5"),
        "statut_occupation_logement": np.array(["locataire_hlm"] * count),
        "loyer": households["rent"].to_numpy() / 100,
        "aide_logement_base_ressources": households["income"].to_numpy().astype(float),
        "al_nb_personnes_a_charge": households["dependants"].to_numpy(),
        "al_couple": households["couple"].to_numpy(),
    }
    simulation.set_input("date_naissance", "ETERNITY", np.array(["1980-01-01"] * count, dtype="datetime64[D]"))
    for name, values in given.items():
        simulation.set_input(name, month, values)
    found = {"apl": "apl", "rls": "reduction_loyer_solidarite"}
    return pl.DataFrame({ours: simulation.calculate(theirs, month).astype(float) for ours, theirs in found.items()})
