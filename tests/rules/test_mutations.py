"""Changing any parameter in force breaks at least one case of tests/spec.

Every number, word and truth value of the newest value of every parameter is changed in memory, one at a time, and the
cases run until one fails. Families and cases are found, not listed: a case is what a test of this folder takes as its
only argument `case`. Parameters that a case did not read when nothing was changed cannot be broken by it, so that only
its readers run.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import carreau
from carreau.register.vocabulary import CEILING_CLASS
from carreau.rules.parameters import Parameter, families, load

# What no case covers yet, as family or family/parameter, and why. Keep it short; what a case breaks must leave it.
UNCOVERED: dict[str, str] = {}

# What no computation reads: reference data, of which only a case that gives the value as its text does would notice a
# change. Whoever begins to read one must take it out here and write a case that uses it.
ONLY_STATED = {
    "sru",
    "tfpb",
    "commission/silence",
    "commission/outcomes",  # test_reasons.py compares them with the reasons that are given
    "commission/candidates_exceptions",  # read once, as the site starts: a constraint of its database names them
    "first_quartile/median_threshold",
    "needs/adapted_homes_go_to",
    "retention/application_validity",
    "retention/landlord_file",
    "retention/national_identifier_masked",
    "retention/reminder",
    "retention/striking_off",
    "retention/warning",
}

STATED, USED = "test_stated_values", "test_used_values"


@dataclass(frozen=True)
class Case:
    place: int
    module: str
    run: Callable[[dict[str, Any]], None]
    content: dict[str, Any]

    def holds(self) -> bool:
        try:
            self.run(self.content)
        except (Exception, pytest.fail.Exception):
            return False
        return True


@cache
def cases() -> tuple[Case, ...]:
    """Cases of every test parametrised by `case`; those that state a value first, for they are the quickest."""
    modules = sorted((path.stem for path in Path(__file__).parent.glob("test_*.py")), key=lambda name: name != STATED)
    found = [(name, *case) for name in modules if name != Path(__file__).stem for case in cases_of(name)]
    return tuple(Case(place, *one) for place, one in enumerate(found))


def cases_of(module: str) -> Iterator[tuple[Callable[[dict[str, Any]], None], dict[str, Any]]]:
    for test in vars(import_module(module)).values():
        for mark in getattr(test, "pytestmark", []):
            if mark.name == "parametrize" and mark.args[0] == "case":
                yield from ((test, one.values[0]) for one in mark.args[1])


@cache
def readers() -> dict[str, tuple[Case, ...]]:
    """The cases that read each parameter (`family/name`); one that fails as things are is left to its own test."""
    found: dict[str, list[Case]] = {}
    owner = {id(one): f"{name}/{one.name}" for name in families() for one in load(name).parameters.values()}
    read: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        for name in families():
            for parameter in load(name).parameters.values():
                patch.setitem(load(name).parameters, parameter.name, Watched.of(parameter, read, owner[id(parameter)]))
        for case in cases():
            read.clear()
            if case.holds():
                for parameter in read:
                    found.setdefault(parameter, []).append(case)
    return {parameter: tuple(ones) for parameter, ones in found.items()}


class Watched(Parameter):
    """A parameter that writes down that its values were asked for."""

    @classmethod
    def of(cls, parameter: Parameter, read: set[str], name: str) -> "Watched":
        made = cls(parameter.name, parameter.title, parameter.unit, parameter.values)
        object.__setattr__(made, "seen", lambda: read.add(name))
        return made

    def __getattribute__(self, name: str) -> Any:
        if name == "values" and "seen" in object.__getattribute__(self, "__dict__"):
            object.__getattribute__(self, "seen")()
        return super().__getattribute__(name)


def changed(value: Any, step: float = 0.01) -> Iterator[Any]:
    """The value with each of its leaves changed in turn; numbers up and down, fractions by a step."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from ({**value, key: other} for other in changed(one, step))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from ([*value[:place], other, *value[place + 1 :]] for other in changed(one, step))
    else:
        yield from changed_leaf(value, step)


