"""`carreau map forget`: take erased households out of the private ledger of a map."""

from pathlib import Path
from typing import Annotated

import typer

from carreau.cli.output import AsJson, say
from carreau.errors import BadInput
from carreau.release.ledger import FILE, Ledger


def forget(
    folder: Annotated[Path, typer.Argument(help="The folder of the ledger.")],
    household: Annotated[list[str], typer.Option(help="The identifier of an erased household; may be given again.")],
    ledger_key: Annotated[Path | None, typer.Option(help="The file of its key, if it is elsewhere.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take erased households out of the private ledger; each counts as having moved from then on."""
    if not (folder / FILE).exists():
        raise BadInput("is not there; give the folder of a ledger", file=folder / FILE)
    with Ledger.held(folder, key_file=ledger_key) as ledger:
        left = ledger.without(household)
        left.save()
    gone = ledger.entries.height - left.entries.height
    say({"entries": gone}, [f"{gone} entries forgotten, of {len(household)} households"], as_json=as_json)
