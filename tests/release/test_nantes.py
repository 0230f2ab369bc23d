"""The methods side by side on the social homes of Nantes: figures that can be checked against others' work."""

import pytest
from tests.installations import demonstration

from carreau.register.territory import Territory
from carreau.release.building import build


@pytest.fixture(scope="module")
def nantes() -> Territory:
    return Territory.open(demonstration() / "territory")


@pytest.mark.parametrize(("method", "units", "share"), [("natural", 112, 0.202), ("quadtree", 304, 0.633)])
def test_squares_of_homes(nantes: Territory, method: str, units: int, share: float) -> None:
    release = build(nantes, method=method, count="homes", indicators="none")
    assert release.units.height == units
    assert round(release.share_at_200m, 3) == share
    assert release.withheld == 0


@pytest.mark.parametrize(("count", "share"), [("homes", 0.982), ("households", 0.981)])
def test_the_finest_units(nantes: Territory, count: str, share: float) -> None:
    release = build(nantes, method="finest", count=count)
    assert release.share_at_200m > share
    assert release.withheld == 0
    assert release.units[count].min() >= 11
    assert release.cells.height == 537
    assert release.quality["gap"] < 0.06
    assert build(nantes, method="finest", count=count).digest == release.digest
