"""The zone of a commune in the scales of housing benefit and of the rent reduction (arrêté du 17 mars 1978)."""

from functools import cache
from importlib.resources import files

import polars as pl

from carreau.errors import BadInput
from carreau.places.communes import Communes

ZONE = pl.Enum(["1bis", "1", "2", "3"])
OVERSEAS = ("97", "98")


def zones() -> pl.DataFrame:
    """One row a commune code of the metropole: `code`, `zone`, `mixed`; see `data/SOURCES.md`. Read once."""
    return _zones()


def with_zone(frame: pl.DataFrame, commune: str = "commune") -> pl.DataFrame:
    """Add `zone` (`ZONE`) by a column of Insee codes; null overseas and for a code that the official list lacks."""
    known = zones().select(pl.col("code").alias(commune), "zone")
    return frame.join(known, on=commune, how="left", maintain_order="left")


def zone_of(commune: str) -> str:
    """The zone of one commune. Raises BadInput for a code unknown, overseas or in no zone: there is no default."""
    if commune.startswith(OVERSEAS):
        raise BadInput(f"commune {commune}: other scales of rent help hold overseas, which Carreau does not know yet")
    found = zones().filter(pl.col("code") == commune)
    if found.is_empty():
        name = Communes.shipped().find(commune).name or "a former commune"
        raise BadInput(f"commune {commune} ({name}) is in no zone of the official list of housing benefit")
    return str(found["zone"][0])


def is_mixed(commune: str) -> bool:
    """Whether the former communes of a commune lie in several zones, so that the zone of the home is to be checked."""
    return bool(zones().filter(pl.col("code") == commune)["mixed"].any())


@cache
def _zones() -> pl.DataFrame:
    resource = files("carreau.rules.rent").joinpath("data/apl_zones.parquet")
    return pl.read_parquet(resource.read_bytes()).with_columns(pl.col("zone").cast(ZONE))
