"""`carreau demo`: everything, once, on the real homes of Nantes, a map of Bondy beside it, then the site."""

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from carreau.cli.output import AsJson, Watch, progress_bar, say
from carreau.cli.processes import processes
from carreau.demo.run import Demonstration, run

SITE = "site"


def demo(
    home: Annotated[Path, typer.Option(help="The folder that everything is written to.")] = Path("demo-nantes"),
    port: Annotated[int, typer.Option(help="Port of the site, on this machine only.", min=1, max=65535)] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Make the folder and stop.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read the register of Nantes, give it a synthetic population, draw the map, rank candidates, serve the site."""
    watch = Watch()
    with progress_bar() as progress, processes(1) as beside:
        made = run(home, progress=progress, executor=beside)
    figures = {**made.figures, "reused": made.reused, "home": str(home.resolve()), "seconds": watch.seconds}
    say(figures, _told(made, home.resolve(), watch.seconds), as_json=as_json)
    if not no_serve:
        raise typer.Exit(_serve(home, port, anew=not made.reused))


def _told(made: Demonstration, home: Path, seconds: float) -> list[str]:
    f = made.figures
    return [
        f"Nantes, register of 1 January 2018: {f['homes']:,} homes read, {f['located']:,} located",
        f"synthetic population: {f['households']:,} households, {f['applications']:,} applications, "
        f"{f['vacancies']:,} homes to let in the year",
        f"map: {f['units']} units of 11 households or more, {f['share_at_200m']:.1%} of households at 200 m",
        f"Bondy beside it: {f['bondy']['homes']:,} homes, map of {f['bondy']['units']} units, "
        f"{f['bondy']['share_at_200m']:.1%} of households at 200 m",
        f"allocation ({f['policy']}): {f['assignments']:,} homes with a proposal, each explained",
        f"{'reused' if made.reused else 'made'} in {seconds:.1f} s, digest {f['digest'][:16]}",
        f"folder: {home}",
    ]


def _serve(home: Path, port: int, *, anew: bool) -> int:
    """Serve the demonstration's own installation; one made from another territory is thrown away."""
    site = home / SITE
    if anew:
        shutil.rmtree(site, ignore_errors=True)
    os.environ["CARREAU_SECOND_FACTOR"] = "0"  # fictitious people have no telephone; this machine alone is listened to
    from carreau.site.config import serving

    def load() -> None:
        from carreau.site.bridge import demonstration

        with progress_bar() as progress:
            accounts = demonstration.load(home / "territory", home / "bondy" / "territory", progress=progress)
        typer.echo("sign in as one of these fictitious people, with these passwords made for this folder:", err=True)
        for one in accounts:
            typer.echo(f"  {one.email:<36} {one.password:<14} {one.role}, {one.organisation}", err=True)

    def ready(address: str) -> None:
        typer.echo(f"{address} (Ctrl-C to stop)", err=True)

    return serving.serve(site, "127.0.0.1", port, 1, ready, load=load)
