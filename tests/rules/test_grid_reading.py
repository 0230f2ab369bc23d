"""What a grid may say, and what is refused of one, by file, rubric, criterion and field."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from points_by_hand import PAGE, grid_of

from carreau.errors import BadInput
from carreau.register.tables import Applications
from carreau.rules.grids import grids, load_grid, parse, read
from carreau.rules.grids.reading import MAY, NEEDS
from carreau.rules.grids.words import ANSWERS, CITING, COMMON, KINDS, MEASURES, MODES, NOT_SCORED, REFUSALS, STATES
from carreau.rules.parameters import load
from carreau.text import knows

LINE = {"criterion": "dalo", "kind": "dalo", "points": 50}
GRID = {
    "name": "mine",
    "title": {"fr": "Ma grille", "en": "My grid"},
    "reference": "deliberation of the council",
    "certainty": "verified",
    "rubrics": {"priority": [LINE]},
}
MEASURE = {"criterion": "m", "kind": "measure", "of": "effort_rate"}


def written(tmp_path: Path, page: object) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(page if isinstance(page, str) else yaml.safe_dump(page), encoding="utf-8")
    return file


def test_what_is_not_real_says_so() -> None:
    assert {name: (load_grid(name).fictitious, load_grid(name).partial) for name in grids()} == {
        "demo": (True, False),
        "lyon-partial": (False, True),
        "paris-partial": (False, True),
        "toulouse-partial": (False, True),
    }


@pytest.mark.parametrize("name", grids())
def test_a_shipped_grid_bears_its_name_its_source_and_its_words(name: str) -> None:
    grid = load_grid(name)
    assert grid.name == name
    assert grid.fictitious or "https://" in grid.reference
    assert [one.name for one in grid.rubrics if not knows(f"rubric.{one.name}")] == []
    assert grid.observations == ()


def test_a_grid_of_a_territory_is_read(tmp_path: Path) -> None:
    grid = load_grid(written(tmp_path, GRID))
    assert [(one.name, one.points) for one in grid.criteria] == [("dalo", 50)]
    assert [(one.name, one.mode, one.cap) for one in grid.rubrics] == [("priority", "sum", None)]
    assert [table.applicants for table in grid.tables] == ["everyone"]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([{**LINE, "kind": "sex"}], "unknown kind 'sex'; there are seniority, ground"),
        ([{**LINE, "points": 2.5}], "points must be a whole number, not 2.5"),
        ([{**LINE, "points": True}], "points must be a whole number"),
        ([{**LINE, "points": 10_001}], "points must be at most 10000"),
        ([{**LINE, "bonus": 1}], "unknown field bonus for a criterion of kind dalo"),
        ([{"criterion": "dalo", "kind": "dalo"}], "a criterion of kind dalo needs points"),
        ([{"kind": "dalo", "points": 1}], "with a name under `criterion`"),
        (["dalo"], "each line is a mapping"),
        ([{**LINE, "criterion": "Le DALO"}], "a name is lower-case letters"),
        ([{**LINE, "criterion": "rubric_cap"}], "and not rubric_cap"),
        ([{**LINE, "counts": "perhaps"}], "counts must be one of declared, validated, social_worker, not 'perhaps'"),
        ([{**LINE, "title": {"fr": "x"}}], "the title must be given in fr and en"),
        (
            [{"criterion": "g", "kind": "ground", "any_of": ["tall"], "points": 1}],
            "any_of: unknown tall; there are dis",
        ),
        ([{"criterion": "g", "kind": "ground", "any_of": [], "points": 1}], "a criterion of kind ground needs any_of"),
        ([{"criterion": "g", "kind": "ground", "any_of": "dalo", "points": 1}], "any_of must be a list of words"),
        (
            [{"criterion": "s", "kind": "seniority", "points_per_month": 1, "abnormal_points": 2}],
            "abnormal_points and abnormal_after_months go together",
        ),
        (
            [
                {
                    "criterion": "s",
                    "kind": "seniority",
                    "points_per_month": 1,
                    "abnormal_after_months": {4: 24},
                    "abnormal_points": 2,
                }
            ],
            "by wanted rooms must begin with 1",
        ),
        (
            [
                {
                    "criterion": "s",
                    "kind": "seniority",
                    "points_per_month": 1,
                    "abnormal_after_months": {1: 24, "T4": 1},
                    "abnormal_points": 2,
                }
            ],
            "rooms are whole numbers from 1 to 9, not 'T4'",
        ),
        (
            [{"criterion": "a", "kind": "answer", "of": "nationality", "points": 1}],
            "of: unknown nationality; there are",
        ),
        ([{"criterion": "a", "kind": "answer", "of": "health", "points": 1}], "of: unknown health"),
        ([{**MEASURE, "of": "religion", "bands": [{"from": 1, "points": 1}]}], "of: unknown religion"),
        (
            [{**MEASURE, "bands": [{"from": 1, "points": 1}, {"below": 1, "points": 1}]}],
            "unknown field from for a band",
        ),
        ([{**MEASURE, "bands": [{"from": "high", "points": 1}]}], "bands: from must be a number in each, not 'high'"),
        ([{**MEASURE, "bands": [{"from": 1}]}], "points must be a whole number, not None"),
        (
            [{**MEASURE, "bands": [{"from": 1, "points": 1}, {"from": 1, "points": 2}]}],
            "from is the same in two of them",
        ),
        ([{**MEASURE, "bands": 3}], "bands must be a list of mappings"),
        ([{"criterion": "r", "kind": "refusals", "points": 10}], "points of refusals must be negative"),
        ([{"criterion": "r", "kind": "refusals", "points": -1, "most": 0}], "most must be a whole number from 1 on"),
        ([{"criterion": "b", "kind": "box", "points": 1}], "a box only means something in a rubric of mode ticked"),
        (
            [{"criterion": "h", "kind": "household", "any_of": ["lone_parent"], "points": 1, "reference": "usage"}],
            "reference must cite an article",
        ),
        ([{**MEASURE, "of": "age", "bands": [{"below": 30, "points": 1}]}], "reference must cite an article"),
        (
            [{"criterion": "l", "kind": "answer", "of": "lives_in_commune", "points": 1}],
            "reference must cite an article",
        ),
    ],
)
def test_a_bad_line_is_refused_by_rubric_criterion_and_field(tmp_path: Path, lines: list[Any], problem: str) -> None:
    named = isinstance(lines[0], dict) and "criterion" in lines[0]
    where = f"rubric priority: criterion {lines[0]['criterion']}: " if named else "rubric priority: "
    with pytest.raises(BadInput, match=f"mine.yaml: {re.escape(where)}.*{re.escape(problem)}"):
        read(written(tmp_path, {**GRID, "rubrics": {"priority": lines}}))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"rubrics": {"priority": [LINE, LINE]}}, "two criteria are named dalo"),
        ({"rubrics": {"priority": [LINE], "other": [LINE]}}, "two criteria are named dalo"),
        ({"rubrics": {"priority": []}}, "has no criterion"),
        ({"rubrics": []}, "has no rubrics"),
        ({"rubrics": {"priority": {"criteria": 3}}}, "rubric priority: criteria must be a list"),
        ({"rubrics": {"priority": {"mode": "worst", "criteria": [LINE]}}}, "unknown mode 'worst'; there are sum, best"),
        ({"rubrics": {"priority": {"cap": 0, "criteria": [LINE]}}}, "cap must be a whole number from 1 on, not 0"),
        ({"rubrics": {"priority": {"most": 3, "criteria": [LINE]}}}, "unknown field most for a rubric"),
        ({"rubrics": {"Publics": [LINE]}}, "a name is lower-case"),
        (
            {"rubrics": {"priority": {"mode": "best", "criteria": [{**LINE, "points": -1}]}}},
            "points cannot be negative where the best criterion alone counts",
        ),
        ({"tables": {"new": {"priority": [LINE]}}}, "either rubrics or tables"),
        ({"certainty": "sure"}, "certainty must be one of verified, to verify, not 'sure'"),
        ({"colour": "red"}, "unknown field colour for the grid"),
        ({"partial": "yes"}, "partial must be true or false, not 'yes'"),
        ({"from": "soon"}, "from must be a date"),
        ({"from": "2024-01-02", "until": "2024-01-01"}, "from must be a date"),
        ({"not_scored": ["women"]}, "not_scored: unknown women; there are dalo"),
        ({"not_scored": 3}, "not_scored must be a list of words"),
        ({"refusal": "none"}, "refusal can only be no_effect"),
    ],
)
def test_a_bad_grid_is_refused_by_field(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadInput, match=f"mine.yaml: .*{re.escape(problem)}"):
        read(written(tmp_path, {**GRID, **change}))


def test_dates_in_disorder_are_refused() -> None:
    text = yaml.safe_dump(GRID) + "from: 2024-01-02\nuntil: 2024-01-01\n"
    with pytest.raises(BadInput, match="until 2024-01-01 is before from 2024-01-02"):
        parse(text, "mine.yaml")


@pytest.mark.parametrize("field", [*NEEDS, "rubrics"])
def test_a_grid_that_lacks_something_is_refused(tmp_path: Path, field: str) -> None:
    with pytest.raises(BadInput, match=f"{field}"):
        read(written(tmp_path, {name: value for name, value in GRID.items() if name != field}))


@pytest.mark.parametrize("text", ["rubrics: [", "3", "", "name: a\nname: b\n", "rubrics: {a: [], a: []}"])
def test_what_is_no_grid_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput, match=r"mine\.yaml"):
        read(written(tmp_path, text))


def test_a_rubric_written_twice_is_not_lost_in_silence(tmp_path: Path) -> None:
    text = yaml.safe_dump(GRID) + "rubrics: {other: []}\n"
    with pytest.raises(BadInput, match="rubrics written twice"):
        read(written(tmp_path, text))


def test_an_unknown_grid_is_refused_with_those_that_exist() -> None:
    with pytest.raises(BadInput, match="unknown points grid 'rennes': not a file, nor one of demo, lyon-partial"):
        load_grid("rennes")


def test_only_a_partial_grid_may_lack_a_table() -> None:
    page = {name: value for name, value in GRID.items() if name != "rubrics"}
    page["tables"] = {"new": {"priority": [LINE]}}
    with pytest.raises(BadInput, match="transfer is missing; a grid that lacks a table is partial"):
        parse(yaml.safe_dump(page), "mine.yaml")
    assert parse(yaml.safe_dump({**page, "partial": True}), "mine.yaml").tables[0].applicants == "new"
    assert parse(yaml.safe_dump({**page, "not_scored": ["transfer"]}), "mine.yaml").not_scored == ("transfer",)
    with pytest.raises(BadInput, match="tables must be a mapping of new and transfer"):
        parse(yaml.safe_dump({**page, "tables": {"old": {"priority": [LINE]}}}), "mine.yaml")


def test_a_whole_grid_is_told_what_the_law_asks_for_and_it_does_not_say() -> None:
    bare = {**GRID, "rubrics": {"local": [{"criterion": "k", "kind": "answer", "of": "key_worker", "points": 1}]}}
    grid = parse(yaml.safe_dump(bare), "mine.yaml")
    assert grid.observations == ("no_seniority", "no_priority_ground", "refusal_unstated")
    assert parse(yaml.safe_dump({**bare, "partial": True}), "mine.yaml").observations == ()
    assert parse(yaml.safe_dump({**GRID, "refusal": "no_effect"}), "mine.yaml").observations == ("no_seniority",)


PROTECTED = (
    r"name|sex|gender|wom[ae]n|\bman\b|origin|ethnic|nation|foreign|citizen|migr|reunion|religi|faith|health|sick"
    r"|opinion|orientation"
)


def test_no_word_of_a_grid_is_a_protected_trait() -> None:
    own = {word for name, kind in KINDS.items() if name != "ground" for word in kind.words}
    every = {*KINDS, *own, *ANSWERS, *MEASURES, *NOT_SCORED, REFUSALS}
    assert [word for word in sorted(every) if re.search(PROTECTED, word)] == []
    assert set(KINDS["ground"].words) == set(load("priorities").parameters)  # the list of L441-1, nothing more
    assert all(re.search(PROTECTED, word) for word in ("nationality", "family_reunion", "first_name", "health"))


def test_a_grid_reads_columns_of_the_register_and_never_where_it_says_who_somebody_is() -> None:
    columns = set(Applications.create_empty().columns)
    every = {column for kind in KINDS.values() for column in kind.reads}
    every |= {column for read_from in MEASURES.values() for column in read_from} | set(NOT_SCORED.values())
    assert every <= columns
    assert not every & {"application_id", "department", "reason", "present_commune", "reference_income", "origin"}


def test_the_page_names_every_field_kind_and_word() -> None:
    page = PAGE.read_text(encoding="utf-8")
    every = {*NEEDS, *MAY, *COMMON, *MODES, *STATES, *KINDS, *ANSWERS, *MEASURES, *NOT_SCORED, *grids()}
    every |= {field for kind in KINDS.values() for field in kind.needs | kind.may}
    assert [word for word in sorted({*every, REFUSALS}) if f"`{word}`" not in page] == []


def test_the_example_of_the_page_shows_every_kind_but_one_and_every_mode() -> None:
    example = grid_of("example")
    assert set(KINDS) - {one.kind for one in example.criteria} == {"transfer"}
    assert {one.mode for one in example.rubrics} == set(MODES)
    assert {one.counts for one in example.criteria} == set(STATES)
    assert example.observations == ()
    assert {*KINDS, *ANSWERS, *MEASURES} >= CITING
