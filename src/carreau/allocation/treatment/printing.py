"""The audit as a page to print: what it says in words, a plot and its table for each stage and measure."""

from collections.abc import Iterator
from html import escape
from typing import Any

import polars as pl

from carreau.allocation.treatment.audit import Audit
from carreau.allocation.treatment.forest import Mark, forest
from carreau.text import number, say

STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;"
    "width:100%;font-size:.85rem}th,td{border-bottom:1px solid #999;padding:.25rem .5rem;text-align:right}"
    "th:first-child,td:first-child{text-align:left}section{break-inside:avoid}svg{max-width:100%;height:auto;font-family:sans-serif}"
    ".table{overflow-x:auto}"
)
COLUMNS = ("group", "count", "others", "of_group", "of_others", "estimate", "interval", "q")


def page(audit: Audit, language: str, *, name: str, period: str) -> str:
    """A whole HTML page in "fr" or "en" that needs nothing else: `name` of the territory, `period` of the events."""
    title = say("treatment.title", language, name=name, period=period)
    words = "".join(f"<p>{escape(line)}</p>" for line in summary(audit, language))
    parts = audit.comparisons.partition_by("stage", "measure", maintain_order=True)
    body = "".join(_section(part, language) for part in parts)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{words}{body}</main></body></html>\n"
    )


def summary(audit: Audit, language: str) -> Iterator[str]:
    """What the audit compared, what it flagged by which rule, and what it does not show, in sentences."""
    told = audit.comparisons.filter("told")
    hidden, flagged = audit.comparisons.height - told.height, int(told["flagged"].sum())
    yield say("treatment.audience", language)
    yield say("treatment.lead", language)
    yield say("treatment.found", language, count=flagged, compared=told.height)
    yield say("treatment.rule", language, accepted=number(100 * audit.accepted, language))
    if hidden:
        yield say("treatment.withheld", language, count=hidden, threshold=audit.threshold)
    yield say("treatment.lawful", language)
    yield say("treatment.caution", language)


def group_name(family: str, value: str, language: str) -> str:
    """The words for a group."""
    return say(f"treatment.{family}.{value}", language)


def part_title(part: pl.DataFrame, language: str) -> str:
    """The name of a stage and a measure: the rows of `Audit.comparisons` that have both."""
    stage, measure = part["stage"][0], part["measure"][0]
    title = f"{say(f'treatment.stage_{stage}', language)} · {say(f'treatment.measure_{measure}', language)}"
    if measure == "favourable":
        title += f" ({say(f'treatment.outcome_favourable_{stage}', language)})"
    return title


def plot(part: pl.DataFrame, language: str) -> str:
    """The forest plot of a stage and a measure as SVG; "" where nothing of it is told."""
    marks = [
        Mark(group_name(row["family"], row["value"], language), *_points(row), row["flagged"])
        for row in part.filter("told", pl.col("low").is_not_null()).iter_rows(named=True)
    ]
    name = say("treatment.plot", language, title=part_title(part, language))
    return forest(marks, name, say(f"treatment.unit_{part['measure'][0]}", language)) if marks else ""


def cells(row: dict[str, Any], language: str) -> tuple[str, list[str]]:
    """A row of the table: the group, then what `COLUMNS` says of it; that it is not told where it is not."""
    label = group_name(row["family"], row["value"], language)
    if not row["told"]:
        return label, [say("treatment.not_told", language), *[""] * (len(COLUMNS) - 2)]
    counts = [number(row["group"], language), number(row["others"], language)]
    compared = [_signed(row["estimate"], language), _between(row, language), _q(row, language)]
    return label, [*counts, *_plain(row, language), *compared]


def _section(part: pl.DataFrame, language: str) -> str:
    title = part_title(part, language)
    heads = "".join(f'<th scope="col">{escape(say(f"treatment.column_{one}", language))}</th>' for one in COLUMNS)
    rows = "".join(_row(row, language) for row in part.iter_rows(named=True))
    table = f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
    return (
        f"<section><h2>{escape(title)}</h2>{plot(part, language)}"
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(title)}">'
        f"<table>{table}</table></div></section>"
    )


def _points(row: dict[str, Any]) -> tuple[float, float, float]:
    return 100 * row["estimate"], 100 * row["low"], 100 * row["high"]


def _row(row: dict[str, Any], language: str) -> str:
    label, found = cells(row, language)
    said = "".join(f"<td>{escape(cell)}</td>" for cell in found)
    return f'<tr><th scope="row">{escape(label)}</th>{said}</tr>'


def _plain(row: dict[str, Any], language: str) -> list[str]:
    share = row["measure"] == "favourable"
    return [number(100 * row[one] if share else row[one], language, decimals=1) for one in ("of_group", "of_others")]


def _signed(value: float, language: str) -> str:
    return ("+" if value > 0 else "") + number(100 * value, language, decimals=1)


def _between(row: dict[str, Any], language: str) -> str:
    if row["low"] is None:
        return "\u2013"
    return f"{_signed(row['low'], language)} \u2026 {_signed(row['high'], language)}"


def _q(row: dict[str, Any], language: str) -> str:
    said = number(row["q"], language, decimals=3)
    return f"{said}, {say('treatment.flagged', language)}" if row["flagged"] else said
