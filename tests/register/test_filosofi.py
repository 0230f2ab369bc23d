"""Filosofi's cells as Insee publishes them: 20 real cells of Saint-Denis, as CSV and as GeoPackage."""

from pathlib import Path

import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely
from builders import home_2018, write_2018, write_text

from carreau.errors import BadInput
from carreau.register.filosofi import COLUMNS, import_filosofi
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.territory import Territory

CELLS = Path(__file__).parent / "data" / "filosofi_2019_saint_denis.csv"
LINES = CELLS.read_text().splitlines()


def cells_of(folder: Path) -> pl.DataFrame:
    return Territory.open(folder).table("cells").collect()


def test_the_cells_of_saint_denis(tmp_path: Path) -> None:
    report = import_filosofi(CELLS, tmp_path / "out", year=2019, name="Saint-Denis")
    assert dict(report) == {
        "file": CELLS.name, "rows_read": 20, "cells": 20, "rejected": 0, "rejects": [], "repeated": 0,
        "natural_cells": 5, "households": 3691,
    }  # fmt: skip
    territory = Territory.open(tmp_path / "out")
    assert territory.check() == {"tables": {"cells": 20}, "problems": []}
    assert (territory.name, territory.facts["reference_date"]) == ("Saint-Denis", "2019-01-01")
    assert "Licence Ouverte 2.0" in territory.facts["sources"][0]["text"]


def test_a_cell_as_published(tmp_path: Path) -> None:
    import_filosofi(CELLS, tmp_path / "out", year=2019)
    cell = (
        cells_of(tmp_path / "out").filter(pl.col("natural_id") == "CRS3035RES200mN2898200E3763200").row(0, named=True)
    )
    expected = {
        "cell_crs": 3035, "cell_north": 2898200, "cell_east": 3763200, "commune": "93066", "imputed": False,
        "households": 720.0, "social_homes": 714.0, "poor": 270.0,
    }  # fmt: skip
    assert {name: cell[name] for name in expected} == expected
    assert sum(cell[name] for name in COLUMNS if name.startswith("age_")) == pytest.approx(cell["persons"], abs=0.5)


def test_a_geopackage_gives_the_same_cells(tmp_path: Path) -> None:
    table = pl.read_csv(CELLS, separator=";", schema_overrides={"lcog_geo": pl.String, "insee": pl.String})
    data = [column.to_numpy() if column.dtype.is_numeric() else np.array(column.to_list(), object) for column in table]
    squares = shapely.to_wkb(np.array([shapely.box(0, 0, 200, 200)] * table.height))
    file = tmp_path / "cells.gpkg"
    pyogrio.raw.write(file, squares, data, table.columns, geometry_type="Polygon", crs="EPSG:3035", driver="GPKG")
    import_filosofi(file, tmp_path / "gpkg", year=2019)
    import_filosofi(CELLS, tmp_path / "csv", year=2019)
    assert cells_of(tmp_path / "gpkg").equals(cells_of(tmp_path / "csv"))


def test_a_repeated_cell_is_kept_once_and_rows_that_are_none_are_counted(tmp_path: Path) -> None:
    fields = LINES[1].split(";")
    nameless = ";".join(["CRS3035RES200mN2894201E3762000", *fields[1:]])
    negative = ";".join(["CRS3035RES200mN2000000E3000000", *fields[1:6], "-1", *fields[7:]])
    file = write_text(tmp_path / "c.csv", "\n".join([LINES[0], LINES[1], LINES[1], nameless, "1;2;3", negative]))
    report = import_filosofi(file, tmp_path / "out", year=2019)
    assert (report["rows_read"], report["cells"], report["repeated"], report["rejected"]) == (5, 1, 1, 3)
    assert {entry["reason"]: entry["lines"] for entry in report["rejects"]} == {
        "cell_id_not_readable": [4],
        "wrong_number_of_fields": [5],
        "value_not_possible": [6],
    }
    assert Territory.open(tmp_path / "out").check()["problems"] == []


@pytest.mark.parametrize("column", ["idcar_200m", "idcar_nat", "lcog_geo", "log_soc", "ind_80p"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    header = LINES[0].replace(column, "other")
    with pytest.raises(BadInput, match=f"lacks {column.upper()}; a Filosofi file"):
        import_filosofi(write_text(tmp_path / "c.csv", f"{header}\n{LINES[1]}\n"), tmp_path / "out", year=2019)
    assert not (tmp_path / "out").exists()


def test_a_header_alone_or_cells_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds a header but no row"):
        import_filosofi(write_text(tmp_path / "c.csv", LINES[0] + "\n"), tmp_path / "out", year=2019)
    useless = write_text(tmp_path / "u.csv", "\n".join([LINES[0], LINES[1].replace("CRS3035", "CRS9999")]))
    with pytest.raises(BadInput, match="none of its 1 rows can be used"):
        import_filosofi(useless, tmp_path / "out", year=2019)


def test_cells_join_a_register_and_leave_it_as_it_was(tmp_path: Path) -> None:
    file = write_2018(tmp_path / "rpls.csv", [home_2018()])
    import_rpls(file, tmp_path / "out", ImportOptions(year=2018))
    before = (tmp_path / "out" / "homes.parquet").read_bytes()
    import_filosofi(CELLS, tmp_path / "out", year=2019)
    import_filosofi(CELLS, tmp_path / "out", year=2019)
    territory = Territory.open(tmp_path / "out")
    assert {"homes": 1, "cells": 20}.items() <= territory.check()["tables"].items()
    assert (tmp_path / "out" / "homes.parquet").read_bytes() == before
    assert (territory.name, territory.reference_date.year) == ("Nantes", 2018)
    assert [source["table"] for source in territory.facts["sources"]] == ["homes", "cells"]
    assert import_rpls(file, tmp_path / "out", ImportOptions(year=2018))["unchanged"]
