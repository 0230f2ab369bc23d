"""The 200 m grid: which cell a point is in, what a cell is called, which larger square holds it.

A cell is (cell_crs, cell_north, cell_east): the EPSG code of its grid and its lower-left corner in metres. France has
one grid for the metropole and one for each overseas territory, in the projection that is legal there:

| grid | territory | how sure |
|---|---|---|
| 3035 | metropole | Insee's documentation of its 2010 and 2019 cells; INSPIRE |
| 2975 | La Réunion | Insee's documentation of its 2010 cells; ids of Insee files from 2010 to 2019 |
| 5490 | Martinique | ids of Insee files of 2017 and later (`CRS5490RES200mN…E…`); the 2010 cells were in EPSG:2973 |
| 5490 | Guadeloupe, Saint-Barthélemy, Saint-Martin | assumed: Insee publishes no cells there |
| 2972 | Guyane | assumed, as above |
| 4471 | Mayotte | assumed, as above |

Each grid's area of use comes from the EPSG register. Collectivities of the Pacific and Saint-Pierre-et-Miquelon have no
grid here.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from pyproj import CRS
from pyproj.enums import TransformDirection

from carreau.errors import BadInput
from carreau.places.projection import WGS84, project, transformer_between

CELL = 200
METROPOLE = 3035
GRIDS = (METROPOLE, 5490, 2972, 2975, 4471)
NO_CELL = int(np.iinfo(np.int32).min)
"""What `cells_of` gives for a point that is in no cell of the grid."""

GRID_OF_DEPARTMENT = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471, "977": 5490, "978": 5490}

_INSPIRE = r"^CRS(\d{4,5})RES(\d{2,6})mN(\d{1,8})E(\d{1,8})$"
_LAEA = r"^LAEA(\d{2,6})M_N(\d{1,6})E(\d{1,6})$"


class Cell(NamedTuple):
    """A square of a grid: EPSG code, lower-left corner and side in metres."""

    crs: int
    north: int
    east: int
    size: int = CELL


def grid_of_commune(code: str) -> int:
    """EPSG code of the grid that a commune lies in, from its INSEE code."""
    return GRID_OF_DEPARTMENT.get(code[:3], METROPOLE)


def grid_of_department(department: pl.Expr) -> pl.Expr:
    """EPSG code (Int32) of the grid of a département's code; null stays null."""
    grid = department.replace_strict(
        list(GRID_OF_DEPARTMENT), list(GRID_OF_DEPARTMENT.values()), default=METROPOLE, return_dtype=pl.Int32
    )
    return pl.when(department.is_not_null()).then(grid)


def cells_of(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], crs: int, grid: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """North and east of the 200 m cell that holds each point.

    `x` is the longitude or easting and `y` the latitude or northing, in EPSG:`crs`. A point that is not finite, or that
    lies outside the area of use of the grid, gets `NO_CELL` twice. With many points at few addresses, convert the
    distinct ones: the projection is the cost.

    Raises BadInput when `grid` is none of `GRIDS` or `crs` is unknown.
    """
    east, north = _project(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), crs, grid)
    low_east, low_north, high_east, high_north = _bounds(grid)
    with np.errstate(invalid="ignore"):
        inside = (low_east <= east) & (east <= high_east) & (low_north <= north) & (north <= high_north)
    return _corner(north, inside), _corner(east, inside)


def centre(crs: int, north: int, east: int, size: int = CELL) -> tuple[float, float]:
    """Longitude and latitude (WGS 84) of the middle of a square."""
    lon, lat = transformer_between(WGS84, crs).transform(
        east + size / 2, north + size / 2, direction=TransformDirection.INVERSE
    )
    return float(lon), float(lat)


def cell_id(crs: int, north: int, east: int, size: int = CELL) -> str:
    """The INSPIRE name of a square, such as `CRS3035RES200mN3081400E3830600`."""
    return f"CRS{crs}RES{size}mN{north}E{east}"


