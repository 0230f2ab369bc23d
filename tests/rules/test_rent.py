"""Housing benefit and rent reduction: against the law by hand, against OpenFisca, and what must always hold."""

import subprocess
import sys
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openfisca_peer import openfisca_help
from rent_by_hand import by_hand

from carreau.errors import BadInput
from carreau.rules.rent import openfisca
from carreau.rules.rent.benefit import rent_help
from carreau.rules.rent.scale import FIRST_DAY, MOST_DEPENDANTS, Scale, newest_start
from carreau.rules.rent.totals import rls_by_landlord
from carreau.rules.rent.zones import ZONE, is_mixed, with_zone, zone_of, zones

DAY = date(2026, 10, 1)
LAST_DAY = date(2027, 1, 1)


def households(*rows: tuple[str, bool, int, int, int]) -> pl.DataFrame:
    """Households by zone, couple, dependants, rent in cents, income in euros."""
    kinds = {"zone": ZONE, "couple": pl.Boolean, "dependants": pl.Int64, "rent": pl.Int64, "income": pl.Int64}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def drawn(count: int, seed: int) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "zone": pl.Series(random.choice(ZONE.categories.to_numpy(), count), dtype=ZONE),
            "couple": random.random(count) < 0.4,
            "dependants": random.integers(0, 9, count),
            "rent": random.integers(10_000, 150_000, count),
            "income": 100 * random.integers(0, 400, count),
        }
    )


@cache
def starts() -> tuple[date, ...]:
    """The days on which an amount of the scales changes, the first known day among them."""
    names = Scale.on(DAY).texts
    changes = {start for name in names for start, _ in openfisca.values(name) if start > FIRST_DAY}
    return (FIRST_DAY, *sorted(changes))


one = st.tuples(
    st.sampled_from(ZONE.categories.to_list()),
    st.booleans(),
    st.integers(0, MOST_DEPENDANTS),
    st.integers(0, 200_000),
    st.integers(0, 60_000),
)
days = st.dates(FIRST_DAY, LAST_DAY)


def test_three_known_tenants() -> None:
    tenants = households(
        ("2", False, 0, 38_000, 0), ("1bis", False, 0, 42_000, 9_000), ("1bis", False, 0, 42_000, 14_000)
    )
    assert rent_help(tenants, DAY).rows() == [(27_700, 3_158), (19_500, 3_599), (6_900, 0)]


@given(one, days)
def test_it_is_the_law_worked_by_hand(household: tuple[str, bool, int, int, int], day: date) -> None:
    apl, rls, _ = by_hand(*household, day)
    assert rent_help(households(household), day).row(0) == (100 * apl, 100 * rls)


