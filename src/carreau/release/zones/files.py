"""The tables of zonings as files in the folder `zones` of a release."""

from collections.abc import Mapping
from pathlib import Path

from carreau.outputs import file_sha256
from carreau.release.zones.tables import ZoneTable

FOLDER = "zones"


def write_zones(zones: Mapping[str, ZoneTable], folder: Path) -> dict[str, str]:
    """Write `zones/NAME.csv` and its companions into a folder; the hashes by file name. Tables without a row too."""
    if not zones:
        return {}
    (folder / FOLDER).mkdir()
    for name, table in zones.items():
        for ending, frame in table.frames.items():
            frame.write_csv(folder / FOLDER / f"{name}{ending}.csv")
    return {f"{FOLDER}/{file.name}": file_sha256(file) for file in sorted((folder / FOLDER).iterdir())}
