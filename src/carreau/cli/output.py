"""What a command says: one JSON object or a few lines, and a progress bar while it works."""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Any

import typer

from carreau.progress import Progress as Tell

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


class Language(StrEnum):
    """The languages that Carreau speaks."""

    fr = "fr"
    en = "en"


class Watch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Elapsed seconds, to the hundredth."""
        return round(time.perf_counter() - self._start, 2)


@contextmanager
def progress_bar() -> Iterator[Tell]:
    """A `progress` to hand to the engine: bars on standard error on a terminal, nothing elsewhere."""
    from rich.console import Console  # here and below: a command that needs neither bars nor a table starts sooner
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def tell(label: str, done: int, total: int | None = None) -> None:
            if label not in tasks:
                tasks[label] = bars.add_task(label, total=total)
            bars.update(tasks[label], completed=done, total=total)

        yield tell


def say(figures: Mapping[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    """Print the figures as one JSON object, or the lines for people."""
    if as_json:
        sys.stdout.write(json.dumps(figures, ensure_ascii=False, default=str) + "\n")
    else:
        sys.stdout.write("\n".join(lines) + "\n")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, words: Sequence[int] = (0,)) -> str:
    """A table as text: the columns numbered in `words` to the left, figures to the right."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=None, pad_edge=False)
    for number, column in enumerate(columns):
        shown.add_column(column, justify="left" if number in words else "right", overflow="fold")
    for row in rows:
        shown.add_row(*row)
    console = Console(width=110, color_system=None)
    with console.capture() as captured:
        console.print(shown)
    lines = [line.rstrip() for line in captured.get().rstrip().splitlines()]
    return "\n".join([title, *lines] if title else lines)