@pytest.mark.parametrize("number", [2_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_households_are_those_of_openfisca_within_a_euro(number: int) -> None:
    dates = (*starts(), date(2024, 6, 17), date(2026, 11, 30))
    size = number // len(dates) + 1
    differing = 0
    for seed, day in enumerate(dates):
        asked = drawn(size, seed)
        theirs, ours = openfisca_help(asked, day), rent_help(asked, day) / 100
        assert (ours["rls"] - theirs["rls"]).abs().max() < 0.001
        assert (ours["apl"] - theirs["apl"]).abs().max() <= 1
        unlike = ours["apl"] != theirs["apl"]
        differing += unlike.sum()
        for row, apl in zip(asked.filter(unlike).rows(), ours["apl"].filter(unlike), strict=True):
            exact, _, uncut = by_hand(*row, day)
            assert apl == exact
            assert min(uncut % 1, 1 - uncut % 1) < 0.35
    assert differing <= 10


@given(one, days, st.integers(0, 20_000))
def test_more_income_never_brings_more_help(household: tuple[str, bool, int, int, int], day: date, more: int) -> None:
    richer = (*household[:4], household[4] + more)
    poor, rich = rent_help(households(household, richer), day).rows()
    assert rich[1] in (poor[1], 0)
    assert rich[0] + rich[1] <= poor[0] + poor[1] + 100, "help in all, but for the euro that APL is cut down to"
    if rich[1] == poor[1]:
        assert rich[0] <= poor[0]


@given(one, days, st.integers(0, 20_000))
def test_without_the_rent_reduction_more_income_never_brings_more_benefit(
    household: tuple[str, bool, int, int, int], day: date, more: int
) -> None:
    richer = (*household[:4], household[4] + more)
    private = households(household, richer).with_columns(social=False)
    poor, rich = rent_help(private, day).rows()
    assert rich[0] <= poor[0]
    assert poor[1] == rich[1] == 0


@given(one, days)
def test_help_is_never_negative_and_a_social_landlord_leaves_no_one_worse_off(
    household: tuple[str, bool, int, int, int], day: date
) -> None:
    asked = households(household, household).with_columns(social=pl.Series([True, False]))
    (apl, rls), (alone, none) = rent_help(asked, day).rows()
    assert apl >= 0
    assert rls >= 0
    assert none == 0
    assert apl <= alone
    assert apl + rls >= alone - 100


@given(st.lists(one, min_size=2, max_size=30), days)
def test_a_household_does_not_depend_on_the_others(rows: list[tuple[str, bool, int, int, int]], day: date) -> None:
    assert rent_help(households(*rows), day).rows() == [rent_help(households(row), day).row(0) for row in rows]


@pytest.mark.parametrize("name", Scale.on(DAY).texts)
def test_each_start_of_a_parameter_of_openfisca_is_a_boundary(name: str) -> None:
    before = None
    for start, number in openfisca.values(name):
        assert number is None or openfisca.value(name, start) == number
        if before is not None:
            assert openfisca.value(name, start - timedelta(days=1)) == before
        before = number


def test_a_scale_says_when_the_newest_of_its_amounts_began() -> None:
    for start in starts()[1:]:
        assert Scale.on(start).start == start
        assert Scale.on(start - timedelta(days=1)).start < start
    assert newest_start() == starts()[-1] >= DAY


def test_parameters_before_the_formula_or_missing_are_refused() -> None:
    with pytest.raises(BadInput, match=r"2021-12-31.*2022-01-01"):
        rent_help(drawn(2, 1), date(2021, 12, 31))
    with pytest.raises(BadInput, match="no parameter prestations/none"):
        openfisca.values("prestations/none")
    with pytest.raises(BadInput, match=r"no value of .* 1990-01-01"):
        openfisca.value(Scale.on(DAY).texts[0], date(1990, 1, 1))


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("dependants", [-1], "column dependants.*0 to 20"),
        ("dependants", [21], "column dependants.*0 to 20"),
        ("rent", [-1], "column rent.*0 or more"),
        ("income", [-1], "column income.*0 or more"),
        ("income", [float("nan")], "column income.*not numbers"),
        ("couple", [None], "column couple.*no value"),
        ("zone", ["2"], "column zone.*not a zone"),
    ],
)
def test_impossible_columns_are_refused_by_name(column: str, values: list[object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        rent_help(households(("2", False, 0, 1, 1)).with_columns(pl.Series(column, values)), DAY)


def test_a_missing_column_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="lack the columns couple, income"):
        rent_help(drawn(1, 1).drop("couple", "income"), DAY)


def test_an_unknown_zone_or_rent_gives_no_figure_and_no_household_is_none() -> None:
    asked = drawn(3, 1).with_columns(
        zone=pl.Series([None, "2", "3"], dtype=ZONE), rent=pl.Series([30_000, 30_000, None])
    )
    assert rent_help(asked, DAY)["apl"].is_null().to_list() == [True, False, True]
    assert rent_help(drawn(3, 1).clear(), DAY).shape == (0, 2)


def test_zones() -> None:
    assert [zone_of(code) for code in ("75113", "92012", "59350", "69381", "01001")] == ["1bis", "1bis", "2", "2", "3"]
    assert zone_of("14356") == "3", "a former commune keeps its own zone"
    assert is_mixed("14543")
    assert not is_mixed("59350")
    assert zones()["code"].is_unique().all()
    assert with_zone(pl.DataFrame({"commune": ["97105", "00000", "13201"]}))["zone"].to_list() == [None, None, "2"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("99999", "no commune"),
        ("97105", "97105: other scales .* overseas"),
        ("76601", r"76601 \(Saint-Lucien\).*no zone"),
    ],
)
def test_a_commune_without_a_zone_is_refused_by_name(code: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        zone_of(code)


def test_the_rent_reduction_of_each_landlord() -> None:
    homes = pl.DataFrame(
        {
            "home_id": ["a", "b", "c", "d", "e"],
            "landlord_id": ["1", "1", "2", "2", None],
            "commune": ["59350", "75113", "59350", "59350", "97105"],
            "agreement": [True, None, True, False, True],
        }
    )
    born, child = date(1980, 1, 1), date(2020, 1, 1)
    tenants = pl.DataFrame(
        {
            "home_id": ["a", "b", "c", "d", "e"],
            "tenure": ["social"] * 5,
            "kind": ["alone", "lone_parent", "couple", "alone", "alone"],
            "births": [[born], [born, child], [born, born], [born], [born]],
            "reference_income": [0, 10_000, 30_000, 0, 0],
        }
    )
    assert rls_by_landlord(homes, tenants, DAY).rows() == [
        (None, 1, 0, 0, 1),
        ("1", 2, 2, 3_158 + 4_909, 0),
        ("2", 1, 0, 0, 0),
    ]


def test_neither_the_command_line_nor_the_formula_imports_openfisca() -> None:
    code = (
        "import sys, datetime, carreau.cli\n"
        "from carreau.rules.rent.account import Tenant, account\n"
        "assert account(Tenant(9000, 420, 60, '75113', datetime.date(2026, 10, 1))).apl == 195\n"
        "print([name for name in sys.modules if name.startswith('openfisca')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
