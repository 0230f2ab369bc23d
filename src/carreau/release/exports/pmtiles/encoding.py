"""Polygons and values as the bytes of vector tiles. Source: Mapbox Vector Tile specification 2.1, section 4."""

import zlib

import numpy as np

from carreau.release.exports.pmtiles.archive import Tile
from carreau.release.exports.pmtiles.cutting import EXTENT, Cut, Rings
from carreau.release.exports.pmtiles.ragged import Bytes, Ints, places, starts_of, varints, widths, within, zigzag
from carreau.release.exports.pmtiles.values import Blobs, Table

MOVE, LINE, CLOSE = 1 << 3 | 1, 2, 1 << 3 | 7
FEATURE, TAGS, TYPE, POLYGON, GEOMETRY = 0x12, 0x12, 0x18, 3, 0x22
VERSION, EXTENT_FIELD = b"\x78\x02", b"\x28" + bytes([EXTENT & 127 | 128, EXTENT >> 7])
GZIP, LEVEL = 31, 6


def encoded(cut: Cut, table: Table, layer: str) -> list[Tile]:
    """The tiles of a cut, compressed; one layer each, with the values that its units have."""
    firsts = np.searchsorted(cut.tile, np.arange(len(cut.ids) + 1))
    values, value_at, tags, tag_counts = _values(cut, table, firsts)
    moves, move_counts = _moves(cut)
    features, feature_at = _features(tags, tag_counts, moves, move_counts)
    name = layer.encode()
    head = VERSION + b"\x0a" + bytes([len(name)]) + name
    tail = table.names + EXTENT_FIELD
    tiles = []
    for number, tile in enumerate(cut.ids.tolist()):
        body = b"".join((
            head,
            features[feature_at[firsts[number]] : feature_at[firsts[number + 1]]].tobytes(),
            tail,
            values[value_at[number] : value_at[number + 1]].tobytes(),
        ))  # fmt: skip
        packed = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        whole = b"\x1a" + varints(np.array([len(body)], np.int64)).tobytes() + body
        tiles.append(Tile(tile, packed.compress(whole) + packed.flush()))
    return tiles


def _values(cut: Cut, table: Table, firsts: Ints) -> tuple[Bytes, Ints, Ints, Ints]:
    """The values of each tile, numbers before texts, and where each tile's begin; the tags of each pair, end to end."""
    many, pairs = len(table.numbers.starts) - 1, len(cut.tile)
    code = table.code[cut.unit]
    there = code >= 0
    asked = np.where(there, cut.tile[:, None] * many + code, 0)
    present = np.zeros(len(cut.ids) * max(many, 1), bool)
    present[asked[there]] = True
    used = np.flatnonzero(present)
    place = np.zeros(len(present), np.int64)
    place[used] = np.arange(len(used))
    first_used = np.searchsorted(used, np.arange(len(cut.ids) + 1) * max(many, 1))
    tags = np.empty((pairs, len(table.numeric) + len(table.textual), 2), np.int64)
    told = np.ones(tags.shape[:2], bool)
    tags[:, table.numeric, 1] = place[asked] - first_used[cut.tile][:, None]
    told[:, table.numeric] = there
    texts = len(table.textual)
    in_tile = np.arange(pairs) - firsts[cut.tile]
    for number, column in enumerate(table.textual.tolist()):
        tags[:, column, 1] = np.diff(first_used)[cut.tile] + texts * in_tile + number
    tags[:, :, 0] = np.arange(tags.shape[1])
    values, starts = _value_bytes(cut, table, used % max(many, 1), np.diff(first_used))
    return values, starts, tags[told].ravel(), 2 * told.sum(axis=1)


