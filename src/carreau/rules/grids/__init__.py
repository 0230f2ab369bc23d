"""Points grids (cotation) as data: what a grid may say, the grids shipped, and how one is read and checked."""

from carreau.rules.grids.grid import Grid
from carreau.rules.grids.reading import grids, load_grid, parse, read

__all__ = ["Grid", "grids", "load_grid", "parse", "read"]
