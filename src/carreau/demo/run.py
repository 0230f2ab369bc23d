"""The main job of Carreau, end to end, on the real social homes of Nantes, and a second map of Bondy."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, ParamSpec

from carreau.allocation.allocate import allocate
from carreau.allocation.allocation import Allocation
from carreau.allocation.policy import Policy
from carreau.demo.maps import Figures, bondy, drawn
from carreau.outputs import digest
from carreau.progress import Progress, silent
from carreau.proof.code import code_sha256
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.synthetic.synthesize import synthesize
from carreau.register.territory import FACTS, Territory

EXTRACT = "rpls_2018_nantes_geocoded.csv.gz"
POLICY = "points"
SEED = 1
SUMMARY = "demo.json"
Awaited = Callable[[], Figures]
P = ParamSpec("P")
COUNTED = ("homes", "households", "applications", "vacancies")


@dataclass(frozen=True)
class Demonstration:
    """What the demonstration made: the folders under `home` and the figures of its summary."""

    home: Path
    figures: Mapping[str, Any]
    reused: bool


def run(home: Path, *, progress: Progress = silent, executor: Executor | None = None) -> Demonstration:
    """Read, populate, map and allocate; a second run with the same code reuses the first.

    Under `home`: `territory/`, `map/`, `allocation/`, `bondy/territory/`, `bondy/map/`, and `demo.json` with the
    figures. `executor` draws the maps meanwhile, to the same result: one process is enough for it.
    """
    made_by = code_sha256()
    former = _former(home)
    if former.get("made_by") == made_by and _complete(home):
        return Demonstration(home, former["figures"], reused=True)
    home.mkdir(parents=True, exist_ok=True)
    (home / SUMMARY).unlink(missing_ok=True)
    beside = _begun(executor, bondy, home / "bondy", seed=SEED)
    territory = _territory(home / "territory", progress)
    of_nantes = _begun(executor, drawn, territory, home / "map")
    allocation = allocate(territory, Policy.load(POLICY), seed=SEED, progress=progress)
    allocation.save(home / "allocation")
    progress("drawing the maps", 0, 2)
    of_bondy = beside()
    progress("drawing the maps", 1, 2)
    figures = {**_figures(territory, of_nantes(), allocation), "bondy": of_bondy}
    progress("drawing the maps", 2, 2)
    _write_whole(home / SUMMARY, json.dumps({"made_by": made_by, "figures": figures}, ensure_ascii=False, indent=1))
    return Demonstration(home, figures, reused=False)


def _begun(executor: Executor | None, work: Callable[P, Figures], *asked: P.args, **named: P.kwargs) -> Awaited:
    """Give work to another process, or do it now; what is returned waits for its result."""
    if executor is not None:
        return executor.submit(work, *asked, **named).result
    done = work(*asked, **named)
    return lambda: done


def _territory(folder: Path, progress: Progress) -> Territory:
    if (folder / FACTS).exists():
        shutil.rmtree(folder)
    with as_file(files("carreau.demo").joinpath("data", EXTRACT)) as extract:
        import_rpls(extract, folder, ImportOptions(), progress=progress)
    return synthesize(folder, seed=SEED, progress=progress)


def _figures(territory: Territory, map_: Figures, allocation: Allocation) -> Figures:
    rows = {name: territory.facts["tables"][name]["rows"] for name in COUNTED}
    tables = {name: territory.table(name).collect() for name in territory.facts["tables"]}
    whole = hashlib.sha256("".join((digest(tables), map_["digest"], allocation.digest)).encode()).hexdigest()
    return {
        **rows,
        "located": territory.facts["imports"]["rpls"]["report"]["located"],
        "units": map_["units"],
        "share_at_200m": map_["share_at_200m"],
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
