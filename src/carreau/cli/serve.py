"""`carreau serve`: the site and what runs its long work, in one command."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from carreau.cli.output import AsJson, Watch, say


def serve(
    home: Annotated[
        Path, typer.Option(help="The folder of the installation, made if it is missing.", envvar="CARREAU_HOME")
    ] = Path("carreau-site"),
    host: Annotated[
        str, typer.Option(help="Address to listen on; another than this machine's needs CARREAU_HOSTS.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that run long work.", min=0, max=64)] = 1,
    as_json: AsJson = False,
) -> None:
    """Serve the site, and run its long work, until Ctrl-C."""
    from carreau.site.config import serving

    watch = Watch()

    def ready(address: str) -> None:
        figures = {"address": address, "home": str(home.resolve()), "workers": workers, "seconds": watch.seconds}
        say(figures, [f"{address} (Ctrl-C to stop)"], as_json=as_json)
        sys.stdout.flush()

    raise typer.Exit(serving.serve(home, host, port, workers, ready))
