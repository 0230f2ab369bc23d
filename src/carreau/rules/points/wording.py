"""The account of points as sentences, in French and English."""

from collections.abc import Iterator

from carreau.rules.grids.grid import Title
from carreau.rules.points.account import Line, PointsAccount
from carreau.text import knows, number, say, written_date


def sentences(made: PointsAccount, language: str) -> list[str]:
    """The account in `language` ("fr" or "en"): the grid, the total and its lines, what is pending, what to know."""
    grid, day = made.grid, written_date(made.applicant.day, language)
    lines = [say("points.title", language, grid=grid.title[language], day=day)]
    lines += [say(f"points.{flag}", language) for flag in ("fictitious", "partial") if getattr(grid, flag)]
    if made.total is None:
        lines.append(say("points.not_scored", language))
    else:
        since = written_date(made.applicant.seniority_from, language)
        lines.append(say("points.total", language, count=made.total, since=since))
        if made.table != "everyone":
            lines.append(say(f"points.table_{made.table}", language))
        lines += [_line(made, line, language) for line in made.lines]
        lines += _pending(made, language)
        if made.unanswered:
            lines.append(say("points.unanswered", language, count=len(made.unanswered)))
        lines.append(say("points.provisional", language))
    lines += [say(f"points.{code}", language) for code in grid.observations]
    unsure = say("points.to_verify", language) if grid.certainty != "verified" else ""
    source = say("points.source", language, reference=grid.reference, unsure=unsure)
    return [*lines, say("points.caution", language), source]


def _line(made: PointsAccount, line: Line, language: str) -> str:
    named = {"criterion": _criterion(made, line, language), "rubric": _rubric(made, line, language)}
    given = number(line.points, language)
    if line.state is None:
        return say("points.capped", language, points=given, rubric=named["rubric"])
    return say(f"points.{line.state}", language, points=given, **named)


def _pending(made: PointsAccount, language: str) -> Iterator[str]:
    for line in made.pending:
        named = {"criterion": _criterion(made, line, language), "rubric": _rubric(made, line, language)}
        yield say(f"points.awaits_{line.state}", language, points=number(line.points, language), **named)
    if made.pending and made.if_validated is not None:
        yield say("points.if_validated", language, count=made.if_validated)


def _criterion(made: PointsAccount, line: Line, language: str) -> str:
    own = next((one.title for one in made.grid.criteria if one.name == line.criterion and one.title), None)
    return _words(own, f"criterion.{line.criterion}", line.criterion, language)


def _rubric(made: PointsAccount, line: Line, language: str) -> str:
    own = next((one.title for one in made.grid.rubrics if one.name == line.rubric and one.title), None)
    return _words(own, f"rubric.{line.rubric}", line.rubric, language)


def _words(own: Title | None, key: str, name: str, language: str) -> str:
    """The grid's own title, else the catalogue's, else the name as it is."""
    if own is not None:
        return own[language]
    return say(key, language) if knows(key) else name.replace("_", " ")
