"""Invented registers in the three layouts of RPLS, written as files for the tests. No row describes a home."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl


def names(text: str) -> list[str]:
    """Words of a text."""
    return text.split()


COLUMNS_2018 = names(
    "REG LIBREG DEP LIBDEP EPCI LIBEPCI DROIT DEPCOM CODEPOSTAL LIBCOM NUMVOIE INDREP TYPVOIE NOMVOIE NUMAPPT NUMBOITE "
    "ESC COULOIR ETAGE COMPLIDENT ENTREE BAT IMMEU COMPLGEO LIEUDIT QPV TYPECONST NBPIECE SURFHAB CONSTRUCT LOCAT "
    "PATRIMOINE ORIGINE FINAN FINANAUTRE CONV NUMCONV DATCONV NEWLOGT CUS DPEDATE DPEENERGIE DPESERRE SRU_EXPIR "
    "SRU_ALINEA CODSEGPATRIM LIBSEGPATRIM"
)
GEOCODED = ["latitude", "longitude", "result_score", "result_type", "result_citycode"]
# The names that Carreau does not read stand for the rest of the 73.
COLUMNS_CURRENT = names(
    "REG_CODE REG_LIBELLE DEP_CODE DEP_LIBELLE EPCI_CODE EPCI_LIBELLE DEPCOM CODEPOSTAL LIBCOM NUMVOIE INDREP TYPVOIE "
    "NOMVOIE NUMAPPT NUMBOITE ESC COULOIR ETAGE COMPLIDENT ENTREE BAT IMMEU COMPLGEO LIEUDIT QPV_CODE DROIT_CODE "
    "TYPECONST_CODE NBPIECE SURFHAB CONSTRUCT LOCAT PATRIMOINE ORIGINE FINAN_CODE FINANAUTRE CONV NUMCONV DATCONV "
    "NEWLOGT_CODE CUS DPEDATE DPEENERGIE DPESERRE SRU_EXPIR SRU_ALINEA CODSEGPATRIM LIBSEGPATRIM PMR_CODE EPSG X Y "
    "PLG_QP24 PLG_QP15 PLG_IRIS2024_CODE PLG_IRIS2024_LIBELLE QUALITE_XY QUALITE_QP QUALITE_IRIS DISTANCE_PRECISION "
    "UU2020_CODE UU2020_LIBELLE AAV2020_CODE AAV2020_LIBELLE ZE2020_CODE ZE2020_LIBELLE BV2022_CODE BV2022_LIBELLE "
    "DROIT_LIBELLE QPV_LIBELLE TYPECONST_LIBELLE FINAN_LIBELLE NEWLOGT_LIBELLE PMR_LIBELLE"
)
COLUMNS_LANDLORD = [
    "SIREN", "IDENT_REP", "IDENT_INT", *COLUMNS_2018, "MODE", "BAIL", "REMLOCDATE", "LOYERPRINC", "LOYERACC",
    "CONTRESLOG", "MISCOMMERCIAL", "PMR",
]  # fmt: skip

USUAL = {
    "REG": "52", "DEP": "44", "EPCI": "244400404", "DROIT": "1", "DEPCOM": "44109", "CODEPOSTAL": "44000",
    "LIBCOM": "NANTES", "NUMVOIE": "12", "TYPVOIE": "RUE", "NOMVOIE": "RUE DES INVENTES", "ETAGE": "02",
    "LIEUDIT": "LES INVENTES", "QPV": "2", "TYPECONST": "C", "NBPIECE": "3", "SURFHAB": "64", "CONSTRUCT": "1974",
    "LOCAT": "1975", "PATRIMOINE": "2017", "ORIGINE": "1", "FINAN": "13", "CONV": "1", "DPEDATE": "09/2010",
    "DPEENERGIE": "C", "DPESERRE": "D",
}  # fmt: skip
NANTES = {"latitude": "47.2297", "longitude": "-1.5551", "result_citycode": "44109"}
CURRENT_NAME = {
    "REG": "REG_CODE", "DEP": "DEP_CODE", "EPCI": "EPCI_CODE", "DROIT": "DROIT_CODE", "QPV": "QPV_CODE",
    "TYPECONST": "TYPECONST_CODE", "FINAN": "FINAN_CODE",
}  # fmt: skip
LAMBERT_NANTES = {"EPSG": "2154", "X": "355000", "Y": "6689000"}
LET = {
    "SIREN": "123456789", "MODE": "1", "BAIL": "03/2012", "LOYERPRINC": "345.67", "CONTRESLOG": "3", "PMR": "2",
}  # fmt: skip

Row = dict[str, str]


def home_2018(**given: str) -> Row:
    """A T3 of 64 m² in Nantes, but for what is given."""
    return {**USUAL, **given}


def home_current(**given: str) -> Row:
    """The same in the current layout, with a point in Lambert-93."""
    return {**{CURRENT_NAME.get(name, name): value for name, value in USUAL.items()}, **LAMBERT_NANTES, **given}


def home_of_landlord(identifier: str, **given: str) -> Row:
    """The same in a landlord's own file: let since March 2012 for 345.67 euros."""
    return {**USUAL, **LET, "IDENT_REP": identifier, **given}


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, str]], delimiter: str = ";", end: str = "\n") -> str:
    """Rows as the csv module writes them; a column that a row lacks is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_2018(file: Path, rows: Iterable[Row], *, geocoded: bool = False) -> Path:
    """A file in the layout of 2018."""
    return write_text(file, csv_text([*COLUMNS_2018, *(GEOCODED if geocoded else [])], rows))


def write_current(file: Path, rows: Iterable[Row]) -> Path:
    """A file in the current layout."""
    return write_text(file, csv_text(COLUMNS_CURRENT, rows))


def write_landlord(file: Path, rows: Iterable[Row], *, without: Sequence[str] = ()) -> Path:
    """A landlord's own file."""
    columns = [name for name in COLUMNS_LANDLORD if name not in without]
    kept = ({name: value for name, value in row.items() if name in columns} for row in rows)
    return write_text(file, csv_text(columns, kept))


