"""Lots are drawn in an order in which nobody can try seeds."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from carreau.allocation.replay.drawing import Announcement, Draw, draw, freeze
from carreau.errors import BadInput

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOLD = Announcement("commission of 10 March", "Loto of 7 March, rising, joined by hyphens", NOON, NOON + 48 * HOUR)
WAITING = {"applications": pl.DataFrame({"application_id": ["a", "b"], "points": [3, 4]})}
FROZEN = freeze(WAITING, NOON + 24 * HOUR)
READ = NOON + 49 * HOUR


def test_the_seed_is_the_hash_of_the_frozen_candidates_and_the_public_value() -> None:
    drawn = draw(TOLD, FROZEN, " 3-7-12-30-41 ", read=READ)
    expected = hashlib.sha256(f"carreau lots 1\n{FROZEN.sha256}\n3-7-12-30-41".encode()).hexdigest()
    assert drawn.seed == expected
    assert drawn.number == int(expected, 16) >> 193
    assert Draw.of_dict(drawn.as_dict()) == drawn


def test_one_candidate_more_gives_another_seed_and_another_order_of_rows_the_same() -> None:
    again = freeze({"applications": WAITING["applications"].reverse()}, FROZEN.at)
    more = freeze({"applications": WAITING["applications"].head(1)}, FROZEN.at)
    assert again == FROZEN
    assert draw(TOLD, more, "3-7", read=READ).seed != draw(TOLD, FROZEN, "3-7", read=READ).seed


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"told": replace(TOLD, made=FROZEN.at)}, "announced before candidates are frozen"),
        ({"frozen": replace(FROZEN, at=TOLD.known)}, "frozen before the public value can be known"),
        ({"frozen": replace(FROZEN, at=TOLD.known + HOUR)}, "frozen before the public value can be known"),
        ({"read": TOLD.known - HOUR}, "was read before"),
        ({"value": "  "}, "gave no value"),
    ],
)
def test_another_order_is_refused(change: dict[str, Any], problem: str) -> None:
    given = {"told": TOLD, "frozen": FROZEN, "value": "3-7", "read": READ, **change}
    with pytest.raises(BadInput, match=problem):
        draw(given["told"], given["frozen"], given["value"], read=given["read"])


def test_nobody_can_try_seeds() -> None:
    """Once drawn, neither other candidates, nor another value, nor another source, nor the same source elsewhere."""
    first = draw(TOLD, FROZEN, "3-7", read=READ)
    assert draw(TOLD, FROZEN, "3-7", read=READ, earlier=[first]) == first
    refrozen = freeze({"applications": WAITING["applications"].head(1)}, FROZEN.at + HOUR)
    other_source = replace(TOLD, source="weather in Brest on 7 March")
    other_lots = replace(TOLD, lots="commission of 11 March")
    for told, frozen, value in (
        (TOLD, refrozen, "3-7"),
        (TOLD, FROZEN, "3-8"),
        (other_source, FROZEN, "12"),
        (other_lots, FROZEN, "3-8"),
    ):
        with pytest.raises(BadInput, match="lots are drawn once"):
            draw(told, frozen, value, read=READ, earlier=[first])


def test_times_have_a_zone_and_words_are_there() -> None:
    with pytest.raises(BadInput, match="made needs a time zone"):
        replace(TOLD, made=datetime(2026, 3, 1))  # noqa: DTZ001 - what is refused
    with pytest.raises(BadInput, match="which public source"):
        replace(TOLD, source=" ")
    with pytest.raises(BadInput, match="is not a draw"):
        Draw.of_dict({"lots": "x"})
