"""A background of tiles from elsewhere, only where this installation asks for one."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from carreau.errors import BadInput

TILES, CREDIT = "CARREAU_TILES", "CARREAU_TILES_CREDIT"
IGN = (
    "https://data.geopf.fr/wmts?SERVICE=WMTS&VERSION=1.0.0&REQUEST=GetTile&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2"
    "&STYLE=normal&FORMAT=image/png&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
)
KNOWN = {"ign": (IGN, "© IGN, Plan IGN")}


@dataclass(frozen=True)
class Tiles:
    """Raster tiles of 256 pixels: their address with {z}, {x} and {y}, and whom to credit."""

    address: str
    credit: str

    @property
    def host(self) -> str:
        """What the page's policy lets the browser ask."""
        return "https://" + urlsplit(self.address).netloc

    @property
    def policy(self) -> dict[str, list[str]]:
        """What is added to the page's policy."""
        return {"connect-src": [self.host], "img-src": [self.host]}


def tiles() -> Tiles | None:
    """The source that CARREAU_TILES names (`ign`, or an https address), with CARREAU_TILES_CREDIT; None by default.

    Raises BadInput when the address is not https or lacks a place for z, x or y.
    """
    named = settings.ENVIRONMENT.text(TILES)
    if not named:
        return None
    address, credit = KNOWN.get(named, (named, ""))
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.netloc or not all(one in address for one in ("{z}", "{x}", "{y}")):
        raise BadInput(f"{TILES} is ign or an https address with {{z}}, {{x}} and {{y}}, not {named!r}")
    return Tiles(address, settings.ENVIRONMENT.text(CREDIT, credit))
