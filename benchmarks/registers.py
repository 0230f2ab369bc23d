"""A generated national register in the current open layout, as dirty as real ones."""

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl
from pyproj import Transformer

from carreau.places.communes import Communes

PART = 500_000
LAYOUT = """
REG_CODE REG_LIBELLE DEP_CODE DEP_LIBELLE EPCI_CODE EPCI_LIBELLE DEPCOM_CODE DEPCOM_LIBELLE CODEPOSTAL LIBCOM
NUMVOIE INDREP TYPVOIE NOMVOIE NUMAPPT NUMBOITE ESC COULOIR ETAGE COMPLIDENT ENTREE BAT IMMEU COMPLGEO LIEUDIT
QPV_CODE QPV_LIBELLE DROIT_CODE DROIT_LIBELLE TYPECONST_CODE TYPECONST_LIBELLE NBPIECE SURFHAB CONSTRUCT LOCAT
PATRIMOINE ORIGINE_CODE FINAN_CODE FINAN_LIBELLE FINANAUTRE CONV NUMCONV DATCONV NEWLOGT_CODE CUS CUS_LIBELLE
DPEDATE DPEENERGIE DPESERRE SRU_EXPIR SRU_ALINEA CODSEGPATRIM LIBSEGPATRIM PMR_CODE PMR_LIBELLE EPSG X Y PLG_QP24
PLG_QP15 PLG_IRIS2024_CODE PLG_IRIS2024_LIBELLE QUALITE_QP24 QUALITE_QP15 QUALITE_IRIS QUALITE_XY DISTANCE UU2020
UU2020_LIBELLE AAV2020 AAV2020_LIBELLE ZE2020 ZE2020_LIBELLE
"""
COLUMNS = tuple(LAYOUT.split())
STREETS = np.array(["RUE DES LILAS", "RUE DES ROSES", "RUE DES TILLEULS", "RUE DES ECOLES", "RUE DES CHAMPS"])


def write_register(file: Path, rows: int, *, seed: int = 1) -> None:
    """Write `rows` records: homes clustered in buildings, one code in 300 without its zero, one quote in 500 stray,
    one line in 10,000 cut short."""
    reference = Communes.shipped().frame.filter((pl.col("kind") == "COM") & pl.col("longitude").is_not_null())
    reference = reference.filter(~pl.col("code").str.starts_with("97"))
    x, y = Transformer.from_crs(4326, 2154, always_xy=True).transform(
        reference["longitude"].to_numpy(), reference["latitude"].to_numpy()
    )
    reference = reference.with_columns(pl.Series("x", x), pl.Series("y", y))
    with file.open("wb") as target:
        target.write((";".join(COLUMNS) + "\n").encode())
        for part, start in enumerate(range(0, rows, PART)):
            target.write(_part(reference, min(PART, rows - start), np.random.default_rng([seed, part])))


def _part(reference: pl.DataFrame, rows: int, random: np.random.Generator) -> bytes:
    buildings = max(rows // 20, 1)
    weight = reference["population"].fill_null(0).to_numpy() ** 1.15
    where = random.choice(reference.height, size=buildings, p=weight / weight.sum())
    building = np.sort(random.integers(0, buildings, rows))
    commune = reference[where[building]]
    spread = 600 + reference["population"].fill_null(0).to_numpy()[where] ** 0.5 * 5
    east, north = (reference[axis].to_numpy()[where] + random.normal(0, spread) for axis in ("x", "y"))
    built = random.integers(1930, 2024, buildings)[building]
    rooms = random.choice(np.arange(1, 7), size=rows, p=[0.07, 0.19, 0.37, 0.29, 0.07, 0.01])
    street = random.choice(STREETS, buildings)[building]
    code = commune["code"]
    lost = pl.Series(random.random(rows) < 1 / 300) & code.str.starts_with("0")
    quoted = random.random(rows) < 1 / 500
    values: dict[str, object] = {
        "REG_CODE": commune["region"], "DEP_CODE": commune["department"], "DEP_LIBELLE": commune["department"],
        "EPCI_CODE": commune["epci"], "EPCI_LIBELLE": commune["epci_name"],
        "DEPCOM_CODE": pl.DataFrame({"code": code, "lost": lost}).select(
            pl.when("lost").then(pl.col("code").str.strip_chars_start("0")).otherwise("code")
        ).to_series(),
        "DEPCOM_LIBELLE": commune["name"], "LIBCOM": commune["name"], "CODEPOSTAL": commune["code"],
        "NUMVOIE": random.integers(1, 200, buildings)[building], "TYPVOIE": ["RUE"] * rows,
        "NOMVOIE": np.where(quoted, np.char.add('BAT "', street), street),
        "ETAGE": random.integers(0, 12, rows), "LIEUDIT": np.char.add("RESIDENCE ", (where[building] % 97).astype(str)),
        "QPV_CODE": np.where(random.random(buildings) < 0.3, "1", "2")[building], "DROIT_CODE": ["1"] * rows,
        "TYPECONST_CODE": np.where(random.random(buildings) < 0.84, "C", "I")[building], "NBPIECE": rooms,
        "SURFHAB": (rooms * 18 + random.integers(8, 22, rows)), "CONSTRUCT": built, "LOCAT": built, "PATRIMOINE": built,
        "ORIGINE_CODE": ["1"] * rows,
        "FINAN_CODE": random.choice(["11", "12", "13", "14", "52"], buildings)[building],
        "CONV": ["1"] * rows, "NUMCONV": np.char.add("44/1983/", building.astype(str)),
        "DATCONV": ["19/12/1983"] * rows,
        "DPEDATE": np.where(random.random(rows) < 0.12, "01/1900", "06/2015"),
        "DPEENERGIE": random.choice(list("ABCDEFG"), rows), "DPESERRE": random.choice(list("ABCDEFG"), rows),
        "SRU_EXPIR": ["2030"] * rows, "SRU_ALINEA": ["1"] * rows, "PMR_CODE": ["1"] * rows, "EPSG": ["2154"] * rows,
        "X": np.round(east[building], 1), "Y": np.round(north[building], 1),
        "PLG_IRIS2024_CODE": commune["code"] + "0101", "QUALITE_XY": ["1"] * rows, "UU2020": ["44701"] * rows,
        "AAV2020": ["008"] * rows, "ZE2020": ["5214"] * rows,
    }  # fmt: skip
    columns = [pl.Series(name, values.get(name, [None] * rows)).cast(pl.String) for name in COLUMNS]
    text = pl.DataFrame(columns).write_csv(separator=";", include_header=False, quote_style="never").encode()
    lines = text.splitlines(keepends=True)
    for broken in random.choice(rows, size=rows // 10_000, replace=False):
        lines[broken] = lines[broken][:40] + b"\n"
    return b"".join(lines)


if __name__ == "__main__":
    write_register(Path(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps({"rows": int(sys.argv[2])}))
