"""On random territories an attack that looks at every region finds nothing that this one missed."""

from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_up import bounds_by_hand, cell, sums_by_hand, table
from tests.examples import examples

from carreau.attack.findings import SAFE, Attack
from carreau.attack.published import Table
from carreau.attack.searching import attack

Drawn = tuple[list[list[int]], list[int]]


@st.composite
def territories(draw: st.DrawFn, *, kinds: int, cells: int, zonings: int, zones: int = 8) -> Drawn:
    """Labels of every cell in each zoning, and how many live there. Cells of one kind are in the same zones."""
    some = draw(st.integers(2, kinds))
    tables = draw(st.integers(1, zonings))
    label = st.integers(-1, draw(st.integers(1, zones)) - 1)
    own = [[draw(label) for _ in range(some)] for _ in range(tables)]
    kind = list(range(some)) + draw(st.lists(st.integers(0, some - 1), max_size=cells - some))
    people = st.sampled_from([0, 0, 1, 4, 7, 10, 11, 12, 13, 20, 30])
    return [[labels[k] for k in kind] for labels in own], [draw(people) for _ in kind]


def tables_of(drawn: Drawn, steps: Sequence[int] = (1, 1, 1)) -> list[Table]:
    labels, counts = drawn
    return [
        table(own, counts, "abc"[number], step=steps[number])
        for number, own in enumerate(labels)
        if any(label >= 0 for label in own)
    ]


def check_claims(result: Attack, counts: list[int]) -> None:
    for one in result.findings:
        true = sum(number for place, number in enumerate(counts) if cell(place) in one.cells)
        assert one.low <= true <= one.high, one
        assert one.low >= 1
        assert one.high <= 10
        if one.way in ("told", "signed_sum") and all(term.low == term.high for term in one.terms):
            assert sum(term.sign * term.low for term in one.terms) == true


@settings(max_examples=examples(60), deadline=None)
@given(territories(kinds=12, cells=60, zonings=3))
def test_no_sum_of_exact_totals_is_missed(drawn: Drawn) -> None:
    tables = tables_of(drawn)
    if not tables:
        return
    result = attack(tables)
    check_claims(result, drawn[1])
    assert not result.not_searched
    if sums_by_hand(tables):
        assert result.findings


@settings(max_examples=examples(24), deadline=None)
@given(territories(kinds=6, cells=12, zonings=3, zones=4))
@example(([[0, 0, 1, 1, 1], [0, 1, 0, 1, 2]], [11, 4, 12, 11, 20]))
def test_no_linear_bound_is_missed_and_none_is_invented(drawn: Drawn) -> None:
    tables = tables_of(drawn)
    if not tables:
        return
    result = attack(tables)
    assert bool(result.findings) == bool(bounds_by_hand(tables))


@settings(max_examples=examples(24), deadline=None)
@given(territories(kinds=6, cells=12, zonings=3, zones=3), st.permutations([1, 3, 5]))
def test_nor_when_totals_are_rounded(drawn: Drawn, steps: list[int]) -> None:
    tables = tables_of(drawn, steps)
    if not tables:
        return
    result = attack(tables)
    check_claims(result, drawn[1])
    assert bool(result.findings) == bool(bounds_by_hand(tables))
    if not result.findings:
        assert result.verdict == SAFE


@settings(max_examples=examples(40), deadline=None)
@given(territories(kinds=14, cells=60, zonings=2), st.data())
def test_cuts_alone_miss_nothing_in_two_zonings(drawn: Drawn, data: st.DataObject) -> None:
    """Nothing small is told: the numbers of cells are such that every zone has 11 or more, if it has anybody."""
    labels, counts = drawn
    counts = [number and number + 11 * data.draw(st.integers(0, 1)) for number in counts]
    tables = tables_of((labels, counts))
    if len(tables) < 2 or any(((one.base[0] > 0) & (one.base[0] < 11)).any() for one in tables):
        return
    assert bool(attack(tables).findings) == bool(sums_by_hand(tables))


@settings(max_examples=examples(48), deadline=None)
@given(st.lists(st.sampled_from([2, 4, 5, 6, 12, 15, 30]), min_size=6, max_size=12), st.integers(0, 3))
def test_a_ring_where_every_zone_has_11_or_more_is_left_to_the_cuts(counts: list[int], chord: int) -> None:
    """Units of two cells and zones of two cells, shifted by one, around a ring; now and then a cell across it."""
    counts = counts[: len(counts) // 2 * 2]
    units = [place // 2 for place in range(len(counts))]
    zones = [(place + 1) // 2 % (len(counts) // 2) for place in range(len(counts))]
    if chord:
        units, zones, counts = [*units, 0], [*zones, chord % len(set(zones))], [*counts, 11]
    tables = [table(units, counts, "u"), table(zones, counts, "z")]
    if any((one.base[0] < 11).any() for one in tables):
        return
    result = attack(tables)
    check_claims(result, counts)
    assert bool(result.findings) == bool(sums_by_hand(tables))
