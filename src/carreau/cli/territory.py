"""`carreau check`: is a territory folder what it says it is?"""

from pathlib import Path
from typing import Annotated

import typer

from carreau.cli.output import AsJson, Watch, say
from carreau.register.territory import Territory


def check(
    folder: Annotated[Path, typer.Argument(help="The territory folder.")],
    as_json: AsJson = False,
) -> None:
    """Verify files, hashes and contracts of a territory folder; exit code 1 when something is wrong."""
    watch = Watch()
    found = Territory.open(folder).check()
    figures = {**found, "sound": not found["problems"], "path": str(folder), "seconds": watch.seconds}
    counted = ", ".join(f"{name} {rows:,}" for name, rows in found["tables"].items())
    say(figures, [*found["problems"], f"{counted}: {len(found['problems'])} problems"], as_json=as_json)
    if found["problems"]:
        raise typer.Exit(1)
