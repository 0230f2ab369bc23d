"""Importing a register: from a file to the `homes` of a territory folder, streamed, atomic and idempotent."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import polars_hash as plh

from carreau import __version__
from carreau.errors import BadInput
from carreau.outputs import file_sha256, whole_folder
from carreau.places.communes import Communes
from carreau.progress import Progress, silent
from carreau.register import rpls_columns
from carreau.register.locating import with_commune, with_point
from carreau.register.residences import residence_id
from carreau.register.rpls_cleaning import typed
from carreau.register.tables import Homes
from carreau.register.tally import Tally
from carreau.register.territory import KEPT, Territory, carry_over, seal, sources_of
from carreau.register.textfile import read_header, read_rows
from carreau.register.zoning import write_declared_zones

SOURCE = "Répertoire des logements locatifs des bailleurs sociaux (RPLS), SDES"
LICENCE = "Licence Ouverte 2.0"
ID_DIGITS = 16
NEWEST = 0.995


@dataclass(frozen=True)
class ImportOptions:
    """What the file itself does not say: its year, the landlord it comes from, the territory's name."""

    year: int | None = None
    landlord: str | None = None
    name: str | None = None


@dataclass
class _Counts:
    rows_read: int = 0
    rejects: Tally = field(default_factory=Tally)
    repairs: Tally = field(default_factory=Tally)
    points: Tally = field(default_factory=Tally)


def import_rpls(
    file: Path, to: Path, options: ImportOptions | None = None, *, progress: Progress = silent
) -> Mapping[str, Any]:
    """Read an RPLS file (2018, current or landlord's layout) into the territory folder `to`.

    Returns the report also kept in `territory.json`: `rows_read` = `homes` + `rejected`, `located`, `repairs` and
    `refused_points` as integers; `rejects`, `repair_reasons` and `point_reasons` list `{reason, count, lines}`. The
    same file again changes nothing. A new register takes the place of the former one, and tables made for the former
    one's homes go with it (`dropped` names them).

    Raises BadInput when the file is not an RPLS file, or when none of its rows can be used; `to` is then untouched.
    """
    options = options or ImportOptions()
    header = read_header(file)
    rpls_columns.check(header.columns, file)
    if "IDENT_REP" in header.columns and "SIREN" not in header.columns and not options.landlord:
        raise BadInput("has identifiers (IDENT_REP) but no SIREN; give the landlord's SIREN", file=file)
    digest = file_sha256(file)
    former = Territory.former(to)
    asked = {"sha256": digest, "version": __version__, **asdict(options)}
    if former and former.facts.get("imports", {}).get("rpls", {}).get("asked") == asked and _sound(former):
        return {**former.facts["imports"]["rpls"]["report"], "unchanged": True}
    kept = [name for name in KEPT if former and former.has(name)]
    with whole_folder(to) as staging:
        parts = staging / "parts"
        parts.mkdir()
        counts = _read(file, options, parts, progress)
        year = options.year or _year(file, parts)
        counts.rejects.add("identifier_twice", _number_and_join(parts, staging / "homes.parquet", year))
        homes = pl.scan_parquet(staging / "homes.parquet")
        report = _report(file, rpls_columns.layout(header.columns), year, homes, counts)
        shutil.rmtree(parts)
        write_declared_zones(homes, staging / "zonings", date(year, 1, 1))
        made = {"homes", *kept, *(f"zonings/{file.stem}" for file in (staging / "zonings").iterdir())}
        report["dropped"] = sorted(set(former.facts["tables"]) - made) if former else []
        carry_over(to, staging, kept)
        source = {"table": "homes", "text": SOURCE, "file": file.name, "sha256": digest, "year": year}
        facts = {
            "name": options.name or _name(homes),
            "reference_date": date(year, 1, 1).isoformat(),
            "licence": LICENCE,
            "sources": [source, *sources_of(former, kept)],
            "imports": {"rpls": {"asked": asked, "report": report}},
        }
        seal(staging, facts)
    return report


def _sound(former: Territory) -> bool:
    """Whether the homes are still as they were written."""
    file = former.path / "homes.parquet"
    return file.exists() and file_sha256(file) == former.facts["tables"]["homes"]["sha256"]


def _read(file: Path, options: ImportOptions, parts: Path, progress: Progress) -> _Counts:
    header = read_header(file)
    counts = _Counts()
    for number, rows in enumerate(read_rows(file, header, without=rpls_columns.labels(header.columns))):
        frame = rows.frame.with_columns(_source_id(header.columns, options))
        counts.rows_read += frame.height + rows.ragged.height
        counts.rejects.add("wrong_number_of_fields", rows.ragged["line"])
        homes = _homes(frame, options, counts)
        homes.write_parquet(parts / f"part-{number:05}.parquet", compression="lz4")
        progress("reading the register", counts.rows_read)
    if not counts.rows_read:
        raise BadInput("holds a header but no row", file=file)
    return counts


def _source_id(columns: tuple[str, ...], options: ImportOptions) -> list[pl.Expr]:
    """The landlord's SIREN and IDENT_REP when known, else a hash of all the source fields."""
    hashed = plh.concat_str(rpls_columns.fingerprint(columns)).chash.sha2_256().str.slice(0, ID_DIGITS)
    if "IDENT_REP" not in columns:
        return [hashed.alias("source_id"), pl.lit(value=False).alias("identified")]
    siren = pl.lit(options.landlord) if options.landlord else pl.col("SIREN")
    known = siren + "-" + pl.col("IDENT_REP")
    return [pl.coalesce(known, hashed).alias("source_id"), known.is_not_null().alias("identified")]


