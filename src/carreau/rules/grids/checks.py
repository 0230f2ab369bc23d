"""The rubrics and criteria of a grid's page, checked field by field."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from carreau.errors import BadInput
from carreau.rules.grids.grid import Band, Criterion, Rubric, Table
from carreau.rules.grids.words import ANSWERS, CITING, COMMON, KINDS, MEASURES, MODES, STATES

ARTICLE = re.compile(r"\b[LRDA]\.? ?\d{3}")
NAME = re.compile(r"[a-z][a-z0-9_]*")
LARGEST = 10_000
CAP_LINE = "rubric_cap"
"""The name of the line by which a breakdown says that a rubric's cap took points away."""


def table(applicants: str, rubrics: Any) -> Table:
    """The rubrics of one table. Raises BadInput when it has no criterion, or two of the same name."""
    if not isinstance(rubrics, dict) or not rubrics:
        raise BadInput("is not a points grid: it has no rubrics")
    read = tuple(_rubric(name, page) for name, page in rubrics.items())
    names = [criterion.name for rubric in read for criterion in rubric.criteria]
    if not names:
        raise BadInput("the grid has no criterion")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput(f"two criteria are named {', '.join(twice)}")
    return Table(applicants, read)


def title(given: Any) -> Mapping[str, str]:
    """A title in French and English. Raises BadInput for anything else."""
    if not isinstance(given, dict) or {str(one) for one in given} != {"fr", "en"} or not all(given.values()):
        raise BadInput("the title must be given in fr and en, in quotes if it has a comma")
    return {language: str(text) for language, text in given.items()}


def flag(page: Mapping[str, Any], field: str) -> bool:
    """A truth value that is false when it is not given."""
    if not isinstance(given := page.get(field, False), bool):
        raise BadInput(f"{field} must be true or false, not {given!r}")
    return given


def words(field: str, given: Any, known: Collection[str]) -> tuple[str, ...]:
    """A list of words of a closed list."""
    if not isinstance(given, list):
        raise BadInput(f"{field} must be a list of words, not {given!r}")
    if unknown := sorted({str(word) for word in given} - set(known)):
        raise BadInput(f"{field}: unknown {', '.join(unknown)}; there are {', '.join(known)}")
    return tuple(given)


def known_fields(what: str, page: Mapping[str, Any], needs: Collection[str], may: Collection[str]) -> None:
    """Raises BadInput when a field is missing (or empty) or unknown."""
    if missing := sorted(field for field in needs if page.get(field) in (None, "", [], {})):
        raise BadInput(f"{what} needs {', '.join(missing)}")
    if unknown := sorted(str(field) for field in set(page) - set(needs) - set(may)):
        raise BadInput(f"unknown field {', '.join(unknown)} for {what}")


@contextmanager
def _within(where: str) -> Iterator[None]:
    try:
        yield
    except BadInput as error:
        raise BadInput(f"{where}: {error.problem}") from None


def _rubric(name: Any, page: Any) -> Rubric:
    with _within(f"rubric {name}"):
        _name(name)
        if not isinstance(page, dict):
            page = {"criteria": page}
        if not isinstance(page.get("criteria"), list | None):
            raise BadInput("criteria must be a list of criteria")
        known_fields("a rubric", page, (), ("mode", "cap", "title", "criteria"))
        mode = page.get("mode", "sum")
        if mode not in MODES:
            raise BadInput(f"unknown mode {mode!r}; there are {', '.join(MODES)}")
        cap = _whole(page, "cap", least=1) if "cap" in page else None
        criteria = tuple(_criterion(line, mode) for line in page.get("criteria") or ())
        return Rubric(name, mode, criteria, cap, title(page["title"]) if "title" in page else None)


def _criterion(line: Any, mode: str) -> Criterion:
    if not isinstance(line, dict) or not line.get("criterion"):
        raise BadInput("each line is a mapping with a name under `criterion`")
    with _within(f"criterion {line['criterion']}"):
        name, kind = _name(line["criterion"]), line.get("kind")
        if kind not in KINDS:
            raise BadInput(f"unknown kind {kind!r}; there are {', '.join(KINDS)}")
        known_fields(f"a criterion of kind {kind}", line, KINDS[kind].needs, COMMON | KINDS[kind].may)
        if (counts := line.get("counts", "declared")) not in STATES:
            raise BadInput(f"counts must be one of {', '.join(STATES)}, not {counts!r}")
        read = Criterion(
            name,
            kind,
            counts=counts,
            reference=str(line.get("reference") or ""),
            title=title(line["title"]) if "title" in line else None,
            **_looked_at(line, kind),
            **_points(line, kind),
        )
        _consistent(read, mode)
        return read


