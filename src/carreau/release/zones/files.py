"""The tables of zonings as files in the folder `zones` of a release."""

from collections.abc import Mapping
from pathlib import Path

from carreau.release.zones.tables import ZoneTable

FOLDER = "zones"


def write_zones(zones: Mapping[str, ZoneTable], folder: Path) -> None:
    """Write `zones/NAME.csv` and its companions into the folder of a release; tables without a row too."""
    if zones:
        (folder / FOLDER).mkdir()
    for name, table in zones.items():
        for ending, frame in table.frames.items():
            frame.write_csv(folder / FOLDER / f"{name}{ending}.csv")
