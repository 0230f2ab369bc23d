"""Bondy beside Nantes: homes by address, Insee's cells, and the contours of its IRIS and priority neighbourhoods."""

import shutil
import zipfile
from datetime import date
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from carreau.progress import Progress, silent
from carreau.register.addresses import import_addresses
from carreau.register.filosofi import import_filosofi
from carreau.register.synthetic.synthesize import synthesize
from carreau.register.territory import FACTS, Territory
from carreau.register.zoning import import_zoning

EXTRACT = "bondy.zip"
COMMUNE = "93010"
REGISTER, CELLS = 2022, 2019
QPV_FROM = date(2015, 1, 1)
ZONINGS = ("commune", "iris", "qpv")


def bondy(folder: Path, *, seed: int, progress: Progress = silent) -> Territory:
    """Make the territory folder of Bondy from the shipped extract, with a synthetic population.

    Its people are those of Insee's cells, as of 1 January 2019; the homes are those of the register of 2022. Zonings:
    `iris` and `qpv` (those of 2015).
    """
    if (folder / FACTS).exists():
        shutil.rmtree(folder)
    with TemporaryDirectory() as unpacked:
        with files("carreau.demo").joinpath("data", EXTRACT).open("rb") as extract, zipfile.ZipFile(extract) as archive:
            archive.extractall(unpacked)
        source = Path(unpacked)
        import_addresses(source / "addresses.geojson", folder, commune=COMMUNE, year=REGISTER)
        import_filosofi(source / "cells.csv", folder, year=CELLS)
        day = synthesize(folder, seed=seed, progress=progress).reference_date
        import_zoning(source / "iris.geojson", folder, name="iris", valid_from=day)
        import_zoning(source / "qpv.geojson", folder, name="qpv", valid_from=QPV_FROM)
    return Territory.open(folder)
