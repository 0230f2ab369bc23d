"""How a long function tells what it has done. The engine never looks at a clock or a terminal."""

from typing import Protocol


class Progress(Protocol):
    """Called now and then by a long function with what is done out of what there is to do."""

    def __call__(self, label: str, done: int, total: int | None = None) -> None:
        """Say that `done` units out of `total` (None when unknown) of the step `label` are finished."""


def silent(label: str, done: int, total: int | None = None) -> None:
    """Tell nobody."""