def cell_ids(crs: pl.Expr, north: pl.Expr, east: pl.Expr, size: pl.Expr | int = CELL) -> pl.Expr:
    """The INSPIRE names of squares, as a Polars expression; null where a part is null."""
    side = pl.lit(size) if isinstance(size, int) else size
    return pl.format("CRS{}RES{}mN{}E{}", crs, side, north, east)


def parse_cell_id(text: str) -> Cell:
    """Read the name of a square: INSPIRE form, or the 2010 form `LAEA200M_N15407E19153` in units of its size.

    Zeros before a number are accepted, as in Insee's 2010 files. Raises BadInput on anything else.
    """
    frame = parse_cell_ids(pl.Series([text], dtype=pl.String))
    return Cell(*frame.row(0))


def parse_cell_ids(ids: pl.Series) -> pl.DataFrame:
    """Read names of squares into `cell_crs`, `cell_north`, `cell_east`, `cell_size` (Int32); null stays null.

    Raises BadInput naming the first name that cannot be read, whose grid is unknown, or whose corner is not a multiple
    of its size.
    """
    text = pl.col("id")
    new = text.str.extract_groups(_INSPIRE).struct.rename_fields(["crs", "size", "north", "east"])
    old = text.str.extract_groups(_LAEA).struct.rename_fields(["size", "north", "east"])
    frame = ids.alias("id").to_frame().select(text, new=new, old=old)
    size = _number(pl.coalesce(pl.col("new").struct["size"], pl.col("old").struct["size"]))
    frame = frame.select(
        text,
        cell_crs=pl.coalesce(
            _number(pl.col("new").struct["crs"]), pl.when(pl.col("old").struct["size"].is_not_null()).then(METROPOLE)
        ),
        cell_north=pl.coalesce(_number(pl.col("new").struct["north"]), _number(pl.col("old").struct["north"]) * size),
        cell_east=pl.coalesce(_number(pl.col("new").struct["east"]), _number(pl.col("old").struct["east"]) * size),
        cell_size=size,
    )
    _refuse_bad_names(frame)
    return frame.drop("id").cast(pl.Int32)


def parent(north: pl.Expr, east: pl.Expr, size: int) -> tuple[pl.Expr, pl.Expr]:
    """North and east of the square of `size` metres that holds a cell. Squares are aligned on the grid's origin."""
    return (north // size) * size, (east // size) * size


def _number(text: pl.Expr) -> pl.Expr:
    return text.cast(pl.Int64)


def _refuse_bad_names(frame: pl.DataFrame) -> None:
    size, largest = pl.col("cell_size"), int(np.iinfo(np.int32).max)
    sound = (
        pl.col("cell_crs").is_in(GRIDS)
        & (size > 0)
        & (pl.col("cell_north") % size == 0)
        & (pl.col("cell_east") % size == 0)
        & (pl.max_horizontal("cell_north", "cell_east") <= largest)
    )
    bad = frame.filter(pl.col("id").is_not_null() & ~sound.fill_null(value=False))["id"]
    if len(bad):
        grids = ", ".join(str(grid) for grid in GRIDS)
        raise BadInput(
            f"{bad[0]!r} is not the name of a cell; expected CRS3035RES200mN3081400E3830600 or LAEA200M_N15407E19153, "
            f"in one of the grids {grids}"
        )


def _corner(value: npt.NDArray[np.float64], inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    corner = np.floor(np.where(inside, value, 0.0) / CELL) * CELL
    return np.where(inside, corner, NO_CELL).astype(np.int32)


def _project(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], crs: int, grid: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    if grid not in GRIDS:
        raise BadInput(f"EPSG:{grid} is not a grid of France; expected one of {', '.join(map(str, GRIDS))}")
    if crs == grid:
        return x, y
    return project(x, y, crs, grid)


@lru_cache(maxsize=8)
def _bounds(grid: int) -> tuple[float, float, float, float]:
    area = CRS.from_epsg(grid).area_of_use
    if area is None:
        raise BadInput(f"EPSG:{grid} has no area of use")
    return transformer_between(WGS84, grid).transform_bounds(area.west, area.south, area.east, area.north)
