"""What Carreau says when it cannot accept what it was given."""

from pathlib import Path


class BadInput(Exception):  # noqa: N818 - the name says what it is; it is shown to people
    """Input that is refused. The message is one line: where, what was expected, what to do.

    `file`, `row` (1 is the first line of the file) and `column` say where, as far as it is known.
    """

    def __init__(
        self, problem: str, *, file: Path | str | None = None, row: int | None = None, column: str | None = None
    ) -> None:
        self.problem, self.file, self.row, self.column = problem, file, row, column
        where = [str(file) if file else "", f"line {row}" if row else "", f"column {column}" if column else ""]
        prefix = ", ".join(part for part in where if part)
        super().__init__(f"{prefix}: {problem}" if prefix else problem)
