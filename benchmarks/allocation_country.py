"""A generated year of lettings of the country, as a market: which homes, who applies, who fits where.

Cited: 2.8 M applications for 430,000 lettings (SNE); T1-T2 wanted by 47 % (SNE 2020); 10.4 applications a letting in
Île-de-France against 6.5 elsewhere; 25 % of lettings outside QPV to the first quartile, 50 % in QPV to the others, 25 %
to priority households (L441-1). No figure was found for the communes that an application names: as in the synthetic
population, the present one and 1.5 others on average in the same EPCI. Made up, to be no easier than the truth: one
further commune in five is in another EPCI, one home in three in a QPV, ceilings and incomes, points of 0 to 998 of
which 199 for the present commune only.
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from carreau.allocation.market import Ints, Market, Reserve
from carreau.places.communes import Communes

HOMES, APPLICATIONS = 430_000, 2_800_000
ROOMS_LET = [0.07, 0.19, 0.37, 0.29, 0.08]
ROOMS_WANTED = [0.20, 0.27, 0.29, 0.17, 0.07]
CEILING_LET = [0.12, 0.78, 0.10]  # PLAI, PLUS, PLS
CEILING_WITHIN = [0.62, 0.26, 0.12]  # the lowest ceiling that a household is within
MORE_COMMUNES = 1.5
ELSEWHERE = 0.2
MOST_COMMUNES = 8
FIRST_QUARTILE, PRIORITY, OTHERS = 1, 2, 4
LOCAL = 200
AT_ONCE = 200_000
ROOMS, CEILINGS = 5, 3


@dataclass(frozen=True, eq=False)
class Country:
    """The market, the EPCI of each lot and the points of each pair."""

    market: Market
    epci: Ints
    points: Ints


def country(homes: int = HOMES, *, seed: int = 1) -> Country:
    """So many homes, and applications in the country's proportion, in communes drawn by their population."""
    random = np.random.default_rng(seed)
    places = _places(homes)
    lots, lot, of_home = _lots(places, homes, random)
    people = _applicants(places, homes * APPLICATIONS // HOMES, random)
    keys = np.concatenate(
        [_pairs(people, lots, first, first + AT_ONCE) for first in range(0, people["tie"].size, AT_ONCE)]
    )
    keys.sort()
    application = people["by_tie"][(keys >> 6) & 0x3FFFFF]
    points = (999 - ((keys >> 28) & 0x3FF)).astype(np.int32)
    starts = np.searchsorted(keys, np.arange(lots["commune"].size + 1) << 38)
    epci = places["epci"].to_numpy()[lots["commune"]]
    reserves = _reserves(epci[lot], of_home["qpv"])
    market = Market(
        lot.astype(np.int32),
        starts.astype(np.int64),
        application.astype(np.int32),
        (keys & 63).astype(np.int32),
        people["classes"],
        reserves,
    )
    return Country(market, epci, points)


def some_of(whole: Country, largest: int, every: int) -> Country:
    """So many EPCIs, those with the most pairs, and one in `every` of the others from large to small."""
    market = whole.market
    sizes = np.diff(market.starts)
    order = np.argsort(-np.bincount(whole.epci, sizes), kind="stable")
    order = order[np.isin(order, whole.epci)]
    lots = np.isin(whole.epci, np.concatenate([order[:largest], order[largest::every]]))
    homes = lots[market.lot]
    pairs = np.repeat(lots, sizes)
    number, place = np.cumsum(lots) - 1, np.cumsum(homes) - 1
    part = Market(
        number[market.lot[homes]].astype(np.int32),
        np.concatenate([[0], np.cumsum(sizes[lots])]).astype(np.int64),
        market.application[pairs],
        market.wish[pairs],
        market.classes.copy(),
        tuple(replace(one, homes=place[one.homes]) for one in market.reserves if homes[one.homes].any()),
    )
    return Country(part, whole.epci[lots], whole.points[pairs])


def _places(homes: int) -> pl.DataFrame:
    """Communes of whole EPCIs, taken at random until they have the share of people that the homes are."""
    known = Communes.shipped().frame.filter((pl.col("kind") == "COM") & (pl.col("population") > 0))
    known = known.with_columns(pl.coalesce("epci", "code").alias("group")).sort("group", "code")
    share = min(1.0, homes / HOMES)
    order = known.group_by("group").agg(pl.col("population").sum()).sort(pl.col("group").hash(7))
    kept = order.filter(pl.col("population").cum_sum() <= share * order["population"].sum() + 1)
    known = known.join(kept.select("group"), on="group", how="semi").sort("group", "code")
    return known.select("population", "region", epci=(pl.col("group").rank("dense") - 1).cast(pl.Int32))


def _lots(
    places: pl.DataFrame, homes: int, random: np.random.Generator
) -> tuple[dict[str, Ints], Ints, dict[str, Ints]]:
    weight = places["population"].to_numpy() ** 1.15 * np.where(places["region"].to_numpy() == "11", 0.55, 1.1)
    commune = random.choice(places.height, homes, p=weight / weight.sum())
    rooms, ceiling = random.choice(ROOMS, homes, p=ROOMS_LET), random.choice(CEILINGS, homes, p=CEILING_LET)
    qpv = (random.random(homes) < 1 / 3) & (places["population"].to_numpy()[commune] > 10_000)
    keys = ((commune * ROOMS + rooms) * CEILINGS + ceiling) * 2 + qpv
    kinds, lot = np.unique(keys, return_inverse=True)
    lots = {
        "commune": kinds // (2 * CEILINGS * ROOMS),
        "rooms": kinds // (2 * CEILINGS) % ROOMS,
        "ceiling": kinds // 2 % CEILINGS,
        "qpv": kinds % 2,
        "starts": np.searchsorted(kinds // (2 * CEILINGS), np.arange(places.height * ROOMS + 1)),
    }
    return lots, lot, {"qpv": qpv}


def _applicants(places: pl.DataFrame, count: int, random: np.random.Generator) -> dict[str, Ints]:
    weight = places["population"].to_numpy() ** 1.15
    commune = random.choice(places.height, count, p=weight / weight.sum())
    epci = places["epci"].to_numpy()
    ends, firsts = np.cumsum(weight), np.searchsorted(epci, epci)
    lasts = np.searchsorted(epci, epci, side="right") - 1
    low, high = (ends - weight)[firsts[commune]], ends[lasts[commune]]
    wanted = np.full((count, MOST_COMMUNES), -1, dtype=np.int32)
    wanted[:, 0] = commune
    more = random.poisson(MORE_COMMUNES, count).clip(0, MOST_COMMUNES - 1)
    beyond = high - low
    for place in range(1, MOST_COMMUNES):
        away = (random.random(count) < ELSEWHERE) * beyond
        drawn = np.searchsorted(ends, (low + away + random.random(count) * beyond) % ends[-1]).clip(
            0, places.height - 1
        )
        new = (place <= more) & (wanted[:, :place] != drawn[:, None]).all(axis=1)
        wanted[:, place] = np.where(new, drawn, -1)
    quartile = random.random(count) < 0.25
    tie = random.permutation(count)
    by_tie = np.empty(count, dtype=np.int32)
    by_tie[tie] = np.arange(count)
    return {
        "commune": wanted,
        "rooms": random.choice(ROOMS, count, p=ROOMS_WANTED),
        "ceiling": random.choice(CEILINGS, count, p=CEILING_WITHIN),
        "points": random.integers(0, 800, count),
        "tie": tie,
        "by_tie": by_tie,
        "classes": (np.where(quartile, FIRST_QUARTILE, OTHERS) + PRIORITY * (random.random(count) < 0.15)).astype(
            np.int32
        ),
    }


def _pairs(people: dict[str, Ints], lots: dict[str, Ints], first: int, last: int) -> Ints:
    """Pairs of some applicants: lot, points reversed, tie and wish in one integer, the smallest with the best right."""
    commune = people["commune"][first:last]
    who, rank = np.nonzero(commune >= 0)
    found = []
    for larger in (0, 1):
        rooms = people["rooms"][first + who] + larger
        fits = rooms < ROOMS
        one, at = who[fits], commune[who[fits], rank[fits]] * ROOMS + rooms[fits]
        begin, size = lots["starts"][at], lots["starts"][at + 1] - lots["starts"][at]
        ends = np.cumsum(size)
        lot = np.arange(ends[-1]) + np.repeat(begin - ends + size, size)
        one, place = np.repeat(first + one, size), np.repeat(rank[fits], size)
        within = people["ceiling"][one] <= lots["ceiling"][lot]
        lot, one, place = lot[within], one[within], place[within]
        points = people["points"][one] + (LOCAL - 1) * (place == 0)
        wish = place * 4 + larger * 2 + lots["qpv"][lot]
        found.append(lot << 38 | (999 - points) << 28 | people["tie"][one] << 6 | wish)
    return np.concatenate(found)


def _reserves(epci: Ints, qpv: Ints) -> tuple[Reserve, ...]:
    """The quotas of every EPCI, each on the homes let there."""
    order = np.argsort(epci, kind="stable")
    reserves = []
    for homes in np.split(order, np.flatnonzero(np.diff(epci[order])) + 1):
        inside, outside = homes[qpv[homes]], homes[~qpv[homes]]
        reserves += [
            Reserve("first_quartile", outside, FIRST_QUARTILE, -(-outside.size // 4)),
            Reserve("other_quartiles", inside, OTHERS, -(-inside.size // 2)),
            Reserve("priority", homes, PRIORITY, -(-homes.size // 4)),
        ]
    return tuple(reserves)
