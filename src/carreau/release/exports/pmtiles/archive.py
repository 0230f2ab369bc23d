"""Tiles in one file. Source: PMTiles specification, version 3."""

import gzip
import json
import struct
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from carreau.release.exports.pmtiles.ragged import Ints, starts_of, varints

HEADER = 127
GZIP, MVT = 2, 1
LEAF = 4_096
"""Entries of a leaf directory: the root then fits in the first 16 KiB, as it must."""


class Tile(NamedTuple):
    """A tile: its place in the order of the archive, and its bytes."""

    number: int
    content: bytes


def tile_ids(zoom: int, column: Ints, row: Ints) -> Ints:
    """The numbers of tiles in the order of the archive: by zoom, then along a Hilbert curve."""
    x, y = column.copy(), row.copy()
    number = np.full(len(x), (4**zoom - 1) // 3, np.int64)
    for level in range(zoom - 1, -1, -1):
        side = np.int64(1) << level
        right, low = (x & side) > 0, (y & side) > 0
        number += side * side * ((3 * right) ^ low)
        flip = right & ~low
        x, y = (
            np.where(flip, side - 1 - (x & (side - 1)), x & (side - 1)),
            np.where(flip, side - 1 - (y & (side - 1)), y & (side - 1)),
        )
        x, y = np.where(low, x, y), np.where(low, y, x)
    return number


def archive(tiles: Iterable[Tile], metadata: Mapping[str, Any], box: tuple[float, float, float, float]) -> bytes:
    """The file of some tiles, already in order; `box` is west, south, east and north in degrees."""
    found = list(tiles)
    numbers = np.fromiter((tile.number for tile in found), np.int64, len(found))
    lengths = np.fromiter((len(tile.content) for tile in found), np.int64, len(found))
    root, leaves = _directories(numbers, lengths)
    about = gzip.compress(json.dumps(metadata, ensure_ascii=False).encode(), mtime=0)
    sections, at = [], HEADER
    for section in (root, about, leaves):
        sections += [at, len(section)]
        at += len(section)
    sections += [at, int(lengths.sum())]
    layers = metadata["vector_layers"][0]
    west, south, east, north = (round(1e7 * side) for side in box)
    header = struct.pack(
        "<7sB8Q3Q6B4iB2i", b"PMTiles", 3, *sections, *[len(found)] * 3, 1, GZIP, GZIP, MVT,
        layers["minzoom"], layers["maxzoom"], west, south, east, north,
        layers["minzoom"], (west + east) // 2, (south + north) // 2,
    )  # fmt: skip
    return b"".join([header, root, about, leaves, *(tile.content for tile in found)])


def _directories(numbers: Ints, lengths: Ints) -> tuple[bytes, bytes]:
    """The root directory and the leaves that it leads to: none for few tiles."""
    offsets = starts_of(lengths)[:-1]
    if len(numbers) <= LEAF:
        return _directory(numbers, lengths, offsets, run=1), b""
    parts = [slice(start, start + LEAF) for start in range(0, len(numbers), LEAF)]
    leaves = [_directory(numbers[part], lengths[part], offsets[part], run=1) for part in parts]
    sizes = np.array([len(leaf) for leaf in leaves], np.int64)
    return _directory(numbers[::LEAF], sizes, starts_of(sizes)[:-1], run=0), b"".join(leaves)


def _directory(numbers: Ints, lengths: Ints, offsets: Ints, *, run: int) -> bytes:
    """Entries column by column; 0 for an offset says that the entry follows the one before."""
    told = offsets + 1
    told[1:][offsets[1:] == offsets[:-1] + lengths[:-1]] = 0
    parts = ([len(numbers)], np.diff(numbers, prepend=0), np.full(len(numbers), run), lengths, told)
    return gzip.compress(varints(np.concatenate(parts).astype(np.int64)).tobytes(), mtime=0)