def write_text(file: Path, text: str | bytes) -> Path:
    """Text (UTF-8) or bytes, packed as the name of the file says."""
    content = text.encode() if isinstance(text, str) else text
    if file.suffix == ".gz":
        content = gzip.compress(content, compresslevel=1, mtime=0)
    elif file.suffix == ".zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(file.with_suffix(".csv").name, content)
        content = packed.getvalue()
    file.write_bytes(content)
    return file


def write_town(file: Path, homes: int, *, located: bool = True, seed: int = 0) -> Path:
    """A town of three communes in residences of about 80 homes: what the synthetic population is tried on."""
    random = np.random.default_rng(seed)
    count = max(homes // 80, 1)
    residence = np.sort(random.integers(0, count, homes))
    commune = random.choice(["44109", "44162", "44143"], count, p=[0.7, 0.2, 0.1])
    centre = {"44109": (47.232, -1.548), "44162": (47.213, -1.633), "44143": (47.182, -1.549)}
    middle = np.array([centre[code] for code in commune]) + random.normal(0, 0.008, (count, 2))
    built = random.choice([1962, 1968, 1974, 1985, 1996, 2008, 2014], count, p=[0.2, 0.2, 0.2, 0.15, 0.1, 0.1, 0.05])
    usual_rooms = random.normal(3.0, 0.6, count)  # residences of small homes and residences of large ones
    rooms = random.normal(usual_rooms[residence], 0.8).round().clip(1, 5).astype(np.int64)
    columns: dict[str, Any] = {
        **{name: np.full(homes, USUAL[name]) for name in ("REG", "DEP", "EPCI", "TYPVOIE", "TYPECONST", "CONV")},
        "DEPCOM": commune[residence],
        "NUMVOIE": random.integers(1, 9, homes),
        "NOMVOIE": [f"RUE {number}" for number in residence],
        "LIEUDIT": [f"RESIDENCE {number}" for number in residence],
        "QPV": random.choice(["1", "2"], count, p=[0.35, 0.65])[residence],
        "NBPIECE": rooms,
        "SURFHAB": 14 + 16 * rooms + random.integers(-4, 5, homes),
        "CONSTRUCT": built[residence],
        "LOCAT": built[residence] + 1,
        "PATRIMOINE": built[residence] + 1,
        "FINAN": random.choice(["52", "13", "12", "10", "14"], count, p=[0.4, 0.3, 0.2, 0.05, 0.05])[residence],
        "result_citycode": commune[residence],
        "latitude": middle[residence, 0].round(6) if located else np.full(homes, ""),
        "longitude": middle[residence, 1].round(6) if located else np.full(homes, ""),
    }
    missing = {name: np.full(homes, "") for name in [*COLUMNS_2018, *GEOCODED] if name not in columns}
    frame = pl.DataFrame({**columns, **missing}).select(*COLUMNS_2018, *GEOCODED)
    frame.write_csv(file, separator=";")
    return file


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def homes_of(folder: Path) -> pl.DataFrame:
    """The homes of a territory folder, in the order of the file."""
    return pl.read_parquet(folder / "homes.parquet")
