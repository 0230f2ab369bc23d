"""Zonings asked for by name, from a territory to a release."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from carreau.errors import BadInput
from carreau.register.territory import Territory, write
from carreau.release.building import build
from carreau.release.exports import write as publish
from carreau.release.zones.belonging import belonging

Maker = Callable[..., Territory]
HOUSEHOLD: tuple[Any, ...] = (2, "couple", 30_000, False)


def with_zoning(territory: Territory, name: str, members: list[tuple[str, str, date, date | None]]) -> Territory:
    columns = ["unit", "zone", "valid_from", "valid_to"]
    zoning = pl.DataFrame(members, schema=columns, orient="row", schema_overrides={"valid_to": pl.Date})
    kept = [table for table in territory.facts["tables"] if table != f"zonings/{name}"]
    return write(territory.path, {f"zonings/{name}": zoning}, territory.facts, keep=kept)


@pytest.fixture
def town(territory: Maker) -> Territory:
    """Two cells of 20 households; the first 25 homes are in a zone."""
    made: Territory = territory([((0, 0), *HOUSEHOLD)] * 20 + [((0, 200), *HOUSEHOLD)] * 20)
    members = [(f"h{number}", "Z", date(2020, 1, 1), None) for number in range(32)]
    return with_zoning(made, "parts", members)


def test_a_zoning_of_the_territory_beside_the_grid(town: Territory, tmp_path: Path) -> None:
    release = build(town, indicators="none", zonings=["parts", "commune"])
    assert release.zones["parts"].figures == {"exact": 0, "units": 1, "withheld": 0, "homes_moved": 8}
    assert release.zones["commune"].exact.rows() == [("44109", 40, "2026-01-01", None)]
    hashes = publish(release, tmp_path / "out")
    assert {f"zones/parts{end}.csv" for end in ("", "_cells", "_told", "_units", "_units_cells")} <= set(hashes)
    assert release.digest != build(town, indicators="none", zonings=["commune"]).digest


def test_without_a_zoning_there_is_no_folder_and_the_digest_is_that_of_the_grid(
    town: Territory, tmp_path: Path
) -> None:
    release = build(town, indicators="none")
    publish(release, tmp_path / "out")
    assert not (tmp_path / "out" / "zones").exists()
    assert dict(release.zones) == {}


def test_a_zoning_is_taken_as_on_the_reference_date(territory: Maker) -> None:
    made = territory([((0, 0), *HOUSEHOLD)] * 3)
    moves = [
        ("h0", "old", date(2020, 1, 1), date(2026, 1, 1)), ("h0", "new", date(2026, 1, 1), None),
        ("h1", "later", date(2026, 1, 2), None),
    ]  # fmt: skip
    placed = belonging(with_zoning(made, "parts", moves), ["parts"])
    assert placed.sort("home_id")["parts"].to_list() == ["new", None, None]


def test_a_home_in_two_zones_at_once_is_refused(territory: Maker) -> None:
    made = territory([((0, 0), *HOUSEHOLD)])
    twice = [("h0", zone, date(2020, 1, 1), None) for zone in "ab"]
    with pytest.raises(BadInput, match="'h0' is in two zones of parts at once"):
        belonging(with_zoning(made, "parts", twice), ["parts"])


@pytest.mark.parametrize(
    ("name", "said"), [("ward", "no zoning 'ward'; there is commune, iris, parts"), ("x_told", "ends as")]
)
def test_a_zoning_that_cannot_be_told_is_refused(name: str, said: str, town: Territory) -> None:
    town = with_zoning(town, "x_told", [("h0", "Z", date(2020, 1, 1), None)])
    with pytest.raises(BadInput, match=said):
        build(town, zonings=[name])


def test_a_home_known_to_be_in_some_priority_neighbourhood_is_in_the_zone_qpv(territory: Maker) -> None:
    made = territory([((0, 0), *HOUSEHOLD)] * 3)
    homes = pl.read_parquet(made.path / "homes.parquet").with_columns(
        in_qpv=pl.Series([True, True, False]), qpv=pl.Series(["QP044001", None, None])
    )
    again = write(made.path, {"homes": homes}, made.facts, keep=["households"])
    assert belonging(again, ["qpv"]).sort("home_id")["qpv"].to_list() == ["QP044001", "QPV", None]
