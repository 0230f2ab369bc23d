"""`datapackage.json`: the tables of a release by their schemas. Source: Data Package 2.0, with Table Schema."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from carreau.outputs import file_sha256
from carreau.release.exports.licence import licence
from carreau.release.exports.media import media_type
from carreau.release.exports.page import ROW, SHAPE, columns
from carreau.release.gate import Release

PACKAGE = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
TABLE = "https://datapackage.org/profiles/2.0/tableschema.json"

_MEANINGS = {
    "cell_id": "INSPIRE name of a 200 m cell",
    "unit_id": "the unit that it is in",
    "zone": "code of a zone",
    "since": "day of an earlier row of the unit",
    "households": "how many came or went since that row; in a table of zones, how many live there",
    "whole": "false where other homes of the cell are in no zone of the table",
    "told": "how the zone is told: exact, over whole units, or withheld",
    "homes_moved": "homes on the other side, where a zone is told over units",
}


def data_package(release: Release, folder: Path, later: Sequence[str] = ()) -> dict[str, Any]:
    """The page of the files of `folder`, `later` ones too; tables of CSV with a schema, other files without."""
    facts, terms, tables = release.facts, licence(release.facts.get("licence")), _tables(release)
    page: dict[str, Any] = {
        "$schema": PROFILE,
        "name": f"carreau-{release.digest[:16]}",
        "title": title(facts, "en"),
        "description": description(facts, "en"),
        "version": str(facts["reference_date"]),
        "synthetic": bool(facts["synthetic"]),
        "sources": [{"title": str(source["text"])} for source in facts["sources"] if source.get("text")],
        "resources": [_resource(release, tables, folder, file) for file in [*_files(folder), *later]],
    }
    if terms:
        named = {"name": terms.identifier or terms.title, "title": terms.title}
        page["licenses"] = [named | ({"path": terms.address} if terms.address else {})]
    return {name: value for name, value in page.items() if value != []}


def title(facts: Mapping[str, Any], language: str) -> str:
    """What the release is, in French or English; a synthetic one says so."""
    kind = {"households": {"fr": "ménages du parc social", "en": "households of social homes"},
            "homes": {"fr": "logements sociaux", "en": "social homes"}}[facts["count"]][language]  # fmt: skip
    synthetic = {"fr": " (population synthétique)", "en": " (synthetic population)"}[language]
    at = {"fr": "au", "en": "on"}[language]
    return f"{facts['territory']}: {kind}, {at} {facts['reference_date']}{synthetic if facts['synthetic'] else ''}"


def description(facts: Mapping[str, Any], language: str) -> str:
    """How it was made, and whether it describes anybody."""
    made = {
        "fr": f"Unités de carreaux de 200 m d'au moins {facts['threshold']}, protégées puis attaquées par Carreau "
              f"(méthode {facts['method']}) ; la preuve est dans proof.json.",
        "en": f"Units of 200 m cells of {facts['threshold']} or more, protected and then attacked by Carreau "
              f"(method {facts['method']}); the proof is in proof.json.",
    }[language]  # fmt: skip
    synthetic = {"fr": " Données synthétiques : ces ménages n'existent pas.",
                 "en": " Synthetic data: these households do not exist."}[language]  # fmt: skip
    return made + (synthetic if facts["synthetic"] else "")


def _files(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def _tables(release: Release) -> dict[str, pl.DataFrame]:
    """The tables by the name of their file."""
    tables = {"units.csv": release.units, "cells.csv": release.cells, "changes.csv": release.changes}
    if release.bridges is not None:
        tables["bridges.csv"] = release.bridges
    for name, zones in release.zones.items():
        tables |= {f"zones/{name}{ending}.csv": frame for ending, frame in zones.frames.items()}
    return tables


def _resource(release: Release, tables: Mapping[str, pl.DataFrame], folder: Path, name: str) -> dict[str, Any]:
    file = folder / name
    resource: dict[str, Any] = {
        "name": name.replace("/", "-").replace(".", "-").lower(),
        "path": name,
        "format": file.suffix[1:],
        "mediatype": media_type(name),
    }
    if file.exists():
        resource |= {"bytes": file.stat().st_size, "hash": f"sha256:{file_sha256(file)}"}
    if name not in tables:
        return resource
    return resource | {"type": "table", "encoding": "utf-8", "schema": _schema(release, name, tables[name])}


def _schema(release: Release, name: str, table: pl.DataFrame) -> dict[str, Any]:
    told = {column["name"]: column for column in [*columns(release), SHAPE, *ROW]}
    fields = []
    for column, dtype in table.schema.items():
        about = told.get(column, {})
        field = {"name": column, "type": _type(dtype)}
        meaning = _MEANINGS.get(column) if name != "units.csv" else None
        if text := meaning or about.get("definition"):
            field["description"] = text + (f" ({about['unit']})" if not meaning and about.get("unit") else "")
        fields.append(field)
    schema: dict[str, Any] = {"$schema": TABLE, "fields": fields, "missingValues": [""]}
    if name == "units.csv":
        return schema | {"primaryKey": ["unit_id"]}
    if "unit_id" in table.columns:
        schema["foreignKeys"] = [{"fields": ["unit_id"], "reference": {"resource": "units-csv", "fields": ["unit_id"]}}]
    return schema


def _type(dtype: pl.DataType) -> str:
    if dtype == pl.Boolean:
        return "boolean"
    return "string" if not dtype.is_numeric() else "number" if dtype.is_float() else "integer"
