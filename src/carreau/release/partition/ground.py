"""The ground that the units of one commune are drawn on: its cells and the empty ones that may bridge them."""

from dataclasses import dataclass, field

EMPTY, BARRED = 0, -1
"""What holds a cell that no unit holds: nothing, or something that no unit of the commune may take."""


@dataclass
class Ground:
    """A rectangle of cells, numbered row by row, whose outer ring is barred.

    `holder` says for each cell which unit holds it (1, 2, …), or `EMPTY` or `BARRED`. `base` and `side` (of a QPV
    border) are those of the commune's own cells that need company. `open` says for every cell how many it would bring
    to a unit that takes it: nobody for an empty one, `BARRED` for one that no unit may take. `units` are the cells of
    each unit, `people` how many they count; `steps` lead from a cell to the four that touch it by a side.
    """

    width: int
    threshold: int
    holder: list[int]
    open: list[int]
    base: dict[int, int]
    side: dict[int, int]
    units: dict[int, list[int]] = field(default_factory=dict)
    people: dict[int, int] = field(default_factory=dict)
    steps: tuple[int, int, int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.steps = (1, -1, self.width, -self.width)

    def put(self, unit: int, cells: list[int]) -> None:
        """Give a unit these cells instead of those it had, which are empty until somebody takes them."""
        holder, base = self.holder, self.base
        for cell in self.units.get(unit, ()):
            if holder[cell] == unit:
                holder[cell] = EMPTY
        for cell in cells:
            holder[cell] = unit
        self.units[unit] = cells
        self.people[unit] = sum([base[cell] for cell in cells if cell in base])

    def drop(self, unit: int) -> None:
        """Forget a unit; its cells are empty until somebody takes them."""
        self.put(unit, [])
        del self.units[unit], self.people[unit]

    def cost(self, unit: int) -> int:
        """People times cells."""
        return self.people[unit] * len(self.units[unit])

    def neighbours(self, unit: int) -> set[int]:
        """The units that touch a unit."""
        holder, steps = self.holder, self.steps
        return {holder[cell + step] for cell in self.units[unit] for step in steps} - {EMPTY, BARRED, unit}

    def without(self, cells: list[int], gone: int) -> list[int] | None:
        """These cells without one, and without bridges that then lead nowhere; None when they fall apart."""
        left = set(cells) - {gone}
        while ends := [cell for cell in left if cell not in self.base and self._touching(cell, left) < 2]:
            left.difference_update(ends)
        return sorted(left) if self.connected(left) else None

    def connected(self, cells: set[int]) -> bool:
        """Whether some cells touch one another by their sides, from one to all."""
        if not cells:
            return False
        waiting = [next(iter(cells))]
        left = cells - set(waiting)
        while waiting and left:
            cell = waiting.pop()
            near = [cell + step for step in self.steps if cell + step in left]
            left.difference_update(near)
            waiting += near
        return not left

    def _touching(self, cell: int, cells: set[int]) -> int:
        return sum(cell + step in cells for step in self.steps)
