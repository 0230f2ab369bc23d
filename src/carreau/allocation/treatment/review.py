"""Decisions drawn for people to read again: an audit counts, only a reader sees what was decided and why."""

import hashlib

import polars as pl


def drawn_for_review(events: pl.DataFrame, *, seed: str, each: int = 20) -> pl.DataFrame:
    """`each` events a stage and outcome, or all where there are fewer, drawn without regard to any group.

    `seed` is any text, announced before the events are known if nobody is to choose them: an event's turn is the
    SHA-256 of the seed, its stage, outcome, application and place among the same, so that the draw is the same on
    every machine and whatever the order of rows. Returns `stage`, `outcome`, `application_id`, `rank`, and
    `stands_for`, how many events each stands for. Readers see the record and never the comparisons.
    """
    kinds = ["stage", "outcome"]
    named = events.sort(*kinds, "application_id", "rank", "wait").with_columns(
        place=pl.int_range(pl.len()).over(*kinds, "application_id"), of=pl.len().over(kinds)
    )
    keys = named.select(pl.concat_str(*kinds, "application_id", "place", separator="\x1f")).to_series()
    turns = [hashlib.sha256(f"{seed}\x1f{key}".encode()).hexdigest() for key in keys]
    drawn = named.with_columns(turn=pl.Series(turns, dtype=pl.String)).filter(
        pl.col("turn").rank("ordinal").over(kinds) <= each
    )
    return drawn.sort(*kinds, "turn").select(
        *kinds, "application_id", "rank", stands_for=pl.col("of") / pl.len().over(kinds)
    )
