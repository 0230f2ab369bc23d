"""The income of a household, from means of which all but its own part cancels out."""

from collections.abc import Sequence

from carreau.attack.findings import INCOME_MARGIN, Finding
from carreau.attack.published import Table


def incomes(found: Sequence[Finding], tables: Sequence[Table]) -> list[Finding]:
    """The living standards that follow, to 10 %, for regions of one household among those found.

    A mean over persons times the persons is a sum; a signed sum of zones is one of these sums too. A region of two
    households or more gives no limit from below to either: nobody knows the others' incomes.
    """
    by_name = {table.name: table for table in tables}
    return [
        income
        for one in found
        if one.kind == "small" and one.low == one.high == 1 and one.way in ("told", "signed_sum", "renewed")
        for income in [_income(one, by_name)]
        if income is not None
    ]


def _income(region: Finding, tables: dict[str, Table]) -> Finding | None:
    low = high = persons = 0.0
    for term in region.terms:
        table = tables[term.table]
        if not {"persons", "living_standard"} <= set(table.told):
            return None
        zone = table.zones.index(term.zone)
        least, most = (float(end[zone]) for end in table.told["persons"])
        mean = float(table.told["living_standard"][0][zone])
        if least != most or mean != table.told["living_standard"][1][zone]:
            return None
        persons += term.sign * least
        ends = sorted(term.sign * least * (mean + half) for half in (-table.step / 2, table.step / 2))
        low, high = low + ends[0], high + ends[1]
    if persons <= 0 or low <= 0 or high - low > INCOME_MARGIN * (high + low):
        return None
    return Finding(
        "income", region.way, "living_standard", round(low / persons), round(high / persons), region.cells,
        region.terms, region.part, region.count,
    )  # fmt: skip
