"""The methods side by side on the social homes of Nantes: figures that can be checked against others' work."""

from importlib.resources import as_file, files

import pytest

from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.synthetic.synthesize import synthesize
from carreau.register.territory import Territory
from carreau.release.building import build


@pytest.fixture(scope="module")
def nantes(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    folder = tmp_path_factory.mktemp("nantes") / "territory"
    with as_file(files("carreau.demo").joinpath("data", "rpls_2018_nantes_geocoded.csv.gz")) as extract:
        import_rpls(extract, folder, ImportOptions())
    return synthesize(folder, seed=1)


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
