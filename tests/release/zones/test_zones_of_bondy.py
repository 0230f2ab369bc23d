"""The grid of Bondy beside its commune, its IRIS and its QPV: what that costs, and that it holds."""

from pathlib import Path

from carreau.attack.findings import SAFE
from carreau.attack.published import read
from carreau.attack.register import open_register
from carreau.attack.searching import attack
from carreau.demo.bondy import bondy
from carreau.release.building import build
from carreau.release.exports import write


def test_bondy_beside_commune_iris_and_qpv(tmp_path: Path) -> None:
    town = bondy(tmp_path / "bondy", seed=1)
    release = build(town, zonings=["commune", "iris", "qpv"])
    figures = {name: table.figures for name, table in release.zones.items()}
    assert figures["commune"] == {"exact": 1, "units": 0, "withheld": 0, "homes_moved": 0}
    assert figures["qpv"] == {"exact": 3, "units": 0, "withheld": 0, "homes_moved": 0}
    assert figures["iris"] == {"exact": 18, "units": 3, "withheld": 0, "homes_moved": 106}
    write(release, tmp_path / "map")
    for register in (None, open_register(town.path)):
        assert attack(read(tmp_path / "map"), register).verdict == SAFE
