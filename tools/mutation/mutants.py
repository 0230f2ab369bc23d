"""Where a module can be changed, and its text with one change made."""

import ast
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .operators import changes

SHOWN = 90
"""How many characters of code around a change are told, at most."""

QUIET_KEYWORDS = {"editable", "help_text", "indent", "max_length", "maxsize", "repr", "stacklevel", "verbose_name"}
QUIET_CALLS = {"NewType", "ParamSpec", "TypeVar", "cast", "print", "progress", "warn"}
LOG_LEVELS = {"critical", "debug", "error", "exception", "info", "log", "warning"}
QUIET_NAMES = {"Meta", "__repr__", "__str__"}
WHOLE = (ast.IfExp, ast.Lambda)
"""Expressions that have a body, and are told with it."""

TYPES = {"annotation", "returns", "decorator_list", "bases", "type_params"}


@dataclass(frozen=True, order=True)
class Mutant:
    """One change: of `file`, the bytes from `start` to `stop` become `text`.

    `inside` is the function or class, by its full name within the module. `before` and `after` are the code around the
    change, as Python writes it. `lines` are those of what changes, `statement` those of the statement around it.
    """

    file: str
    start: int
    stop: int
    operator: str
    text: str
    inside: str
    before: str
    after: str
    lines: tuple[int, int]
    statement: tuple[int, int]

    def made(self, source: bytes) -> bytes:
        """The module's text with the change made."""
        return source[: self.start] + self.text.encode() + source[self.stop :]

    def __str__(self) -> str:
        return f"{self.file}:{self.lines[0]}  {self.operator}  {self.before} → {self.after}"


@dataclass(frozen=True)
class Spot:
    """A node, the field of the parent that holds it (and its place there when there are several), those around it."""

    node: ast.AST
    parents: tuple[ast.AST, ...]
    field: str
    place: int | None

    @property
    def parent(self) -> ast.AST:
        """The node around."""
        return self.parents[-1]

    def put(self, node: ast.AST) -> None:
        """Have another node stand here."""
        if self.place is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.place] = node


def mutants_of(file: str, source: bytes) -> list[Mutant]:
    """Every change of a module, in the order of its text."""
    tree = ast.parse(source)
    offsets = [0]
    for line in source.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    found = {mutant for spot in _spots(tree, ()) for mutant in _mutants_at(spot, file, offsets)}
    return sorted(found)


def sample(mutants: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """So many of them at most, the same ones for the same seed, in random order; of a piece of code at most one."""
    drawing = random.Random(seed)  # noqa: S311 - no secret
    places: dict[tuple[str, int, int], list[Mutant]] = {}
    for one in sorted(mutants):
        places.setdefault((one.file, one.start, one.stop), []).append(one)
    return [drawing.choice(places[place]) for place in drawing.sample(list(places), min(size, len(places)))]


def _mutants_at(spot: Spot, file: str, offsets: Sequence[int]) -> Iterator[Mutant]:
    node = spot.node
    for operator, other in changes(node, spot.parent):
        around = _around(spot)
        before = ast.unparse(around)
        spot.put(other)
        after = ast.unparse(other if around is node else around)
        spot.put(node)
        yield Mutant(
            file=file,
            start=offsets[node.lineno - 1] + node.col_offset,  # type: ignore[attr-defined]
            stop=offsets[node.end_lineno - 1] + node.end_col_offset,  # type: ignore[attr-defined]
            operator=operator,
            text=f"({ast.unparse(other)})" if isinstance(other, ast.expr) else ast.unparse(other),
            inside=_inside(spot),
            before=_on_one_line(before),
            after=_on_one_line(after),
            lines=(node.lineno, node.end_lineno),  # type: ignore[attr-defined]
            statement=_statement(spot),
        )


def _spots(parent: ast.AST, parents: tuple[ast.AST, ...]) -> Iterator[Spot]:
    """Every node that may be changed, below one."""
    here = (*parents, parent)
    for field, held in ast.iter_fields(parent):
        if field in TYPES or (field == "keywords" and isinstance(parent, ast.ClassDef)):
            continue
        for place, node in enumerate(held) if isinstance(held, list) else [(None, held)]:
            if isinstance(node, ast.AST) and not _is_quiet(node, parent):
                if hasattr(node, "lineno"):
                    yield Spot(node, here, field, place)
                yield from _spots(node, here)


def _is_quiet(node: ast.AST, parent: ast.AST) -> bool:
    """Whether nothing below is changed: messages, log lines, types, names for show, locks that SQLite does not have."""
    match node:
        case ast.Raise() | ast.Assert() | ast.JoinedStr() | ast.pattern():
            return True
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            return name in QUIET_NAMES
        case ast.If(test=test):
            return ast.unparse(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "__name__ == '__main__'")
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.keyword(arg=name):
            to_zip = isinstance(parent, ast.Call) and ast.unparse(parent.func) == "zip"
            return name in QUIET_KEYWORDS or (name == "strict" and to_zip)
        case ast.Call(func=function):
            return _is_quiet_call(function)
        case ast.Expr(value=ast.Call(func=function) as call):
            return _is_quiet_call(function) or "select_for_update" in ast.unparse(call)
    return False


def _is_quiet_call(function: ast.expr) -> bool:
    match function:
        case ast.Name(id=name):
            return name in QUIET_CALLS
        case ast.Attribute(value=ast.Name(id=base), attr=name):
            return (name in LOG_LEVELS and "log" in base) or name in QUIET_CALLS
    return False


def _around(spot: Spot) -> ast.AST:
    """The largest piece of code around a spot that is short enough to be told."""
    chosen = spot.node
    for one in reversed(spot.parents):
        if isinstance(one, WHOLE) or (isinstance(one, ast.expr | ast.stmt) and not hasattr(one, "body")):
            if len(ast.unparse(one)) > SHOWN:
                break
            chosen = one
    return chosen


def _inside(spot: Spot) -> str:
    named = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return ".".join(one.name for one in spot.parents if isinstance(one, named))


def _statement(spot: Spot) -> tuple[int, int]:
    """The lines of the statement around; of a compound one, those of its head."""
    inner = next(one for one in (spot.node, *reversed(spot.parents)) if isinstance(one, ast.stmt))
    body = getattr(inner, "body", None)
    return inner.lineno, max(inner.lineno, body[0].lineno - 1) if body else inner.end_lineno or inner.lineno


def _on_one_line(code: str) -> str:
    told = " ".join(code.split())
    return told if len(told) <= 2 * SHOWN else f"{told[: 2 * SHOWN]}…"
