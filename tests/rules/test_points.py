"""Points equal their slow twin and the sum of their breakdown; nothing that a grid does not name changes them."""

from datetime import date
from typing import Any

import polars as pl
import pytest
import yaml
from applicants import DAY
from hypothesis import given, settings
from hypothesis import strategies as st
from points_by_hand import answered, by_hand, grid_of, register, row, slow_months
from tests.examples import examples

from carreau.errors import BadInput
from carreau.register.vocabulary import GROUND, KIND_OF_HOUSEHOLD, PRESENT_HOUSING, REASON, RESERVER
from carreau.rules.composition import months_since
from carreau.rules.grids import Grid, grids, parse
from carreau.rules.grids.words import ANSWERS, CITING, MEASURES, REFUSALS
from carreau.rules.points import Points, points
from carreau.rules.points.answers import NUMBERS

NAMES = [*grids(), "example"]
ROWS = st.fixed_dictionaries(
    {
        "seniority_from": st.dates(date(2005, 1, 1), DAY),
        "kind": st.sampled_from(list(KIND_OF_HOUSEHOLD.categories)),
        "births": st.lists(st.dates(date(1930, 1, 1), DAY), min_size=1, max_size=6),
        "present_housing": st.sampled_from(["social_tenant", *PRESENT_HOUSING.categories]),
        "present_rooms": st.none() | st.integers(1, 6),
        "grounds": st.lists(st.sampled_from(list(GROUND.categories)), unique=True, max_size=4),
        "dalo": st.booleans(),
        "relocated_for_renewal": st.sampled_from([False, False, True]),
        "resources": st.integers(0, 5_000),
        "wanted_rooms_min": st.integers(1, 6),
        # what no grid may look at
        "expected_births": st.integers(0, 2),
        "reference_income": st.integers(0, 50_000),
        "needs_adapted_home": st.booleans(),
        "reason": st.sampled_from(list(REASON.categories)),
        "reserver": st.sampled_from(list(RESERVER.categories)),
        "present_commune": st.sampled_from(["44109", "31555", "2A004"]),
        "present_charge": st.none() | st.integers(0, 900),
        "department": st.sampled_from(["44", "31"]),
        "wanted_communes": st.sampled_from([["44109"], ["31555", "44109"]]),
    }
)
BOXES = [one.name for rubric in grid_of("example").rubrics if rubric.answer for one in rubric.criteria]
ANSWERED = {
    **dict.fromkeys(ANSWERS, st.none() | st.booleans()),
    **dict.fromkeys(sorted(NUMBERS - {REFUSALS}), st.none() | st.integers(0, 800)),
    REFUSALS: st.none() | st.integers(0, 6),
    "ticked_present_housing": st.none() | st.sampled_from(BOXES),
}


def frames(
    cases: list[tuple[dict[str, Any], dict[str, Any]]],
) -> tuple[list[dict[str, Any]], pl.DataFrame, pl.DataFrame]:
    rows = [row(one, f"a{place}") for place, (one, _) in enumerate(cases)]
    answers = [{"application_id": f"a{place}", **given} for place, (_, given) in enumerate(cases)]
    return rows, register(rows), answered(answers)


def told(found: Points) -> list[dict[str, Any]]:
    """What `by_hand` gives, from the frames of a result."""
    return [
        {
            "total": total,
            "if_validated": later,
            "lines": lines_of(found.breakdown, application_id),
            "pending": lines_of(found.pending, application_id),
        }
        for application_id, _, total, later in found.totals.iter_rows()
    ]


def lines_of(frame: pl.DataFrame, application_id: str) -> dict[str, int]:
    """Points by line; the caps of several rubrics together, as the twin tells them."""
    lines: dict[str, int] = {}
    for name, given_points in frame.filter(pl.col("application_id") == application_id)[
        ["criterion", "points"]
    ].iter_rows():
        lines[name] = lines.get(name, 0) + given_points
    return lines


def answers_of(grid: Grid) -> st.SearchStrategy[dict[str, Any]]:
    names = sorted({one.name for one in grid.criteria})
    return st.fixed_dictionaries({**ANSWERED, "validated": st.lists(st.sampled_from(names), unique=True, max_size=9)})


def day_of(grid: Grid) -> date:
    return grid.end or DAY


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=examples(10))
def test_every_grid_equals_its_slow_twin_and_its_breakdown(name: str, data: st.DataObject) -> None:
    grid = grid_of(name)
    cases = data.draw(st.lists(st.tuples(ROWS, answers_of(grid)), min_size=1, max_size=6))
    rows, asked, answers = frames(cases)
    found = points(asked, grid, day_of(grid), answers)
    assert told(found) == [by_hand(grid, one, given, day_of(grid)) for one, (_, given) in zip(rows, cases, strict=True)]
    assert found.totals["application_id"].to_list() == [one["application_id"] for one in rows]
    sums = found.breakdown.group_by("application_id").agg(pl.col("points").sum().alias("sum"))
    checked = found.totals.drop_nulls("points").join(sums, on="application_id", how="left")
    assert checked["points"].to_list() == checked["sum"].fill_null(0).to_list()
    assert found.breakdown.filter(pl.col("points") == 0).is_empty()
    assert found.breakdown.join(found.totals.filter(pl.col("points").is_null()), on="application_id").is_empty()


