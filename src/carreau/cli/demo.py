"""`carreau demo`: everything, once, on the real homes of Nantes."""

import functools
import http.server
from pathlib import Path
from typing import Annotated

import typer

from carreau.cli.output import AsJson, Watch, progress_bar, say
from carreau.demo.run import Demonstration, run
from carreau.errors import BadInput

PAGES = ("index.html", "index.en.html", "map.svg")


def demo(
    home: Annotated[Path, typer.Option(help="The folder that everything is written to.")] = Path("demo-nantes"),
    port: Annotated[int, typer.Option(help="Port of the page, on this machine only.", min=1, max=65535)] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Make the page and stop.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read the register of Nantes, give it a synthetic population, draw the map, rank candidates, write a page."""
    watch = Watch()
    with progress_bar() as progress:
        made = run(home, progress=progress)
    page = (home / "index.html").resolve()
    figures = {**made.figures, "reused": made.reused, "page": str(page), "seconds": watch.seconds}
    say(figures, _told(made, page, watch.seconds), as_json=as_json)
    if not no_serve:
        _serve(home, port)


def _told(made: Demonstration, page: Path, seconds: float) -> list[str]:
    f = made.figures
    return [
        f"Nantes, register of 1 January 2018: {f['homes']:,} homes read, {f['located']:,} located",
        f"synthetic population: {f['households']:,} households, {f['applications']:,} applications, "
        f"{f['vacancies']:,} homes to let in the year",
        f"map: {f['units']} units of 11 households or more, {f['share_at_200m']:.1%} of households at 200 m",
        f"allocation ({f['policy']}): {f['assignments']:,} homes with a proposal, each explained",
        f"{'reused' if made.reused else 'made'} in {seconds:.1f} s, digest {f['digest'][:16]}",
        f"page: {page}",
    ]


def _serve(home: Path, port: int) -> None:
    handler = functools.partial(_Page, directory=str(home))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise BadInput(f"port {port} cannot be used ({error.strerror}); choose another with --port") from None
    typer.echo(f"http://127.0.0.1:{port}/ (Ctrl-C to stop)", err=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


class _Page(http.server.SimpleHTTPRequestHandler):
    """Gives the pages and the protected map; the territory's rows stay where they are."""

    def do_GET(self) -> None:
        """Judge the file that would be opened, not the address as it is written."""
        home = Path(self.directory).resolve()
        asked = Path(self.translate_path(self.path)).resolve()
        if asked in (home, *(home / name for name in PAGES)) or (asked.parent == home / "map" and asked.is_file()):
            super().do_GET()
        else:
            self.send_error(404)

    def do_HEAD(self) -> None:
        self.send_error(405)

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal shows the summary."""