def _value_bytes(cut: Cut, table: Table, used: Ints, numbers: Ints) -> tuple[Bytes, Ints]:
    """For each tile its numbers, then the texts of its units, those of one unit side by side."""
    texts = len(table.texts)
    blob = Blobs(
        np.concatenate([table.numbers.whole, *(one.whole for one in table.texts)]),
        np.concatenate(
            [[0], np.cumsum(np.concatenate([table.numbers.lengths, *(one.lengths for one in table.texts)]))]
        ),
    )
    rows = np.bincount(cut.tile, minlength=len(cut.ids)) * texts
    starts = starts_of(numbers + rows)
    piece = np.empty(int(starts[-1]), np.int64)
    piece[places(starts[:-1], numbers)] = used
    units = len(table.code)
    of_units = len(table.numbers.starts) - 1 + np.arange(texts) * units + cut.unit[:, None]
    piece[places(starts[:-1] + numbers, rows)] = of_units.ravel()
    lengths = blob.lengths[piece]
    return blob.whole[places(blob.starts[piece], lengths)], starts_of(lengths)[starts]


def _moves(cut: Cut) -> tuple[Ints, Ints]:
    """The commands that draw each pair, end to end, from the corner of its tile; and how many each has."""
    needed, drawn = np.unique(cut.shape, return_inverse=True)
    numbers, counts = _drawn(cut.rings, needed)
    length = counts[drawn]
    moves = numbers[places(starts_of(counts)[:-1][drawn], length)]
    first = starts_of(length)[:-1]
    corner = cut.rings.corner_of[needed][drawn]
    moves[first + 1] = zigzag(cut.rings.x[corner] - cut.column[cut.tile] * EXTENT)
    moves[first + 2] = zigzag(cut.rings.y[corner] - cut.row[cut.tile] * EXTENT)
    return moves, length


def _drawn(rings: Rings, polygons: Ints) -> tuple[Ints, Ints]:
    """The commands of each polygon, end to end, from the corner of the map; and how many each has."""
    ring_counts = np.diff(rings.polygon_of)[polygons]
    ring = places(rings.polygon_of[polygons], ring_counts)
    corners = np.diff(rings.ring_of)[ring]
    corner = places(rings.ring_of[ring], corners)
    length = 2 * corners + 3
    starts = starts_of(length)
    numbers = np.empty(int(starts[-1]), np.int64)
    numbers[starts[:-1]], numbers[starts[:-1] + 3] = MOVE, (corners - 1) << 3 | LINE
    numbers[starts[1:] - 1] = CLOSE
    place = within(corners)
    at = np.repeat(starts[:-1], corners) + np.where(place == 0, 1, 2 + 2 * place)
    for shift, side in enumerate((rings.x[corner], rings.y[corner])):
        numbers[at + shift] = zigzag(np.diff(side, prepend=0))
    ends = starts_of(ring_counts)
    return numbers, starts[ends[1:]] - starts[ends[:-1]]


def _features(tags: Ints, tag_counts: Ints, moves: Ints, move_counts: Ints) -> tuple[Bytes, Ints]:
    """Every pair as a feature of its layer, end to end, and where each begins."""
    tag_width, move_width = widths(tags), widths(moves)
    tag_bytes, move_bytes = _sums(tag_width, tag_counts), _sums(move_width, move_counts)
    inner = 1 + widths(tag_bytes) + tag_bytes + 2 + 1 + widths(move_bytes) + move_bytes
    starts = starts_of(8 + tag_counts + move_counts)
    numbers = np.empty(int(starts[-1]), np.int64)
    first, after = starts[:-1], starts[:-1] + 4 + tag_counts
    numbers[first], numbers[first + 1], numbers[first + 2], numbers[first + 3] = FEATURE, inner, TAGS, tag_bytes
    numbers[places(first + 4, tag_counts)] = tags
    numbers[after], numbers[after + 1], numbers[after + 2], numbers[after + 3] = TYPE, POLYGON, GEOMETRY, move_bytes
    numbers[places(after + 4, move_counts)] = moves
    return varints(numbers), starts_of(1 + widths(inner) + inner)


def _sums(numbers: Ints, lengths: Ints) -> Ints:
    """The sum of each row."""
    return np.diff(starts_of(numbers)[starts_of(lengths)])