def _looked_at(line: Mapping[str, Any], kind: str) -> dict[str, Any]:
    if KINDS[kind].words:
        return {"any_of": words("any_of", line["any_of"], KINDS[kind].words)}
    if kind in ("answer", "measure"):
        known = ANSWERS if kind == "answer" else tuple(MEASURES)
        if line["of"] not in known:
            raise BadInput(f"of: unknown {line['of']}; there are {', '.join(known)}")
        return {"of": line["of"]}
    return {}


def _points(line: Mapping[str, Any], kind: str) -> dict[str, Any]:
    if kind == "measure":
        return {"bands": _bands(line["bands"])}
    if kind == "seniority":
        return _seniority(line)
    if kind == "refusals" and _whole(line, "points") >= 0:
        raise BadInput("points of refusals must be negative: they are taken for each")
    counted = {field: _whole(line, field, least=1) for field in ("first", "most") if field in line}
    return {"points": _whole(line, "points"), **counted}


def _seniority(line: Mapping[str, Any]) -> dict[str, Any]:
    if ("abnormal_points" in line) != ("abnormal_after_months" in line):
        raise BadInput("abnormal_points and abnormal_after_months go together")
    given = {field: _whole(line, field) for field in ("points_per_month", "cap", "abnormal_points") if field in line}
    after = line.get("abnormal_after_months", {})
    by_rooms = after if isinstance(after, dict) else {1: after}
    if by_rooms and 1 not in by_rooms:
        raise BadInput("abnormal_after_months by wanted rooms must begin with 1")
    months = tuple(sorted((_rooms(rooms), _whole(by_rooms, rooms, least=1)) for rooms in by_rooms))
    return {**given, "abnormal_after": months}


def _rooms(given: Any) -> int:
    if not isinstance(given, int) or not 1 <= given <= 9:
        raise BadInput(f"abnormal_after_months: rooms are whole numbers from 1 to 9, not {given!r}")
    return given


def _bands(given: Any) -> tuple[Band, ...]:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise BadInput("bands must be a list of mappings of points and from, or of points and below")
    edge = "below" if any("below" in one for one in given) else "from"
    for one in given:
        known_fields("a band", one, (), ("points", edge))
        if isinstance(one.get(edge), bool) or not isinstance(one.get(edge), int | float):
            raise BadInput(f"bands: {edge} must be a number in each, not {one.get(edge)!r}")
    if len({one[edge] for one in given}) < len(given):
        raise BadInput(f"bands: {edge} is the same in two of them")
    ordered = sorted(given, key=lambda one: one[edge], reverse=edge == "from")
    return tuple(Band(_whole(one, "points"), **{"start" if edge == "from" else edge: one[edge]}) for one in ordered)


def _consistent(criterion: Criterion, mode: str) -> None:
    if criterion.kind == "box" and mode != "ticked":
        raise BadInput("a box only means something in a rubric of mode ticked")
    if {criterion.kind, criterion.of} & CITING and not ARTICLE.search(criterion.reference):
        raise BadInput("reference must cite an article (as L441-2-8 CCH): it looks at age, composition or residence")
    given = (criterion.points, criterion.points_per_month, *(band.points for band in criterion.bands))
    if mode == "best" and min(given) < 0:
        raise BadInput("points cannot be negative where the best criterion alone counts")


def _name(given: Any) -> str:
    if not isinstance(given, str) or not NAME.fullmatch(given) or given == CAP_LINE:
        raise BadInput(f"a name is lower-case letters, digits and _, and not {CAP_LINE}")
    return given


def _whole(page: Mapping[Any, Any], field: Any, *, least: int | None = None) -> int:
    given = page.get(field)
    if not isinstance(given, int) or isinstance(given, bool) or (least is not None and given < least):
        what = "a whole number" if least is None else f"a whole number from {least} on"
        raise BadInput(f"{field} must be {what}, not {given!r}")
    if abs(given) > LARGEST:
        raise BadInput(f"{field} must be at most {LARGEST}, not {given}")
    return given
