"""The main job of Carreau, end to end, on the real social homes of Nantes, and a second map of Bondy."""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from carreau.allocation.allocate import allocate
from carreau.allocation.allocation import Allocation
from carreau.allocation.policy import Policy
from carreau.demo.bondy import ZONINGS, bondy
from carreau.outputs import digest
from carreau.progress import Progress, silent
from carreau.proof.code import code_sha256
from carreau.proof.publishing import publish
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.synthetic.synthesize import synthesize
from carreau.register.territory import FACTS, Territory
from carreau.release.building import build
from carreau.release.gate import Release

EXTRACT = "rpls_2018_nantes_geocoded.csv.gz"
POLICY = "points"
SEED = 1
SUMMARY = "demo.json"
COUNTED = ("homes", "households", "applications", "vacancies")


@dataclass(frozen=True)
class Demonstration:
    """What the demonstration made: the folders under `home` and the figures of its summary."""

    home: Path
    figures: Mapping[str, Any]
    reused: bool


def run(home: Path, *, progress: Progress = silent) -> Demonstration:
    """Read, populate, map and allocate; a second run with the same code reuses the first.

    Under `home`: `territory/`, `map/`, `allocation/`, `bondy/territory/`, `bondy/map/`, and `demo.json` with the
    figures.
    """
    made_by = code_sha256()
    former = _former(home)
    if former.get("made_by") == made_by and _complete(home):
        return Demonstration(home, former["figures"], reused=True)
    home.mkdir(parents=True, exist_ok=True)
    (home / SUMMARY).unlink(missing_ok=True)
    territory = _territory(home / "territory", progress)
    release = _map(territory, home / "map", progress)
    beside = bondy(home / "bondy" / "territory", seed=SEED, progress=progress)
    second = _map(beside, home / "bondy" / "map", progress, zonings=ZONINGS)
    allocation = allocate(territory, Policy.load(POLICY), seed=SEED, progress=progress)
    allocation.save(home / "allocation")
    figures = {**_figures(territory, release, allocation), "bondy": _of_map(beside, second)}
    _write_whole(home / SUMMARY, json.dumps({"made_by": made_by, "figures": figures}, ensure_ascii=False, indent=1))
    return Demonstration(home, figures, reused=False)


def _territory(folder: Path, progress: Progress) -> Territory:
    if (folder / FACTS).exists():
        shutil.rmtree(folder)
    with as_file(files("carreau.demo").joinpath("data", EXTRACT)) as extract:
        import_rpls(extract, folder, ImportOptions(), progress=progress)
    return synthesize(folder, seed=SEED, progress=progress)


def _map(territory: Territory, folder: Path, progress: Progress, zonings: Sequence[str] = ()) -> Release:
    release = build(territory, zonings=zonings, progress=progress)
    publish(release, folder, register=territory.path, progress=progress)
    return release


def _of_map(territory: Territory, release: Release) -> dict[str, Any]:
    return {
        "homes": territory.facts["tables"]["homes"]["rows"],
        "households": int(release.units["households"].sum()),
        "units": release.units.height,
        "share_at_200m": round(release.share_at_200m, 4),
        "zonings": {name: table.figures for name, table in release.zones.items()},
        "digest": release.digest,
    }


def _figures(territory: Territory, release: Release, allocation: Allocation) -> dict[str, Any]:
    rows = {name: territory.facts["tables"][name]["rows"] for name in COUNTED}
    tables = {name: territory.table(name).collect() for name in territory.facts["tables"]}
    whole = hashlib.sha256("".join((digest(tables), release.digest, allocation.digest)).encode()).hexdigest()
    return {
        **rows,
        "located": territory.facts["imports"]["rpls"]["report"]["located"],
        "units": release.units.height,
        "share_at_200m": round(release.share_at_200m, 4),
        "assignments": allocation.assignments.height,
        "policy": POLICY,
        "seed": SEED,
        "synthetic": ["households", "applications", "vacancies", "rents"],
        "digest": whole,
    }


def _former(home: Path) -> Mapping[str, Any]:
    try:
        found = json.loads((home / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _complete(home: Path) -> bool:
    parts = ("territory/territory.json", "map/release.json", "allocation", "bondy/map/release.json")
    return all((home / part).exists() for part in parts)


def _write_whole(file: Path, text: str) -> None:
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.write_text(text + "\n", encoding="utf-8")
    unfinished.replace(file)
