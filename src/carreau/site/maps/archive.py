"""Tiles of a release, one at a time, out of the file that holds them all. Source: PMTiles specification, version 3."""

import gzip
import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from carreau.release.exports.pmtiles.archive import tile_ids

HEADER = struct.Struct("<7sB8Q")
Ints = npt.NDArray[np.int64]


class Index(NamedTuple):
    """Where each tile is: `numbers` ascending, `starts` in the file, `lengths`."""

    numbers: Ints
    starts: Ints
    lengths: Ints


def tile(file: Path, zoom: int, column: int, row: int) -> bytes | None:
    """A tile as the archive has it, packed by gzip; None where there is nothing to draw."""
    if not (0 <= column < 2**zoom and 0 <= row < 2**zoom):
        return None
    (number,) = tile_ids(zoom, np.array([column], np.int64), np.array([row], np.int64))
    index = _index(file)
    place = int(np.searchsorted(index.numbers, number))
    if place == len(index.numbers) or index.numbers[place] != number:
        return None
    with file.open("rb") as archive:
        archive.seek(int(index.starts[place]))
        return archive.read(int(index.lengths[place]))


@lru_cache(maxsize=4)
def _index(file: Path) -> Index:
    """Every entry of the archive, once for each process: a release never changes. Each is a tile of its own."""
    with file.open("rb") as archive:
        _, _, root, size, _, _, leaves, _, tiles, _ = HEADER.unpack(archive.read(HEADER.size))

        def entries(start: int, length: int) -> Iterator[tuple[int, int, int]]:
            archive.seek(start)
            for number, run, length_, offset in zip(*_directory(gzip.decompress(archive.read(length))), strict=True):
                if run:
                    yield number, tiles + offset, length_
                else:
                    yield from entries(leaves + offset, length_)

        found = np.array(list(entries(root, size)), np.int64).reshape(-1, 3)
    return Index(found[:, 0], found[:, 1], found[:, 2])


def _directory(content: bytes) -> tuple[list[int], list[int], list[int], list[int]]:
    """Numbers, runs, lengths and offsets of a directory, which writes one column after the other."""
    values = _varints(content)
    count = next(values)
    columns = [[next(values) for _ in range(count)] for _ in range(4)]
    numbers = np.cumsum(columns[0]).tolist()
    offsets: list[int] = []
    for place, told in enumerate(columns[3]):
        offsets.append(told - 1 if told else offsets[place - 1] + columns[2][place - 1])
    return numbers, columns[1], columns[2], offsets


def _varints(content: bytes) -> Iterator[int]:
    value, shift = 0, 0
    for byte in content:
        value |= (byte & 127) << shift
        if byte < 128:
            yield value
            value, shift = 0, 0
        else:
            shift += 7
