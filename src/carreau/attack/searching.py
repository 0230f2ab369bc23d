"""The attack as a whole: everything that published tables and the open register allow."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, product

import polars as pl

from carreau.attack import traits
from carreau.attack.findings import Attack, Finding
from carreau.attack.ground import lay
from carreau.attack.incomes import incomes
from carreau.attack.moves import as_before, moved
from carreau.attack.narrowing import narrowed
from carreau.attack.published import Table
from carreau.attack.register import open_register, parts_of
from carreau.attack.renewed import dated, renewed
from carreau.attack.short import short, without_sums
from carreau.attack.sums import follow, told
from carreau.attack.undivided import undivided
from carreau.progress import Progress, silent


def attack(tables: Sequence[Table], homes: pl.DataFrame | None = None, *, progress: Progress = silent) -> Attack:
    """Try to break what `tables` publish together; `homes` is the open register, as `register.open_register` gives it.

    Tables of the same count, date and edition are taken together, those of two dates or editions two by two. Nothing
    true is used. Where the open register has no homes, nobody lives; the cells of a grid are believed, because it lists
    those with homes.

    Raises BadInput when the numbers contradict each other.
    """
    tables = [narrowed(table) for table in tables]
    searched: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    found: list[Finding] = []
    if homes is not None:
        tables = [table if table.method else _inhabited(table, homes) for table in tables]
    groups: dict[tuple[str, str, int], list[Table]] = {}
    for table in tables:
        groups.setdefault((table.count, table.date, table.edition), []).append(table)
    for group in groups.values():
        group[:], sums = without_sums(group)
        if sums:
            searched["zones that only sum others"] += sums
    groups = dated(groups)
    for number, group in enumerate(groups.values()):
        progress("attacking", number, len(groups) + 1)
        found += _one_date(group, parts_of(homes), searched, skipped)
    found += renewed([table for group in groups.values() for table in group], searched)
    for one, two in combinations(sorted(groups, key=lambda key: key[1:]), 2):
        if one[0] == two[0]:
            for older, newer in product(groups[one], groups[two]):
                found += moved(older, as_before(newer, groups[one]), searched, skipped)
    if homes is not None:
        found += [
            one
            for group in groups.values()
            for table in group
            for one in undivided(table, homes.select("cell", "homes"), searched)
        ]
    found += incomes(found, [table for group in groups.values() for table in group])
    progress("attacking", len(groups) + 1, len(groups) + 1)
    return Attack(tuple(found), dict(sorted(searched.items())), dict(sorted(skipped.items())))


__all__ = ["attack", "open_register"]


def _inhabited(table: Table, homes: pl.DataFrame) -> Table:
    return replace(table, cells=table.cells.join(homes, on="cell", how="semi", maintain_order="left"))


def _one_date(
    tables: Sequence[Table], parts: pl.DataFrame | None, searched: Counter[str], skipped: Counter[str]
) -> list[Finding]:
    ground = lay(tables, parts)
    found = told(ground) + traits.alone(ground, searched)
    ground.peel()
    less = short(ground)
    less.peel()
    found += follow(less, searched, skipped)
    return found + traits.together(ground, searched, skipped)