def _homes(frame: pl.DataFrame, options: ImportOptions, counts: _Counts) -> pl.DataFrame:
    ids = frame.select("line", "source_id", "identified")
    rows, repairs, rejections = with_commune(rpls_columns.standard(frame))
    counts.rejects.add_flags(rows, rejections)
    counts.repairs.add_flags(rows, repairs)
    rows = rows.filter(~pl.any_horizontal(*rejections.values()))
    rows, refusals = with_point(rows)
    counts.points.add_flags(rows, refusals)
    rows, unusable = typed(rows)
    counts.repairs.add_flags(rows, unusable)
    rows = rows.join(ids, on="line", how="left", maintain_order="left").with_columns(
        residence_id(),
        pl.col("line").cast(pl.String).alias("home_id"),
        pl.coalesce(pl.lit(options.landlord, dtype=pl.String), "siren").alias("landlord_id"),
        pl.lit(1900, dtype=pl.Int16).alias("year"),
        pl.lit("real").alias("description_origin"),
        pl.when(pl.col("rent").is_not_null()).then(pl.lit("real")).alias("rent_origin"),
        pl.when(pl.col("status").is_not_null()).then(pl.lit("real")).alias("status_origin"),
    )
    valid, failures = Homes.filter(rows.select(Homes.column_names()), cast=True)
    if len(failures):
        broken = failures.invalid()["home_id"].cast(pl.Int64)
        counts.rejects.add("breaks_contract:" + ",".join(failures.counts()), broken)
    keys = rows.select("home_id", "line", "source_id", "identified")
    return valid.join(keys, on="home_id", how="left", maintain_order="left")


def _number_and_join(parts: Path, file: Path, year: int) -> pl.Series:
    """Number identical rows, which are different homes, and write all parts as one file in the order of the source.

    Returns the lines of the rows whose identifier an earlier row already bears; they are left out.
    """
    rows = pl.scan_parquet(parts / "*.parquet")
    keys = rows.select("line", "source_id", "identified").collect()
    twins = keys.filter(keys["source_id"].is_duplicated()).with_columns(
        (pl.col("line").rank("ordinal").over("source_id") - 1).cast(pl.String).alias("ordinal")
    )
    repeated = pl.col("identified") & (pl.col("ordinal") != "0")
    anonymous = pl.concat_str(pl.lit("r"), "source_id", pl.lit("-"), "ordinal")
    (
        rows.join(twins.lazy().select("line", "ordinal"), on="line", how="left", maintain_order="left")
        .with_columns(pl.col("ordinal").fill_null("0"))
        .filter(~repeated)
        .with_columns(
            pl.when("identified").then("source_id").otherwise(anonymous).alias("home_id"),
            pl.lit(year, dtype=pl.Int16).alias("year"),
        )
        .select(Homes.column_names())
        .sink_parquet(file, compression="zstd", maintain_order=True)
    )
    return twins.filter(repeated)["line"]


def _report(file: Path, layout: str, year: int, homes: pl.LazyFrame, counts: _Counts) -> dict[str, Any]:
    rows = homes.select(pl.len()).collect().item()
    if not rows:
        reasons = ", ".join(f"{r['reason']} ({r['count']})" for r in counts.rejects.as_list())
        raise BadInput(f"none of its {counts.rows_read} rows can be used: {reasons}", file=file)
    located = homes.select(pl.col("cell_crs").count()).collect().item()
    notes = [] if located else ["the file gives no usable coordinates: no home is located"]
    return {
        "file": file.name,
        "layout": layout,
        "year": year,
        "rows_read": counts.rows_read,
        "homes": rows,
        "rejected": counts.rejects.total,
        "located": located,
        "repairs": counts.repairs.total,
        "refused_points": counts.points.total,
        "rejects": counts.rejects.as_list(),
        "repair_reasons": counts.repairs.as_list(),
        "point_reasons": counts.points.as_list(),
        "notes": notes,
    }


def year_in_name(file: Path) -> int | None:
    """The only year, if any, that a file's name mentions."""
    years = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", file.name))
    return int(years.pop()) if len(years) == 1 else None


def _year(file: Path, parts: Path) -> int:
    """The year in the file's name, else the year after the newest entry into the stock (RPLS describes 1 January).

    The newest that counts is borne by one home in two hundred: a few bear the register's own year, or a typing error.
    """
    named = year_in_name(file)
    if named:
        return named
    entered = pl.scan_parquet(parts / "*.parquet").select(pl.col("entered").quantile(NEWEST, "nearest"))
    newest = entered.collect().item()
    if newest is None:
        raise BadInput("does not say which year it describes; give the year", file=file)
    return int(newest) + 1


def _name(homes: pl.LazyFrame) -> str:
    places = homes.select(pl.col("commune", "epci", "department").drop_nulls().unique().implode()).collect().row(0)
    reference = Communes.shipped().frame
    for codes, column, label in zip(places, ("code", "epci", "department"), ("name", "epci_name", None), strict=True):
        if len(codes) == 1 and label:
            return str(reference.filter(pl.col(column) == codes[0])[label][0])
        if len(codes) == 1:
            return f"Département {codes[0]}"
    return "France"
