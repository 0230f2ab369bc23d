"""The parts of the demonstration in one process: `python -m benchmarks.demonstration FOLDER`.

Makes the folder, then its installation as `carreau demo` does before it serves. Prints the seconds of processor of
each part.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.nantes import territory
from carreau.allocation.allocate import allocate
from carreau.allocation.policy import Policy
from carreau.demo import maps
from carreau.demo.run import POLICY, SEED
from carreau.register.territory import Territory


def parts(folder: Path) -> dict[str, Callable[[], object]]:
    """The work by name, in the order in which each finds what it needs."""
    nantes = folder / "territory"
    return {
        "territory": lambda: territory(nantes),
        "map": lambda: maps.drawn(Territory.open(nantes), folder / "map"),
        "bondy": lambda: maps.bondy(folder / "bondy", seed=SEED),
        "allocation": lambda: allocate(Territory.open(nantes), Policy.load(POLICY), seed=SEED).save(folder / "ranked"),
        "site": lambda: _site(folder / "site"),
        "loading": lambda: _loaded(nantes, folder / "bondy" / "territory"),
    }


def _site(home: Path) -> None:
    from carreau.site.config import environment, serving

    environment.make_home(home)
    os.environ["CARREAU_HOME"], os.environ["CARREAU_SECOND_FACTOR"] = str(home), "0"
    serving._prepare()


def _loaded(*territories: Path) -> None:
    from carreau.site.bridge import demonstration

    demonstration.load(*territories)


def main(folder: Path) -> None:
    """Do each part, and say what it took; the imports are those before the first."""
    taken = {"imports": round(time.process_time(), 2)}
    for name, work in parts(folder).items():
        start = time.process_time()
        work()
        taken[name] = round(time.process_time() - start, 2)
    print(json.dumps(taken))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