WORDS = {
    "ground": list(GROUND.categories),
    "present_housing": list(PRESENT_HOUSING.categories),
    "household": list(KIND_OF_HOUSEHOLD.categories),
}
LIMITS = {"resources_per_unit": 24_000, "age": 90, "persons": 6, "dependants": 5, "persons_per_room": 5}


@st.composite
def criteria(draw: st.DrawFn, mode: str) -> dict[str, Any]:
    """A criterion of any kind, as a page of YAML holds it, without its name."""
    # few values, so that some are equal
    given_points = st.sampled_from([0, 5, 10, 10] if mode == "best" else [-10, 0, 5, 10, 10])
    kinds = ["seniority", *WORDS, "dalo", "over_occupied", "transfer", "answer", "measure"]
    kinds += {"sum": ["refusals"], "best": [], "ticked": ["refusals", "box"]}[mode]
    kind = draw(st.sampled_from(kinds))
    page: dict[str, Any] = {"kind": kind, "counts": draw(st.sampled_from(["declared", "validated", "social_worker"]))}
    page["reference"] = "L441-2-8 CCH"
    if kind == "seniority":
        page["points_per_month"] = draw(st.integers(0, 3))
        if draw(st.booleans()):
            page["cap"] = draw(st.integers(0, 90))
        if draw(st.booleans()):
            months = st.integers(1, 60)
            page["abnormal_after_months"] = draw(
                months | st.fixed_dictionaries({1: months}, optional={3: months, 4: months})
            )
            page["abnormal_points"] = draw(given_points)
    elif kind == "measure":
        page["of"] = draw(st.sampled_from(sorted(MEASURES)))
        edge = draw(st.sampled_from(["from", "below"]))
        # halves of odd numbers: no measure is ever exactly on a fraction that rounds
        edges = st.lists(st.integers(0, LIMITS.get(page["of"], 800)), min_size=1, max_size=3, unique=True)
        page["bands"] = [{edge: at + 0.25, "points": draw(given_points)} for at in draw(edges)]
    else:
        page["points"] = draw(st.integers(-20, -1) if kind == "refusals" else given_points)
        if kind in WORDS:
            page["any_of"] = draw(st.lists(st.sampled_from(WORDS[kind]), min_size=1, max_size=3, unique=True))
        if kind == "answer":
            page["of"] = draw(st.sampled_from(ANSWERS))
        if kind == "refusals":
            page["first"] = draw(st.integers(1, 3))
            page["most"] = draw(st.integers(1, 3))
    return page


@st.composite
def some_rubrics(draw: st.DrawFn) -> dict[str, Any]:
    read = {}
    for place in range(draw(st.integers(1, 3))):
        mode = draw(st.sampled_from(["sum", "best", "ticked"]))
        lines = draw(st.lists(criteria(mode), min_size=1, max_size=4))
        named = [{"criterion": f"c{place}_{n}", **line} for n, line in enumerate(lines)]
        cap = {"cap": draw(st.integers(1, 50))} if draw(st.booleans()) else {}
        read[f"r{place}"] = {"mode": mode, "criteria": named, **cap}
    return read


@st.composite
def any_grid(draw: st.DrawFn) -> Grid:
    """A grid that nobody wrote, of every kind of criterion, mode and cap."""
    page: dict[str, Any] = {"name": "any", "title": {"fr": "x", "en": "x"}, "reference": "x", "certainty": "to verify"}
    page["not_scored"] = draw(st.lists(st.sampled_from(["dalo", "relocated_for_renewal", "transfer"]), unique=True))
    page["partial"] = True
    if draw(st.booleans()):
        page["rubrics"] = draw(some_rubrics())
    else:
        page["tables"] = draw(st.fixed_dictionaries({"new": some_rubrics()}, optional={"transfer": some_rubrics()}))
    return parse(yaml.safe_dump(page), "any.yaml")


@given(grid=any_grid(), data=st.data())
@settings(max_examples=examples(32))
def test_any_grid_equals_its_slow_twin(grid: Grid, data: st.DataObject) -> None:
    ticks = {
        rubric.answer: st.none() | st.sampled_from([one.name for one in rubric.criteria])
        for rubric in grid.rubrics
        if rubric.answer
    }
    shared = {name: ticks[name] for name in ticks if sum(one.answer == name for one in grid.rubrics) == 1}
    given_answers = st.tuples(answers_of(grid), st.fixed_dictionaries(shared)).map(lambda pair: {**pair[0], **pair[1]})
    cases = data.draw(st.lists(st.tuples(ROWS, given_answers), min_size=1, max_size=4))
    rows, asked, answers = frames(cases)
    found = points(asked, grid, DAY, answers)
    assert told(found) == [by_hand(grid, one, given, DAY) for one, (_, given) in zip(rows, cases, strict=True)]


