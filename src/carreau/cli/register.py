"""`carreau register`: read real files into a territory folder, and give it a synthetic population."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from carreau.cli.output import AsJson, Watch, progress_bar, say, table
from carreau.errors import BadInput
from carreau.progress import Progress
from carreau.register.addresses import import_addresses
from carreau.register.filosofi import import_filosofi
from carreau.register.importing import ImportOptions, import_rpls, year_in_name
from carreau.register.synthetic.comparison import compare
from carreau.register.synthetic.natural_cells import compare_cells
from carreau.register.synthetic.synthesize import synthesize as draw
from carreau.register.territory import Territory
from carreau.register.zoning import import_zoning
from carreau.rules.bands import band_shares, ceiling_shares


class Kind(StrEnum):
    """What a file holds."""

    rpls = "rpls"
    addresses = "addresses"
    filosofi = "filosofi"
    zoning = "zoning"


def import_file(
    file: Annotated[Path, typer.Argument(help="The file: .csv, .csv.gz, .zip, .gpkg, .geojson")],
    kind: Annotated[Kind, typer.Option(help="What the file holds.")],
    to: Annotated[Path, typer.Option(help="The territory folder.")],
    year: Annotated[int | None, typer.Option(help="The year it describes, where its name does not say it.")] = None,
    landlord: Annotated[str | None, typer.Option(help="SIREN of the landlord whose file it is (rpls).")] = None,
    commune: Annotated[str | None, typer.Option(help="Code of the commune (addresses).")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the territory, or of the zoning.")] = None,
    zone_column: Annotated[str | None, typer.Option(help="Column of the zones' codes (zoning).")] = None,
    valid_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day the zones hold from (zoning).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read FILE into the territory folder, whole or not at all; the same file again changes nothing."""
    watch = Watch()
    with progress_bar() as progress:
        if kind is Kind.rpls:
            report = import_rpls(file, to, ImportOptions(year, landlord, name), progress=progress)
        elif kind is Kind.addresses:
            if not commune:
                raise BadInput("does not say its commune; give --commune", file=file)
            report = import_addresses(file, to, commune=commune, year=_year(year, file))
        elif kind is Kind.filosofi:
            report = import_filosofi(file, to, year=_year(year, file), name=name)
        else:
            start = valid_from.date() if valid_from else Territory.open(to).reference_date
            report = import_zoning(file, to, name=name or file.stem, valid_from=start, zone_column=zone_column)
    figures = {"kind": kind.value, **report, "path": str(to), "seconds": watch.seconds}
    say(figures, _told(figures), as_json=as_json)


def synthesize(
    folder: Annotated[Path, typer.Argument(help="The territory folder.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same population.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Draw households, applications, vacancies and the rest from cited margins, labelled synthetic."""
    watch = Watch()
    with progress_bar() as progress:
        figures = population_figures(draw(folder, seed=seed, progress=progress), progress)
    figures = {**figures, "path": str(folder), "seed": seed, "seconds": watch.seconds}
    say(figures, told_population(figures), as_json=as_json)


def population_figures(territory: Territory, progress: Progress) -> dict[str, Any]:
    """Rows of each table, each cited margin beside what was drawn, and the bands of the PLUS ceiling that follow."""
    progress("comparing with the cited figures", 0, 1)
    homes = territory.table("homes").select("home_id", "commune")
    tenants = territory.table("households").join(homes, on="home_id").collect()
    try:
        shares = ceiling_shares(tenants, territory.reference_date)
        notes = []
    except BadInput as unknown:
        shares, notes = pl.Series(dtype=pl.Float64), [f"no bands: {unknown}"]
    lines = compare(territory, over_ceiling=shares)
    figures: dict[str, Any] = {name: facts["rows"] for name, facts in territory.facts["tables"].items()}
    figures["synthetic"] = True
    figures["margins"] = [
        {
            "name": line.name, "unit": line.unit, "cited": round(line.cited, 2), "drawn": round(line.drawn, 2),
            "gap": round(line.gap, 2), "tolerance": line.tolerance, "within": line.within, "source": line.source,
        }
        for line in lines
    ]  # fmt: skip
    figures["bands"] = {band: round(share, 1) for band, share in band_shares(shares).items()} if len(shares) else {}
    figures["notes"] = notes
    if territory.has("cells"):
        figures["natural_cells"] = compare_cells(territory)
    progress("comparing with the cited figures", 1, 1)
    return figures


def told_population(figures: Mapping[str, Any]) -> list[str]:
    """The same for people: tables of figures."""
    rows = [
        (line["name"], f"{line['cited']:g}", f"{line['drawn']:g}", f"{line['gap']:+.2f}", _verdict(line), line["unit"])
        for line in figures["margins"]
    ]
    lines = [table("Cited margins", ("figure", "cited", "drawn", "gap", "", "unit"), rows, words=(0, 4, 5)), ""]
    bands = [(band, f"{share:.1f}") for band, share in figures["bands"].items()]
    title = "Income in % of the PLUS ceiling (derived; no figure is cited)"
    lines += [table(title, ("band", "% of households"), bands)] if bands else figures["notes"]
    if "natural_cells" in figures:
        cells = [
            (row["figure"], f"{row['given']:,}", f"{row['drawn']:,}", f"{row['largest_gap']:g}")
            for row in figures["natural_cells"]
        ]
        lines += ["", table("Filosofi's natural cells", ("figure", "Insee", "drawn", "largest gap of a cell"), cells)]
    counted = ", ".join(f"{figures[name]:,} {name}" for name in ("households", "applications", "vacancies"))
    return [*lines, "", f"Synthetic: {counted}. They describe nobody."]


def _verdict(line: Mapping[str, Any]) -> str:
    return "within" if line["within"] else f"OVER {line['tolerance']:g}"


def _year(year: int | None, file: Path) -> int:
    found = year or year_in_name(file)
    if not found or not date.min.year < found < date.max.year:
        raise BadInput("does not say which year it describes; give --year", file=file)
    return found


def _told(figures: Mapping[str, Any]) -> list[str]:
    plain = {key: value for key, value in figures.items() if not isinstance(value, list | dict)}
    lines = [f"{key.replace('_', ' ')}: {value}" for key, value in plain.items()]
    for name, title in (("rejects", "rejected"), ("repair_reasons", "repaired"), ("point_reasons", "refused points")):
        for reason in figures.get(name, []):
            sample = ", ".join(str(line) for line in reason["lines"])
            more = " …" if reason["count"] > len(reason["lines"]) else ""
            lines.append(f"{title}: {reason['count']} {reason['reason'].replace('_', ' ')} (lines {sample}{more})")
    lines += [f"note: {note}" for note in figures.get("notes", [])]
    lines += [f"left out: {name}, made for the former homes" for name in figures.get("dropped", [])]
    return lines
