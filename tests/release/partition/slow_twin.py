"""Every partition of a small rectangle, looked at one by one."""

from collections.abc import Mapping
from functools import cache, lru_cache

Place = tuple[int, int]
Price = tuple[int, int, int, int]
"""People of cells that gave way, Σ people × cells, bridges, units on both sides of a border."""


@lru_cache(maxsize=16)
def connected_sets(rows: int, columns: int) -> list[int]:
    """Every set of cells of a rectangle that hold together by their sides, as bits."""
    places = [(row, column) for row in range(rows) for column in range(columns)]
    beside = [
        sum(1 << n for n, (r, c) in enumerate(places) if abs(r - row) + abs(c - column) == 1) for row, column in places
    ]
    found = set[int]()
    waiting = [1 << cell for cell in range(rows * columns)]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [one | 1 << cell for cell in range(rows * columns) if not one >> cell & 1 and beside[cell] & one]
    return sorted(found)


def best_price(
    rows: int, columns: int, base: Mapping[Place, int], threshold: int,
    side: Mapping[Place, int] | None = None, barred: frozenset[Place] = frozenset(),
) -> Price | None:  # fmt: skip
    """The price of the best partition; None when the cells cannot all be covered."""
    bit = {(row, column): 1 << (row * columns + column) for row in range(rows) for column in range(columns)}
    inhabited = sum(bit[place] for place in base)
    closed = sum(bit[place] for place in barred)
    prices = {}
    for cells in connected_sets(rows, columns):
        members = [place for place in base if cells & bit[place]]
        people = sum(base[place] for place in members)
        if people >= threshold and not cells & closed:
            size = cells.bit_count()
            gave_way = sum(base[place] for place in members if base[place] >= threshold) if size > 1 else 0
            mixed = len({(side or {}).get(place, 0) for place in members}) > 1
            prices[cells] = (gave_way, people * size, size - len(members), int(mixed))
    by_first = {1 << n: [(cells, price) for cells, price in prices.items() if cells >> n & 1] for n in range(len(bit))}

    @cache
    def over(left: int) -> Price | None:
        first = left & inhabited & -(left & inhabited)
        if not first:
            return 0, 0, 0, 0
        found = [
            (price[0] + rest[0], price[1] + rest[1], price[2] + rest[2], price[3] + rest[3])
            for cells, price in by_first[first]
            if cells & left == cells and (rest := over(left & ~cells)) is not None
        ]
        return min(found, default=None)

    return over((1 << len(bit)) - 1 & ~closed)
