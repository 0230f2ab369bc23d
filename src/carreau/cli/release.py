"""`carreau map build`: a protected release of a territory."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from carreau.cli.output import AsJson, Watch, progress_bar, say
from carreau.cli.processes import processes
from carreau.proof.publishing import publish
from carreau.register.territory import Territory
from carreau.release.building import build
from carreau.release.ledger import Ledger


def build_map(
    folder: Annotated[Path, typer.Argument(help="The territory folder.")],
    to: Annotated[Path, typer.Option(help="The folder of the release.")],
    method: Annotated[
        str, typer.Option(help="How cells are grouped: finest, natural (Insee's grid) or quadtree (dyadic).")
    ] = "finest",
    count: Annotated[str, typer.Option(help="What is counted: households or homes.")] = "households",
    indicators: Annotated[str, typer.Option(help="Which indicators: all, none, or names with commas between.")] = "all",
    zoning: Annotated[
        list[str] | None,
        typer.Option(help="A table of zones beside the grid: commune, iris, qpv, residence, or one of the territory."),
    ] = None,
    previous: Annotated[
        list[Path] | None, typer.Option(help="An earlier release, whose units are kept, and rows that would tell.")
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(help="The private ledger of who was counted; without it no row of an earlier release is renewed."),
    ] = None,
    ledger_key: Annotated[
        Path | None, typer.Option(help="The file of its key; in the folder of the ledger if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build a protected release and attack it; it is written only when nobody could break it."""
    watch = Watch()
    held = Ledger.held(ledger, key_file=ledger_key) if ledger else nullcontext()
    with progress_bar() as progress, held as private:
        with processes() as executor:
            release = build(
                Territory.open(folder), method=method, count=count, indicators=indicators, zonings=zoning or (),
                previous=previous or (), ledger=private, progress=progress, executor=executor,
            )  # fmt: skip
        publish(release, to, register=folder, beside=previous or (), ledger=private, progress=progress)
    figures: dict[str, Any] = {
        "method": method,
        "count": count,
        "units": release.units.height,
        release.count: int(release.units[release.count].sum()),
        "share_at_200m": round(release.share_at_200m, 4),
        "withheld": release.withheld,
        "exact_values_share": round(release.exact_values_share, 4),
        "left_out": [one["indicator"] for one in release.facts["left_out"]],
        **{name: round(value, 4) for name, value in release.quality.items()},
        "zonings": {name: table.figures for name, table in release.zones.items()},
        "digest": release.digest,
        "path": str(to),
        "seconds": watch.seconds,
    }
    lines = [
        f"{figures['units']} units, {release.share_at_200m:.1%} of {count} at 200 m ({method}) in {to}",
        f"withheld, for your eyes only: {release.withheld} {count} in no unit",
    ]
    if previous:
        lines.append(
            f"{release.quality.get('renewed', 0):.1%} of {count} in units whose row is new; others stay as of their day"
        )
    for name, one in figures["zonings"].items():
        told = ", ".join(f"{number} {how}" for how, number in one.items() if how != "homes_moved")
        lines.append(f"{name}: {told}; {one['homes_moved']} homes on the wrong side")
    say(figures, lines, as_json=as_json)
