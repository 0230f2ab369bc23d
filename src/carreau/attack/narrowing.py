"""What a zone tells beyond the ends of its intervals: by the way its bands were joined, and by its means."""

from dataclasses import replace

import numpy as np

from carreau.attack.knowledge import DISTRIBUTIONS, PERSONS, poverty_line
from carreau.attack.published import Floats, Table

Ends = tuple[Floats, Floats]
POOR, MEAN = "poor", "living_standard"
NEAR = 1e-6
"""How near to a whole number of euros an exact mean times the persons must come."""
MOST_PERSONS = 5_000


def narrowed(table: Table) -> Table:
    """The table with the ends that follow zone by zone. Nothing that is not told becomes narrower than told."""
    told = dict(table.told)
    for distribution in DISTRIBUTIONS:
        if set(distribution["bands"]) <= set(told):
            told |= _sums(table, distribution["bands"], distribution["sums"])
    if {MEAN, PERSONS} <= set(told):
        told[PERSONS] = _divided_by(told[PERSONS], told[MEAN])
        anybody = (np.zeros_like(table.base[0]), table.base[1])
        told[POOR] = _poor(table, told[PERSONS], told[MEAN], told.get(POOR, anybody))
    return replace(table, told=told)


def _sums(table: Table, bands: list[str], sums: list[str]) -> dict[str, Ends]:
    """The ends of what is in the first two bands, the first three, …, where groups of joined bands show.

    Bands told as 0 to one same number, side by side, share that number: whoever reads the rules knows it. Two or three
    are one group; more may be two of the same number, and then only what all of them hold together follows.
    """
    people = table.base[0]
    low, high = (np.array([table.told[name][end] for name in bands]) for end in (0, 1))
    found = [(np.zeros_like(people), table.base[1].copy()) for _ in sums]
    for zone in np.flatnonzero(table.base[0] == table.base[1]).tolist():
        known = _borders(low[:, zone], high[:, zone], float(people[zone]))
        for place, (least, most) in enumerate(found):
            if place + 2 in known:
                least[zone] = most[zone] = known[place + 2]
    return dict(zip(sums, found, strict=True))


def _borders(low: Floats, high: Floats, people: float) -> dict[int, float]:
    """How many are in the first so many bands, for each border of groups; nothing where the groups do not add up."""
    groups: list[list[float]] = []  # how many bands, how many households
    for least, most in zip(low.tolist(), high.tolist(), strict=True):
        same = groups and least == 0 < most == groups[-1][2] and groups[-1][3]
        if same:
            groups[-1][0] += 1
        else:
            groups.append([1, most, most, float(least == 0 < most)])
    wide = [group for group in groups if group[0] > 3]
    if len(wide) == 1:
        wide[0][1] = people - sum(group[1] for group in groups if group is not wide[0])
    if sum(group[1] for group in groups) != people:
        return {}
    borders, bands, held = {}, 0, 0.0
    for group in groups:
        bands, held = bands + int(group[0]), held + group[1]
        borders[bands] = held
    return borders


def _divided_by(persons: Ends, mean: Ends) -> Ends:
    """The numbers of persons that an exact mean can have been divided by: times it, they give whole euros."""
    low, high = persons[0].copy(), persons[1].copy()
    for zone in np.flatnonzero((mean[0] == mean[1]) & (mean[0] % 1 != 0) & (low < high)).tolist():
        able = np.arange(low[zone], min(high[zone], MOST_PERSONS) + 1)
        whole = able * mean[0][zone]
        able = able[np.abs(whole - np.rint(whole)) < NEAR]
        if len(able):
            low[zone], high[zone] = able[0], able[-1]
    return low, high


def _poor(table: Table, persons: Ends, mean: Ends, poor: Ends) -> Ends:
    """How many can be poor with such a mean, when each of them is under the poverty line and nobody else is.

    Every household counts once at least. What the limits of incomes are, if they are published, says more.
    """
    line, (least, most) = poverty_line(table.date), table.limits
    people, half = table.base, table.step / 2
    if line <= least:
        return poor
    told = (mean[0] == mean[1]) & (mean[0] > 0) & np.isfinite(persons[1])
    weight = np.where(told, persons[1], 0)
    rich = (weight * (mean[0] + half - least)) // (line - least)  # each household that is not poor adds the difference
    low = np.where(told, np.maximum(poor[0], people[0] - rich), poor[0])
    high = poor[1].copy()
    if np.isfinite(most) and most > line:
        able = np.floor(weight * (most - mean[0] + half) / (most - line))
        high = np.where(told, np.minimum(high, able), high)
    return np.minimum(low, poor[1]), np.maximum(high, poor[0])
