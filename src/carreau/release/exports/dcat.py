"""`dcat.jsonld`: a release for open data catalogues. Source: DCAT-AP 3.0, in JSON-LD 1.1.

Addresses are relative: where the file lies, its distributions lie. Who publishes is not known here; a portal adds it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely

from carreau.outputs import file_sha256
from carreau.release.exports.geoparquet import LONGLAT, projected
from carreau.release.exports.licence import licence
from carreau.release.exports.media import OTHER, media_type
from carreau.release.exports.schemas import description, title
from carreau.release.gate import Release
from carreau.release.polygons import Polygons

CATALOGUE = "dcat.jsonld"
LANGUAGES = ("fr", "en")
EUROPEAN = "http://publications.europa.eu/resource/authority"
IANA = "https://www.iana.org/assignments/media-types"
FORMATS = {".csv": "CSV", ".json": "JSON", ".jsonld": "JSON_LD", ".parquet": "PARQUET", ".html": "HTML"}
"""Words of the European list of file types; those of the other formats are written out."""
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "adms": "http://www.w3.org/ns/adms#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def catalogue_entry(
    release: Release, shapes: Polygons, folder: Path, later: Sequence[str] = ()
) -> dict[str, Any]:  # fmt: skip
    """The data set, where and when it is about, and one distribution for each file of `folder`, `later` ones too."""
    facts, files = release.facts, [file for file in sorted(folder.rglob("*")) if file.is_file()]
    day = {"@type": "xsd:date", "@value": str(facts["reference_date"])}
    entry: dict[str, Any] = {
        "@context": CONTEXT,
        "@id": "",
        "@type": "dcat:Dataset",
        "dct:identifier": release.digest,
        "dct:title": _said({language: title(facts, language) for language in LANGUAGES}),
        "dct:description": _said({language: description(facts, language) for language in LANGUAGES}),
        "dct:temporal": {"@type": "dct:PeriodOfTime", "dcat:startDate": day, "dcat:endDate": day},
        "dcat:spatialResolutionInMeters": {"@type": "xsd:decimal", "@value": "200"},
        "dcat:theme": {"@id": f"{EUROPEAN}/data-theme/SOCI"},
        "dcat:keyword": _said({"fr": "logement social", "en": "social housing"})
        + (_said({"fr": "synthétique", "en": "synthetic"}) if facts["synthetic"] else []),
        "dct:provenance": [{"@type": "dct:ProvenanceStatement", "dct:description": str(source["text"])}
                           for source in facts["sources"] if source.get("text")],
        "dcat:distribution": [_distribution(release, folder, file)
                              for file in [*files, *(folder / name for name in later)]],
    }  # fmt: skip
    if len(shapes):
        entry["dct:spatial"] = _spatial(release, shapes)
    return entry


def _said(texts: dict[str, str]) -> list[dict[str, str]]:
    return [{"@language": language, "@value": text} for language, text in texts.items()]


def _spatial(release: Release, shapes: Polygons) -> dict[str, Any]:
    west, south, east, north = shapely.total_bounds(projected(release.units, shapes, LONGLAT)).tolist()
    box = shapely.box(round(west, 5), round(south, 5), round(east, 5), round(north, 5))
    return {"@type": "dct:Location", "dcat:bbox": {"@type": "geo:wktLiteral", "@value": shapely.to_wkt(box)}}


def _distribution(release: Release, folder: Path, file: Path) -> dict[str, Any]:
    name, kind = file.relative_to(folder).as_posix(), media_type(file.name)
    terms = licence(release.facts.get("licence"))
    size, checksum = _bytes_of(file) if file.exists() else ({}, {})
    distribution: dict[str, Any] = {
        "@id": name,
        "@type": "dcat:Distribution",
        "dct:title": name,
        "dcat:accessURL": {"@id": name},
        "dcat:downloadURL": {"@id": name},
        **size,
        "dct:format": {"@id": f"{EUROPEAN}/file-type/{FORMATS[file.suffix]}"} if file.suffix in FORMATS
        else {"@type": "dct:MediaTypeOrExtent", "dct:title": {".fgb": "FlatGeobuf"}.get(file.suffix, file.suffix[1:])},
        "adms:status": {"@id": f"{EUROPEAN}/distribution-status/COMPLETED"},
        **checksum,
    }  # fmt: skip
    if kind != OTHER:
        distribution["dcat:mediaType"] = {"@id": f"{IANA}/{kind}"}
    if terms:
        known = {"@id": terms.address} if terms.address else {"@type": "dct:LicenseDocument", "dct:title": terms.title}
        distribution["dct:license"] = known
    return distribution


def _bytes_of(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Size and hash."""
    size = {"@type": "xsd:nonNegativeInteger", "@value": str(file.stat().st_size)}
    checksum = {"@type": "spdx:Checksum", "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                "spdx:checksumValue": file_sha256(file)}  # fmt: skip
    return {"dcat:byteSize": size}, {"spdx:checksum": checksum}