def changed_leaf(value: Any, step: float) -> tuple[Any, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return value + 1, value - 1
    if isinstance(value, float):
        return round(value + step, 6), round(value - step, 6)
    if isinstance(value, date):
        return value + timedelta(days=1), value - timedelta(days=1)
    if value in CEILING_CLASS.categories:
        return tuple(other for other in CEILING_CLASS.categories if other != value)
    return (f"{value} changed",)


def all_changed(value: Any, turn: int, step: float = 0.01) -> Any:
    """The value with all of its leaves changed at once, the first or the last way of each."""
    if isinstance(value, dict):
        return {key: all_changed(one, turn, step) for key, one in value.items()}
    if isinstance(value, list):
        return [all_changed(one, turn, step) for one in value]
    return changed_leaf(value, step)[turn]


def newest(name: str) -> tuple[Any, float]:
    """The newest value of a parameter, and a step that shows: consumption units are stored in tenths."""
    family, _, own = name.partition("/")
    parameter = load(family)[own]
    return parameter.values[-1].value, 0.1 if parameter.unit == "UC" else 0.01


def breaks(name: str, value: Any, stated: bool = True) -> bool:
    """Whether one of the cases fails when a parameter has another newest value; `stated` ones among them or not."""
    family, _, own = name.partition("/")
    parameter, read_by = (
        load(family)[own],
        [case for case in readers().get(name, ()) if stated or case.module != STATED],
    )
    other = replace(parameter, values=(*parameter.values[:-1], replace(parameter.values[-1], value=value)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(load(family).parameters, own, other)
        failed = next((case for case in sorted(read_by, key=most_likely_first) if not case.holds()), None)
    LAST.extend([failed] if failed and failed.module != STATED else [])
    return failed is not None


LAST: list[Case] = []
"""The cases that broke, newest last: the two sides of a boundary, and the parameters of a family, are neighbours."""


NEIGHBOURS = 3


def most_likely_first(case: Case) -> tuple[int, int]:
    """Stated values, then the neighbours of the last that broke, then the cases that read the fewest parameters."""
    if case.module == STATED:
        return 0, 0
    distance = abs(case.place - LAST[-1].place) if LAST else NEIGHBOURS + 1
    return (1, distance) if distance <= NEIGHBOURS else (2, parameters_read()[case.place])


@cache
def parameters_read() -> Counter[int]:
    """How many parameters the case of each place reads."""
    return Counter(case.place for read_by in readers().values() for case in read_by)


def listed(name: str, listing: Any) -> bool:
    return name in listing or name.partition("/")[0] in listing


NAMES = [f"{name}/{parameter}" for name in families() for parameter in load(name).parameters]


@pytest.mark.parametrize("name", NAMES)
def test_any_change_breaks_a_case(name: str) -> None:
    value, step = newest(name)
    changes = list(changed(value, step))
    assert changes
    survivors = [other for other in changes if not breaks(name, other)]
    if listed(name, UNCOVERED):
        assert survivors, f"{name} is covered by now: take it out of UNCOVERED"
    else:
        assert not survivors, f"{name}: no case breaks when it is {survivors[0]}; {len(survivors)} such changes"


@pytest.mark.parametrize("name", NAMES)
def test_what_a_computation_reads_is_broken_by_a_case_of_it(name: str) -> None:
    only_stated = {case.module for case in readers().get(name, ())} <= {STATED}
    assert only_stated == (listed(name, ONLY_STATED) or listed(name, UNCOVERED))
    if any(case.module == STATED for case in readers()[name]) and not only_stated:
        value, step = newest(name)
        assert any(breaks(name, all_changed(value, turn, step), stated=False) for turn in (0, -1))


@pytest.mark.parametrize("name", NAMES)
def test_where_a_case_says_what_follows_any_change_breaks_one_that_does(name: str) -> None:
    if {case.module for case in readers()[name]} <= {STATED, USED}:
        value, step = newest(name)
        survivors = [other for other in changed(value, step) if not breaks(name, other, stated=False)]
        assert not survivors or listed(name, ONLY_STATED)


def test_no_code_reads_the_families_that_are_reference_data() -> None:
    named = re.compile(r"""["'](sru|tfpb)["'/]""")
    source = Path(carreau.__file__).parent.rglob("*.py")
    read = [path for path in source if named.search(path.read_text(encoding="utf-8"))]
    assert not read, "take the family out of ONLY_STATED, and write cases that use its values"


def test_a_change_is_undone_and_leaves_of_every_kind_change() -> None:
    before = load("needs")["minimum_surface"].values[-1].value
    assert breaks("needs/minimum_surface", {**before, "one": 99})
    assert load("needs")["minimum_surface"].values[-1].value == before
    assert list(changed({"a": [1, 0.5], "b": True})) == [
        {"a": [2, 0.5], "b": True},
        {"a": [0, 0.5], "b": True},
        {"a": [1, 0.51], "b": True},
        {"a": [1, 0.49], "b": True},
        {"a": [1, 0.5], "b": False},
    ]
    assert list(changed("none")) == ["none changed"]
    assert all_changed({"a": [1, 0.5], "b": True}, -1) == {"a": [0, 0.49], "b": False}
    assert set(changed("PLS")) == set(CEILING_CLASS.categories) - {"PLS"}
