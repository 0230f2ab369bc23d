"""The names that the columns of RPLS files bear: the 2018 open file, the current one, a landlord's full file.

Sources: arrêté du 5 janvier 2010 relatif au répertoire des logements locatifs (annexe); SDES, "RPLS, dictionnaire des
variables 2018" and the columns of the current open file.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from carreau.errors import BadInput

REQUIRED: dict[str, tuple[str, ...]] = {
    "commune": ("DEPCOM", "DEPCOM_CODE"),
    "rooms": ("NBPIECE",),
    "surface": ("SURFHAB",),
    "built": ("CONSTRUCT",),
    "kind": ("TYPECONST_CODE", "TYPECONST"),
    "funding": ("FINAN_CODE", "FINAN"),
}
OPTIONAL: dict[str, tuple[str, ...]] = {
    "region": ("REG_CODE", "REG"),
    "epci": ("EPCI_CODE", "EPCI"),
    "postcode": ("CODEPOSTAL",),
    "street_number": ("NUMVOIE",),
    "street_suffix": ("INDREP",),
    "street_type": ("TYPVOIE",),
    "street_name": ("NOMVOIE",),
    "complement": ("COMPLGEO",),
    "place": ("LIEUDIT",),
    "floor": ("ETAGE",),
    "qpv_flag": ("QPV_CODE", "QPV"),
    "qpv_2024": ("PLG_QP24",),
    "qpv_2015": ("PLG_QP15",),
    "iris": ("PLG_IRIS2024_CODE",),
    "first_let": ("LOCAT",),
    "entered": ("PATRIMOINE",),
    "agreement": ("CONV",),
    "agreement_number": ("NUMCONV",),
    "ceiling_code": ("CUS",),
    "energy_date": ("DPEDATE",),
    "energy": ("DPEENERGIE",),
    "greenhouse": ("DPESERRE",),
    "access": ("PMR_CODE", "PMR"),
    "latitude": ("LATITUDE",),
    "longitude": ("LONGITUDE",),
    "geocoded_commune": ("RESULT_CITYCODE",),
    "epsg": ("EPSG",),
    "x": ("X",),
    "y": ("Y",),
    "siren": ("SIREN",),
    "identifier": ("IDENT_REP",),
    "rent": ("LOYERPRINC",),
    "status": ("MODE",),
    "lease": ("BAIL",),
    "reserver": ("CONTRESLOG",),
}
LABEL = re.compile(r"^LIB(REG|DEP|EPCI|COM)$|_LIBELLE$")
GEOCODER = ("LATITUDE", "LONGITUDE", "RESULT_SCORE", "RESULT_TYPE", "RESULT_CITYCODE")


def standard(frame: pl.DataFrame) -> pl.DataFrame:
    """Rename a file's columns to ours; an optional column that the file lacks is null text."""
    columns = []
    for name, aliases in {**REQUIRED, **OPTIONAL}.items():
        written = next((alias for alias in aliases if alias in frame.columns), None)
        columns.append((pl.col(written) if written else pl.lit(None, dtype=pl.String)).alias(name))
    return frame.select("line", *columns)


def check(columns: Sequence[str], file: Path) -> None:
    """Raise BadInput, naming the columns, when a required one is missing."""
    missing = [aliases[0] for aliases in REQUIRED.values() if not set(aliases) & set(columns)]
    if missing:
        raise BadInput(
            f"lacks {', '.join(missing)}; an RPLS file is expected (open file of the SDES or a landlord's own)",
            file=file,
            row=1,
            column=missing[0],
        )


def layout(columns: Sequence[str]) -> str:
    """Which of the three layouts a file has: `landlord`, `current` or `2018`."""
    if {"IDENT_REP", "LOYERPRINC", "MODE"} & set(columns):
        return "landlord"
    return "current" if "FINAN_CODE" in columns else "2018"


def labels(columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that only spell out a code."""
    return tuple(column for column in columns if LABEL.search(column))


def fingerprint(columns: Sequence[str]) -> pl.Expr:
    """The source fields of a row in one text: two rows differ in it if a field of the home does.

    What a geocoder added is left out, so that geocoding a file again changes no id; so are labels, which repeat a code.
    """
    told = [column for column in columns if column not in (*GEOCODER, *labels(columns))]
    return pl.concat_str([pl.col(column).fill_null("") for column in told], separator="\x1f")
