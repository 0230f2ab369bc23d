"""The mutation tool on a package made up here: what a test finds, what it misses, what nobody can find."""

from pathlib import Path

import pytest
import yaml
from tools.mutate import mutate, report
from tools.mutation.mutants import Mutant, mutants_of, sample
from tools.mutation.rooms import ROOMS, Room
from tools.mutation.scoring import Equivalent, Score, record, row, score, unknown, wilson
from tools.mutation.trying import Outcome, Patience, Tried

MODULE = """\
from functools import cache


@cache
def grown(age):
    return age >= 18


def steps(left):
    count = 0
    while left > 0:
        left -= 1
        count += 1
    return count


def larger(one, other):
    return one if one > other else other


def unread():
    return 7
"""

TESTS = """\
import pytest
from made_up import grown, larger, steps


@pytest.mark.parametrize("age", [17, 30])
def test_grown(age):
    assert grown(age) == (age > 17)


def test_grown_again():
    assert not grown(17)


def test_steps():
    assert steps(3) == 3


def test_larger():
    assert larger(2, 1) == 2 and larger(1, 2) == 2
"""

MADE_UP = Room(("src/*.py",), ("tests",))
LARGER_OR_EQUAL = {
    "file": "src/made_up.py",
    "inside": "larger",
    "before": "return one if one > other else other",
    "after": "return one if one >= other else other",
    "reason": "of two equal ones either is the larger",
}
OUTCOMES = {
    "return age >= 18 → return age > 18": Outcome.SURVIVED,  # no test is 18 years old
    "return age >= 18 → return age >= 17": Outcome.FOUND,
    "return one if one > other else other → return one if one >= other else other": Outcome.EQUIVALENT,
    "left -= 1 → left += 1": Outcome.TIMEOUT,
    "return 7 → return 8": Outcome.UNREACHED,
}


def found_in(text: str) -> list[str]:
    return [f"{one.operator}: {one.before} → {one.after}" for one in mutants_of("a.py", text.encode())]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    root = tmp_path / "package"
    files = {
        "src/made_up.py": MODULE,
        "tests/test_made_up.py": TESTS,
        "equivalent.yaml": yaml.safe_dump([LARGER_OR_EQUAL]),
        "pytest.ini": "[pytest]\n",
    }
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    return root


def test_each_outcome(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def chosen(mutants: list[Mutant], size: int, seed: int) -> list[Mutant]:
        assert (size, seed) == (60, 1)
        return [one for one in mutants if f"{one.before} → {one.after}" in OUTCOMES]

    monkeypatch.setattr("tools.mutate.sample", chosen)
    said: list[str] = []
    patience = Patience(times=2, more=2)
    named = package / "equivalent.yaml"
    options = {"size": 60, "seed": 1, "at_once": 2, "patience": patience, "named": named, "say": said.append}
    tried = mutate(package, "made_up", MADE_UP, **options)
    assert {f"{one.mutant.before} → {one.mutant.after}": one.outcome for one in tried} == OUTCOMES
    assert score(tried) == Score(found=2, tried=4)
    assert (package / "src" / "made_up.py").read_text() == MODULE
    (survivor,) = [one for one in tried if one.outcome is Outcome.SURVIVED]
    # the second to ask for what is cached depends on it too
    assert {test.split("::")[1] for test in survivor.tests} == {"test_grown[17]", "test_grown[30]", "test_grown_again"}
    assert "src/made_up.py:6  boundary  return age >= 18 → return age > 18" in report("made_up", 1, tried)
    assert len(list((package / ".mutation" / "made_up").glob("*.json"))) == 1
    assert not [line for line in said if "no such mutant" in line]

    monkeypatch.setattr("tools.mutation.reaching._recorded", None)  # not asked again: what was recorded is kept
    late = mutate(package, "made_up", MADE_UP, **(options | {"patience": Patience(room=0)}))
    assert {one.outcome for one in late} == {Outcome.LATE, Outcome.UNREACHED, Outcome.EQUIVALENT}
    assert score(late) == Score(found=0, tried=1)
    assert report("made_up", 1, late)[-1] == "score: 0 of 1, 0% (0% to 79%)"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = b < c", ["boundary: a = b < c → a = b <= c"]),
        ("a = b and not c", ["logic: a = b and (not c) → a = b or not c", "negation: a = b and (not c) → a = b and c"]),
        ("a = b // c", ["arithmetic: a = b // c → a = b / c"]),
        ("a = b + 'text'", []),
        ("a = b.filter(c).ceil()", ["swap: a = b.filter(c).ceil() → a = b.filter(c).floor()"]),
        ("a = b.join(c, how='semi')", ["join: a = b.join(c, how='semi') → a = b.join(c, how='anti')"]),
        ("if a:\n    raise E(1 + 1)", ["condition: a → False"]),
        ("check(a)", ["call left out: check(a) → pass"]),
        ("log.info('so', 1)", []),
        ("def f(a: int = 3) -> None:\n    '''Says 3.'''", ["default: 3 → 2", "default: 3 → 4"]),
        ("@d(1)\nclass A(B, k=1):\n    a: Literal[1]", []),
        ("__all__ = ['a', 1]", []),
        ("if TYPE_CHECKING:\n    a = 1", []),
        ("a = f'{b + 1}'", []),
        ("zip(a, b, strict=True)", ["call left out: zip(a, b, strict=True) → pass"]),
    ],
)
def test_what_is_changed(text: str, found: list[str]) -> None:
    changed = found_in(text)
    assert [one for one in changed if "step left out" not in one] == found


