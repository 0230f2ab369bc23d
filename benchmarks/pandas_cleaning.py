"""The peer of an import: pandas doing the same cleaning, in parts, with the same shipped reference.

The same job as `carreau register import`: fields trimmed and unquoted, commune codes mended and looked up, numbers and
codes checked, points placed in cells, an id hashed from all fields and numbered among equals, parts written to disk.
"""

import csv
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from carreau.places.communes import Communes
from carreau.places.grid import cells_of

PART = 250_000
CODES = {
    "TYPECONST_CODE": {"C": "flat", "I": "house", "E": "student"},
    "DPEENERGIE": {letter: letter for letter in "ABCDEFG"},
    "DPESERRE": {letter: letter for letter in "ABCDEFG"},
    "PMR_CODE": {"1": "none", "2": "accessible", "3": "adapted"},
    "QPV_CODE": {"1": True, "2": False},
}
RANGES = {"NBPIECE": (1, 9), "SURFHAB": (1, 2000), "CONSTRUCT": (1000, 2100), "LOCAT": (1000, 2100)}


def clean(part: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """One part of the file, cleaned."""
    part = part[part["ZE2020_LIBELLE"].notna() | part["X"].notna()]
    for name in part.columns:
        text = part[name].str.strip()
        quoted = text.str.startswith('"', na=False) & text.str.endswith('"', na=False) & (text.str.len() > 1)
        part[name] = text.where(~quoted, text.str.slice(1, -1)).replace("", None)
    told = part[[name for name in part.columns if not name.endswith("_LIBELLE")]].fillna("")
    fields = told.iloc[:, 0].str.cat(told.iloc[:, 1:], sep="\x1f")
    part["id"] = [hashlib.sha256(field.encode()).hexdigest()[:16] for field in fields]
    part["DEPCOM_CODE"] = part["DEPCOM_CODE"].str.zfill(5)
    part = part.merge(reference, left_on="DEPCOM_CODE", right_on="code", how="left")
    for name, (low, high) in RANGES.items():
        number = pd.to_numeric(part[name], errors="coerce")
        part[name] = number.where(number.between(low, high))
    for name, codes in CODES.items():
        part[name] = part[name].map(codes)
    x, y = (pd.to_numeric(part[axis], errors="coerce").to_numpy() for axis in ("X", "Y"))
    part["north"], part["east"] = cells_of(x, y, 2154, 3035)
    part["address"] = part["NUMVOIE"].fillna("") + " " + part["NOMVOIE"].fillna("")
    return part


def main(file: str) -> None:
    """Clean the file into parts in a temporary folder and print the number of homes."""
    reference = pd.DataFrame(Communes.shipped().lookup.select("code", "current_code", "epci").to_dict(as_series=False))
    ids = []
    with tempfile.TemporaryDirectory() as folder:
        parts = pd.read_csv(
            file,
            sep=";",
            dtype=str,
            quoting=csv.QUOTE_NONE,
            chunksize=PART,
            on_bad_lines="skip",
            encoding_errors="replace",
        )
        for number, part in enumerate(parts):
            cleaned = clean(part.copy(), reference)
            ids.append(cleaned["id"])
            cleaned.to_pickle(Path(folder) / f"{number}.pickle")
        ordinals = pd.concat(ids).groupby(pd.concat(ids)).cumcount()
    print(json.dumps({"homes": len(ordinals), "twins": int(np.sum(ordinals > 0))}))


if __name__ == "__main__":
    main(sys.argv[1])
