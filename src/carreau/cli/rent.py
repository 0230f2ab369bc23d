"""`carreau rent`: what a social home costs a household once housing benefit and the rent reduction are counted."""

from datetime import datetime
from typing import Annotated

import typer

from carreau.cli.output import AsJson, Language, Watch, say
from carreau.errors import BadInput
from carreau.rules.rent.account import Tenant, account, as_figures
from carreau.rules.rent.scale import newest_start
from carreau.rules.rent.wording import sentences


def rent(
    income: Annotated[float, typer.Option(help="Yearly resources that count for APL, in euros.")],
    rent: Annotated[float, typer.Option(help="Monthly rent without charges, in euros.")],
    commune: Annotated[str, typer.Option(help="Insee code of the commune (five characters).")],
    charges: Annotated[float, typer.Option(help="Monthly charges, in euros.")] = 0.0,
    persons: Annotated[int | None, typer.Option(help="Everyone who lives there; checked against the rest.")] = None,
    couple: Annotated[bool, typer.Option("--couple", help="The tenant lives with a partner.")] = False,
    dependants: Annotated[int, typer.Option(help="Dependants, as for APL.")] = 0,
    teenagers: Annotated[int, typer.Option(help="Of the dependants, those of 14 or more.")] = 0,
    date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day asked about; the newest scale by default.")
    ] = None,
    private: Annotated[bool, typer.Option("--private", help="The landlord is not a social one: no RLS.")] = False,
    language: Annotated[Language, typer.Option(help="Language of the account.")] = Language.fr,
    as_json: AsJson = False,
) -> None:
    """Say the housing benefit (APL), the rent reduction (RLS), the effort rate and what remains to live on."""
    watch = Watch()
    day = date.date() if date else newest_start()
    tenant = Tenant(income, rent, charges, commune, day, couple, dependants, teenagers, not private)
    if persons is not None and persons != tenant.persons:
        raise BadInput(
            f"persons {persons}: the tenant{', a partner' if couple else ''} and {dependants} dependants make "
            f"{tenant.persons}; give --couple and --dependants, or leave --persons out"
        )
    made = account(tenant)
    say({**as_figures(made), "seconds": watch.seconds}, sentences(made, language.value), as_json=as_json)