def test_the_first_among_equals_counts_once() -> None:
    lines = [
        {"criterion": name, "kind": "answer", "of": name, "points": worth}
        for name, worth in (("new_job", 3), ("separation", 5), ("job_transfer", 5), ("home_business", 4))
    ]
    page = {"name": "near", "title": {"fr": "x", "en": "x"}, "reference": "x", "certainty": "to verify"}
    grid = parse(yaml.safe_dump({**page, "rubrics": {"near": {"mode": "best", "criteria": lines}}}), "near.yaml")
    everything = answered([{"application_id": "a", **{one["criterion"]: True for one in lines}}])
    (found,) = told(points(register([row({})]), grid, DAY, everything))
    assert found["lines"] == {"separation": 5}


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=examples(10))
def test_what_the_grid_does_not_name_changes_nothing(name: str, data: st.DataObject) -> None:
    grid = grid_of(name)
    one, other = data.draw(st.tuples(ROWS, ROWS))
    said, unsaid = data.draw(st.tuples(answers_of(grid), answers_of(grid)))
    kept = {column: value for column, value in one.items() if column in grid.reads}
    heard = {column: value for column, value in said.items() if column in (*grid.answers, "validated")}
    _, asked, answers = frames([(one, said), ({**other, **kept}, {**unsaid, **heard})])
    first, second = told(points(asked, grid, day_of(grid), answers))
    assert first == second


@pytest.mark.parametrize("name", NAMES)
def test_age_composition_and_residence_only_count_by_a_criterion_that_says_so(name: str) -> None:
    personal = {"births", "kind", "expected_births", "needs_adapted_home", "present_commune", "wanted_communes"}
    for one in grid_of(name).criteria:
        if one.reads & personal and one.kind != "over_occupied":
            assert {one.kind, one.of} & CITING
            assert "L441" in one.reference


@given(st.dates(date(2000, 1, 1), date(2026, 1, 1)), st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_months_equal_their_slow_twin(start: date, day: date) -> None:
    found = pl.DataFrame({"start": [start]}).select(months_since(pl.col("start"), day)).item()
    assert found == slow_months(start, day)


def test_what_nobody_answered_is_said() -> None:
    found = points(register([row({})]), grid_of("example"), DAY)
    assert found.unanswered == grid_of("example").answers
    partly = points(register([row({})]), grid_of("lyon-partial"), DAY, answered([{"application_id": "b"}]))
    assert partly.unanswered == ("effort_rate_too_high",)
    assert points(register([row({})]), grid_of("demo"), DAY).unanswered == ()


def test_an_application_without_answers_of_its_own_is_scored_without_them() -> None:
    answers = answered([{"application_id": "b", "effort_rate_too_high": True, "validated": []}])
    found = points(register([row({}, "a"), row({}, "b")]), grid_of("lyon-partial"), DAY, answers)
    assert found.totals["points"].to_list() == [0, 10]


def test_no_application_gives_empty_frames() -> None:
    found = points(register([]), grid_of("example"), DAY, answered([{"application_id": "a", "key_worker": True}]))
    assert (found.totals.height, found.breakdown.height, found.pending.height) == (0, 0, 0)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"nationality": "x"}, "column nationality: no such answer"),
        ({"sex": "x"}, "column sex: no such answer"),
        ({"key_worker": "yes"}, "column key_worker: a truth value is expected, not String"),
        ({"effort_rate": "high"}, "column effort_rate: a number is expected"),
        ({"effort_rate": -1}, "column effort_rate: a number from nought on"),
        ({"fitting_refusals": 1.5}, "column fitting_refusals: a number is expected .whole"),
        ({"ticked_present_housing": 1}, "column ticked_present_housing: the name of a criterion"),
        ({"ticked_present_housing": "castle"}, "no such box: castle; there are hosted, hotel, street"),
        ({"validated": ["dalo"], "territory": "x"}, "column territory: no such answer"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_by_name(answers: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        points(register([row({})]), grid_of("example"), DAY, pl.DataFrame([{"application_id": "a", **answers}]))


def test_answers_name_each_application_once() -> None:
    twice = pl.DataFrame({"application_id": ["a", "a"], "key_worker": [True, False]})
    with pytest.raises(BadInput, match="two rows of answers for application a"):
        points(register([row({})]), grid_of("example"), DAY, twice)
    with pytest.raises(BadInput, match="column application_id"):
        points(register([row({})]), grid_of("example"), DAY, twice.select("key_worker"))
    wrong = pl.DataFrame({"application_id": ["a"], "validated": ["dalo"]})
    with pytest.raises(BadInput, match="column validated: a list of criteria"):
        points(register([row({})]), grid_of("example"), DAY, wrong)


@pytest.mark.parametrize("day", [date(2014, 10, 2), date(2024, 1, 10)])
def test_a_grid_is_not_used_outside_its_dates(day: date) -> None:
    grid = grid_of("paris-partial")
    assert grid.start
    assert grid.end
    points(register([row({}, day=grid.start)]), grid, grid.start)
    points(register([row({}, day=grid.end)]), grid, grid.end)
    with pytest.raises(BadInput, match=f"paris-partial holds from 2014-10-03 to 2024-01-09, not on {day}"):
        points(register([row({}, day=day)]), grid, day)
