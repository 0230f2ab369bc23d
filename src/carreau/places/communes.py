"""The communes of France on one date: which EPCI and département, where, and what an old code has become.

A code alone is no key: a delegated commune often keeps the code of the commune that took it in. A row is (code, kind):
`COM` a commune, `ARM` an arrondissement of Paris, Lyon or Marseille, `COMD` and `COMA` a delegated or associated
commune, `OLD` a code that was merged into a commune and has no row of its own. Sources: `data/SOURCES.md`.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import files

import polars as pl

from carreau.errors import BadInput

KINDS = pl.Enum(["COM", "ARM", "COMD", "COMA", "OLD"])
EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True)
class Commune:
    """One row of the reference. Longitude and latitude (WGS 84) are those of a point inside, where one is known."""

    code: str
    kind: str
    date: date
    name: str | None
    department: str
    region: str
    epci: str | None
    epci_name: str | None
    population: int | None
    longitude: float | None
    latitude: float | None
    current_code: str


@dataclass(frozen=True)
class Communes:
    """The reference. `frame` has the columns of `Commune`, one row a (code, kind), sorted by them."""

    frame: pl.DataFrame

    @classmethod
    def shipped(cls) -> "Communes":
        """The reference that comes with Carreau, read once."""
        return _shipped()

    @cached_property
    def lookup(self) -> pl.DataFrame:
        """One row a code, for joins: kind, name, department, region, epci, longitude, latitude, current_code.

        Where a code has several kinds, the first of COM, ARM, COMD, COMA, OLD. A row without a point of its own has the
        one of the commune that it is part of today, if that has one.
        """
        return _lookup(self.frame)

    def find(self, code: str, kind: str | None = None) -> Commune:
        """The commune of a code, of the first kind in priority unless one is asked for.

        Raises BadInput when there is none.
        """
        rows = self.frame.filter(pl.col("code") == code).sort("kind")
        if kind is not None:
            rows = rows.filter(pl.col("kind").cast(pl.String) == kind)
        if rows.is_empty():
            wanted = f"of kind {kind} " if kind else ""
            raise BadInput(f"no commune {wanted}has the INSEE code {code!r} on {self.date}; 5 characters are expected")
        return Commune(**rows.row(0, named=True))

    def current(self, code: str) -> Commune:
        """The commune that a code is, or is part of, today: 75056 for 75113. Raises BadInput for an unknown code."""
        return self.find(self.find(code).current_code, "COM")

    def search(self, text: str, limit: int = 20) -> pl.DataFrame:
        """Present communes and arrondissements whose name begins with `text`, the most populated first.

        Case, accents, hyphens and apostrophes do not matter; a leading article of the name may be left out.
        """
        start, name = fold(text), _folded()
        if not start:
            return self.frame.clear()
        without_article = name.str.replace(r"^(l|la|le|les) ", "")
        return (
            self.frame.filter(pl.col("kind").is_in(["COM", "ARM"]))
            .filter(name.str.starts_with(start) | without_article.str.starts_with(start))
            .sort("population", "code", descending=[True, False], nulls_last=True)
            .head(limit)
        )

    @property
    def date(self) -> date:
        """The day that the reference describes."""
        day: date = self.frame["date"].max()  # type: ignore[assignment]
        return day


def fold(text: str) -> str:
    """Text without case, accents or punctuation: `L'Haÿ-les-Roses` becomes `l hay les roses`."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(letters.casefold().split())


def distance_km(lon1: pl.Expr, lat1: pl.Expr, lon2: pl.Expr, lat2: pl.Expr) -> pl.Expr:
    """Great-circle distance in kilometres between points in degrees (haversine, mean Earth radius)."""
    half_lat, half_lon = (lat2 - lat1).radians() / 2, (lon2 - lon1).radians() / 2
    chord = half_lat.sin().pow(2) + lat1.radians().cos() * lat2.radians().cos() * half_lon.sin().pow(2)
    return 2 * EARTH_RADIUS_KM * chord.clip(0, 1).sqrt().arcsin()


def _folded() -> pl.Expr:
    decomposed = pl.col("name").str.replace_many(["œ", "Œ"], ["oe", "oe"]).str.normalize("NFKD")
    letters = decomposed.str.replace_all(r"\p{M}", "").str.replace_all(r"[^\p{L}\p{N}]+", " ")
    return letters.str.to_lowercase().str.strip_chars()


@cache
def _shipped() -> Communes:
    resource = files("carreau.places").joinpath("data/communes.parquet")
    frame = pl.read_parquet(resource.read_bytes()).with_columns(
        pl.col("kind").cast(KINDS), pl.col("longitude", "latitude").cast(pl.Float64).round(5)
    )
    return Communes(frame)


def _lookup(frame: pl.DataFrame) -> pl.DataFrame:
    first = frame.sort("code", "kind").unique("code", keep="first", maintain_order=True)
    today = frame.filter(pl.col("kind") == "COM").select(
        current_code="code", current_longitude="longitude", current_latitude="latitude"
    )
    return first.join(today, on="current_code", how="left", maintain_order="left").select(
        "code",
        "kind",
        "name",
        "department",
        "region",
        "epci",
        longitude=pl.coalesce("longitude", "current_longitude"),
        latitude=pl.coalesce("latitude", "current_latitude"),
        current_code="current_code",
    )
