"""The maps of the demonstration, which another process draws while homes are allocated: neither imports the other's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from carreau.demo import bondy as extract
from carreau.register.territory import Territory

Figures = dict[str, Any]


def bondy(folder: Path, *, seed: int) -> Figures:
    """Make `territory/` and `map/` of Bondy; the figures of its map."""
    return drawn(extract.bondy(folder / "territory", seed=seed), folder / "map", extract.ZONINGS)


def drawn(territory: Territory, folder: Path, zonings: Sequence[str] = ()) -> Figures:
    """Publish the map of a territory in a folder; its figures."""
    from carreau.proof.publishing import publish  # here, because the process that allocates needs none of it
    from carreau.release.building import build

    release = build(territory, zonings=zonings)
    publish(release, folder, register=territory.path)
    return {
        "homes": territory.facts["tables"]["homes"]["rows"],
        "households": int(release.units["households"].sum()),
        "units": release.units.height,
        "share_at_200m": round(release.share_at_200m, 4),
        "zonings": {name: table.figures for name, table in release.zones.items()},
        "digest": release.digest,
    }
