"""Two years and a ledger: which rows are new, which stay, and that the attack finds nothing in what is published."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from carreau.errors import BadInput
from carreau.proof.publishing import publish
from carreau.register.territory import Territory, write
from carreau.release.building import build
from carreau.release.gate import Release
from carreau.release.ledger import Ledger

Maker = Callable[..., Territory]
FIRST, SECOND, THIRD = "2025-01-01", "2026-01-01", "2027-01-01"


class Town:
    """Two cells of forty homes each, let or not; who lives in a home, and since when, is its `household`."""

    def __init__(self, territory: Maker, folder: Path) -> None:
        self.folder, self.years, self.homes = folder, 0, 80
        self.living = {home: (home, date(2020, 1, 1), home % 3 == 0) for home in range(80) if home % 40 < 30}
        households = [((0, 400 * (home // 40)), 2, "couple", 20_000, False) for home in range(80)]
        self.made = territory(households)

    def move(self, homes: Iterable[int], *, poor: bool = False) -> None:
        """Somebody new lives in each of these homes."""
        self.years += 1
        for home in homes:
            self.living[home] = (1000 * self.years + home, date(2020 + self.years, 1, 1), poor)

    def publish(self, day: str, *previous: str, ledger: str = "ledger", zonings: tuple[str, ...] = ()) -> Release:
        """Publish the town on a day in a folder called so."""
        rows = (
            self.made.table("households")
            .collect()
            .with_row_index("home")
            .filter(pl.col("home").is_in(list(self.living)))
        )
        who, since, poor = zip(*(self.living[home] for home in rows["home"]), strict=True)
        tables = {
            "homes": self.made.table("homes").collect().head(self.homes),
            "households": rows.drop("home").with_columns(
                household_id=pl.Series([f"m{one}" for one in who]), moved_in=pl.Series(since), poor=pl.Series(poor)
            ),
        }
        dated = write(self.folder / f"town-{day}", tables, dict(self.made.facts) | {"reference_date": day})
        earlier = [self.folder / one for one in previous]
        private = Ledger.open(self.folder / ledger) if ledger else None
        release = build(dated, indicators="poor", previous=earlier, ledger=private, zonings=zonings)
        publish(release, self.folder / day, register=dated.path, beside=earlier, ledger=private)
        return release


@pytest.fixture
def town(territory: Maker, tmp_path: Path) -> Town:
    return Town(territory, tmp_path)


def rows(release: Release) -> list[tuple[str, int | None, int, int, int]]:
    return release.units.select("as_of", "changed", "households", "poor_low", "poor_high").rows()


def test_where_enough_move_the_row_is_new_and_elsewhere_it_stays(town: Town) -> None:
    assert rows(town.publish(FIRST)) == [(FIRST, None, 30, 10, 10), (FIRST, None, 30, 10, 10)]
    town.move([*range(12), 45])
    release = town.publish(SECOND, FIRST)
    assert rows(release) == [(SECOND, 24, 30, 6, 6), (FIRST, None, 30, 10, 10)]
    assert release.quality["renewed"] == 0.5
    assert release.changes.rows() == [("CRS3035RES200mN0E0", FIRST, 24)]
    town.move(range(46, 57))
    assert rows(town.publish(THIRD, FIRST, SECOND)) == [(SECOND, 24, 30, 6, 6), (THIRD, 24, 30, 6, 6)]


def test_where_nearly_all_who_came_are_alike_and_unlike_those_who_went_the_row_stays(town: Town) -> None:
    town.living = {home: (who, since, home < 40 and home >= 20) for home, (who, since, _) in town.living.items()}
    town.publish(FIRST)
    town.move(range(11), poor=True)
    assert [one[0] for one in rows(town.publish(SECOND, FIRST))] == [FIRST, FIRST]


def test_without_the_ledger_every_row_stays(town: Town) -> None:
    town.publish(FIRST, ledger="")
    town.move(range(20))
    assert [one[0] for one in rows(town.publish(SECOND, FIRST, ledger=""))] == [FIRST, FIRST]
    town.publish(THIRD, FIRST, SECOND)
    assert [one[0] for one in rows(town.publish(THIRD, FIRST, SECOND))] == [FIRST, FIRST]


def test_new_tenants_alone_are_not_told_however_many(town: Town) -> None:
    town.publish(FIRST)
    town.move(home for home in range(30, 40))
    town.move([41, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79])
    assert [one[0] for one in rows(town.publish(SECOND, FIRST))] == [FIRST, FIRST]


def test_who_moves_from_one_unit_to_the_other_counts_for_neither(town: Town) -> None:
    town.publish(FIRST)
    for here, there in zip(range(6), range(40, 46), strict=True):
        town.living[here], town.living[there] = town.living[there], town.living[here]
    assert [one[0] for one in rows(town.publish(SECOND, FIRST))] == [FIRST, FIRST]


def test_who_moves_within_a_unit_did_not_come_or_go(town: Town) -> None:
    town.publish(FIRST)
    for home in range(10):
        who, _, poor = town.living.pop(home)
        town.living[30 + home] = (who, date(2025, 6, 1), poor)
    assert rows(town.publish(SECOND, FIRST)) == [(FIRST, None, 30, 10, 10)] * 2


@pytest.mark.parametrize(
    ("movers", "others", "told"), [(20, 0, [FIRST]), (1, 15, [FIRST]), (0, 15, [FIRST, SECOND]), (0, 10, [FIRST])]
)
def test_a_new_unit_is_of_newcomers_alone(movers: int, others: int, told: list[str], town: Town) -> None:
    """Twenty of thirty move into a new building: told with the row that stays, it would tell of the ten left."""
    town.living = {home: who for home, who in town.living.items() if home < 40}
    town.homes = 40
    assert [one[0] for one in rows(town.publish(FIRST))] == [FIRST]
    town.homes = 80
    for home in range(movers):
        who, _, poor = town.living.pop(home)
        town.living[40 + home] = (who, date(2025, 6, 1), poor)
    town.move(range(60, 60 + others))
    assert [one[0] for one in rows(town.publish(SECOND, FIRST))] == told


def test_the_same_household_back_again_is_compared_with_the_first_year_too(town: Town) -> None:
    town.publish(FIRST)
    before = dict(town.living)
    town.move(range(11), poor=True)
    assert rows(town.publish(SECOND, FIRST))[0][0] == SECOND
    town.living = before
    assert rows(town.publish(THIRD, FIRST, SECOND))[0][0] == SECOND, "the households of the first year: no order"


def test_an_exact_zone_keeps_its_number_as_a_unit_does(town: Town) -> None:
    town.publish(FIRST, zonings=("commune",))
    town.move(range(30, 35))
    few = town.publish(SECOND, FIRST, zonings=("commune",)).zones["commune"].exact
    assert few.select("households", "as_of").rows() == [(60, FIRST)]
    town.move(range(12))
    some = town.publish(THIRD, FIRST, SECOND, zonings=("commune",)).zones["commune"].exact
    assert some.select("households", "as_of").rows() == [(60, FIRST)], "one of its units stays"
    town.move(range(40, 52))
    many = town.publish("2028-01-01", FIRST, SECOND, THIRD, zonings=("commune",))
    assert many.units["as_of"].to_list() == [THIRD, "2028-01-01"]
    assert many.zones["commune"].exact["as_of"].to_list() == [FIRST]


def test_a_release_that_the_ledger_knows_must_be_given(town: Town) -> None:
    town.publish(FIRST)
    town.publish(FIRST)
    town.move(range(8))
    with pytest.raises(BadInput, match="knows of an earlier release of these units"):
        town.publish(SECOND)
    assert not (town.folder / SECOND).exists()


def test_nothing_of_the_ledger_is_in_the_release(town: Town) -> None:
    release = town.publish(FIRST)
    town.move(range(8), poor=True)
    town.publish(SECOND, FIRST)
    marks = {str(one) for name in ("stay", "household", "facts") for one in release.entries[name]}
    for file in (town.folder / SECOND).rglob("*"):
        if file.suffix in (".csv", ".json", ".html", ".jsonld"):
            assert not marks & set(file.read_text(encoding="utf-8").replace(",", " ").split())