def test_a_change_is_only_where_it_should_be() -> None:
    source = "é = 'é'; a = min(b,  # first\n  2)  # é\n".encode()
    made = {one.operator: one.made(source).decode() for one in mutants_of("a.py", source)}
    assert made["swap"] == "é = 'é'; a = (max(b, 2))  # é\n"
    assert made["constant"] == "é = 'é'; a = min(b,  # first\n  (3))  # é\n"


def test_the_same_seed_draws_the_same_and_one_of_a_place() -> None:
    mutants = mutants_of("a.py", MODULE.encode())
    drawn = sample(mutants, 5, 3)
    assert drawn == sample(mutants[::-1], 5, 3) != sample(mutants, 5, 4)
    assert len({(one.start, one.stop) for one in sample(mutants, 1000, 1)}) == len(sample(mutants, 1000, 1)) > 10


def test_wilson_as_published() -> None:
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe, Statistics in Medicine 17 (1998)


def test_the_page_keeps_the_other_rooms(tmp_path: Path) -> None:
    (mutant, *_) = mutants_of("a.py", b"a = b < c")
    tried = [Tried(mutant, Outcome.UNREACHED), Tried(mutant, Outcome.FOUND), Tried(mutant, Outcome.LATE)]
    for room, seed in (("rules", 1), ("release", 1), ("rules", 2)):
        record(tmp_path, room, row(room, "2026-05-04", seed, tried), ["a line"])
    rows = [line for line in (tmp_path / "mutation-scores.md").read_text().splitlines() if line.startswith("| r")][1:]
    score_told = "50% (9% to 91%)"
    assert rows == [
        f"| release | 2026-05-04 | 2 | 1 | {score_told} | 0 | 1 | 1 | [1](mutation-survivors/release.txt) |",
        f"| rules | 2026-05-04 | 2 | 1 | {score_told} | 0 | 1 | 2 | [1](mutation-survivors/rules.txt) |",
    ]
    assert (tmp_path / "mutation-survivors" / "rules.txt").read_text() == "a line\n"


def test_an_equivalent_that_is_no_mutant_is_told() -> None:
    named = Equivalent(**LARGER_OR_EQUAL)
    mutants = mutants_of("src/made_up.py", MODULE.encode())
    assert unknown([named], mutants, ["src/made_up.py"]) == []
    assert unknown([named], [], ["src/made_up.py"]) == [named]
    assert unknown([named], [], ["src/other.py"]) == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_modules_and_tests(room: str) -> None:
    root = Path(__file__).parents[1]
    assert ROOMS[room].modules(root)
    assert ROOMS[room].test_files(root)
    assert all(list(root.glob(pattern)) for pattern in ROOMS[room].sources)
    assert all((root / name).exists() for name in (*ROOMS[room].tests, *ROOMS[room].left_out))
