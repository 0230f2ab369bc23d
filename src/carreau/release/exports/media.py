"""What kind of file each file of a release is, as catalogues and browsers name it."""

from pathlib import PurePosixPath

OTHER = "application/octet-stream"
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".parquet": "application/vnd.apache.parquet",
    ".pmtiles": "application/vnd.pmtiles",
}
"""Those that IANA has; FlatGeobuf has none."""


def media_type(name: str) -> str:
    """The media type of a file, by how its name ends."""
    return MEDIA_TYPES.get(PurePosixPath(name).suffix, OTHER)
