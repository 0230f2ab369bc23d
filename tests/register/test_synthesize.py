"""The synthetic population: it meets the cited figures, is the same for the same seed, and is labelled everywhere."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from builders import (
    COLUMNS_2018,
    csv_text,
    home_2018,
    home_of_landlord,
    homes_of,
    write_2018,
    write_landlord,
    write_text,
    write_town,
)

from carreau.errors import BadInput
from carreau.outputs import digest
from carreau.places.communes import Communes
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.synthetic import synthesize as synthesizing
from carreau.register.synthetic.comparison import Comparison, compare
from carreau.register.synthetic.margins import shipped
from carreau.register.synthetic.synthesize import DRAWN, synthesize
from carreau.register.tables import Households
from carreau.register.territory import Territory, write
from carreau.rules.bands import ceiling_shares

HOMES = 20_000
YEAR = ImportOptions(year=2018)


def digest_of(territory: Territory) -> str:
    return digest({name: territory.table(name).collect() for name in territory.facts["tables"]})


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A located town of 20,000 homes, without population."""
    folder = tmp_path_factory.mktemp("town")
    import_rpls(write_town(folder / "town.csv", HOMES), folder / "out", YEAR)
    return folder / "out"


@pytest.fixture(scope="module")
def town(register: Path) -> Territory:
    return synthesize(register, seed=1)


@pytest.fixture(scope="module")
def people(town: Territory) -> pl.DataFrame:
    """Its tenants with their homes; ages in years."""
    homes = town.table("homes").select(
        "home_id", "rooms", "first_let", "residence_id", "rent", pl.col("kind").alias("home_kind")
    )
    day = pl.lit(town.reference_date)
    return (
        town.table("households").join(homes, on="home_id").with_columns(
            ages=pl.col("births").list.eval((day - pl.element()).dt.total_days() / 365.25),
            persons=pl.col("births").list.len().cast(pl.Int64),
        ).collect()
    )  # fmt: skip


def table_of(lines: list[Comparison]) -> str:
    return "\n".join(f"{line.name:40}{line.cited:10.2f}{line.drawn:10.2f}{line.gap:8.2f}" for line in lines)


def test_every_cited_figure_is_met(town: Territory) -> None:
    communes = town.table("homes").select("home_id", "commune")
    tenants = town.table("households").join(communes, on="home_id").collect()
    lines = compare(town, over_ceiling=ceiling_shares(tenants, town.reference_date))
    outside = [line for line in lines if not line.within]
    assert not outside, f"\n{table_of(lines)}\n\nnot within:\n{table_of(outside)}"


def test_every_figure_with_a_tolerance_is_measured(town: Territory) -> None:
    tolerated = {name for name, figure in shipped().cited.items() if "tolerance" in figure}
    assert {line.name for line in compare(town, over_ceiling=pl.Series([100.0, 130.0]))} == tolerated


def test_the_tables_hold_to_their_contracts(town: Territory) -> None:
    check = town.check()
    assert check["problems"] == []
    assert set(DRAWN) <= set(check["tables"])
    assert check["tables"]["homes"] == HOMES
    let = town.table("homes").filter(pl.col("status") == "let").select(pl.len()).collect().item()
    assert check["tables"]["households"] == let


def test_everything_says_that_it_is_synthetic(town: Territory) -> None:
    for name in DRAWN[1:]:
        assert town.table(name).select(pl.col("origin").unique()).collect().to_series().to_list() == ["synthetic"], name
    homes = town.table("homes").select(pl.col("rent_origin", "status_origin", "description_origin").unique()).collect()
    assert homes.row(0) == ("synthetic", "synthetic", "real")
    assert town.facts["synthetic"]["seed"] == 1
    assert set(town.facts["synthetic"]["tables"]) == set(DRAWN[1:])
    assert {"rent", "status"} <= set(town.facts["synthetic"]["columns_of_homes"])
    assert any("Synthetic population" in source["text"] for source in town.facts["sources"])


def test_the_same_seed_gives_the_same_tables_and_another_seed_others(tmp_path: Path) -> None:
    import_rpls(write_town(tmp_path / "town.csv", 2000), tmp_path / "out", YEAR)
    first = digest_of(synthesize(tmp_path / "out", seed=1))
    other = digest_of(synthesize(tmp_path / "out", seed=2))
    again = digest_of(synthesize(tmp_path / "out", seed=1))  # on top of the former population
    assert first == again != other


def test_parts_keep_the_residences_and_meet_the_figures_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_rpls(write_town(tmp_path / "town.csv", 6000), tmp_path / "out", YEAR)
    monkeypatch.setattr(synthesizing, "PART", 2000)
    territory = synthesize(tmp_path / "out", seed=1)
    assert territory.check()["problems"] == []
    landlords = territory.table("homes").group_by("residence_id").agg(pl.col("landlord_id").n_unique()).collect()
    assert landlords["landlord_id"].unique().to_list() == [1]
    drawn = {line.name: line.gap for line in compare(territory)}
    assert abs(drawn["alone"]) < 3
    assert abs(drawn["poor"]) < 3
    assert abs(drawn["rent"]) < 3


def test_no_child_is_older_than_its_parents_less_15_years(people: pl.DataFrame) -> None:
    adults = pl.when(pl.col("kind") == "couple_children").then(2).otherwise(1)
    families = people.filter(pl.col("kind").is_in(["couple_children", "lone_parent"])).select(
        youngest_parent=pl.col("ages").list.slice(0, adults).list.min(),
        oldest_parent=pl.col("ages").list.slice(0, adults).list.max(),
        oldest=pl.col("ages").list.slice(adults).list.max(),
        youngest=pl.col("ages").list.slice(adults).list.min(),
    )
    assert families.height > HOMES / 4
    assert (families["youngest_parent"] - families["oldest"]).min() >= 15  # type: ignore[operator]
    assert (families["youngest_parent"] - families["youngest"]).max() <= 51  # type: ignore[operator]


def test_households_are_what_their_kind_says(people: pl.DataFrame) -> None:
    sizes = people.group_by("kind").agg(pl.col("persons").min().alias("min"), pl.col("persons").max().alias("max"))
    found = {kind: (low, high) for kind, low, high in sizes.iter_rows()}
    assert (found["alone"], found["couple"]) == ((1, 1), (2, 2))
    assert found["lone_parent"][0] == 2
    assert found["couple_children"][0] == 3
    assert people["ages"].list.first().min() >= 18  # type: ignore[operator]
    assert people["ages"].list.max().max() < 100  # type: ignore[operator]
    assert people["ages"].list.min().min() >= 0  # type: ignore[operator]


def test_consumption_units_as_the_slow_twin_counts_them(people: pl.DataFrame) -> None:
    for ages, units in people.select("ages", "consumption_units").head(500).iter_rows():
        assert units == 10 + sum(5 if age >= 14 else 3 for age in ages[1:])


def test_the_poor_are_those_under_the_line(people: pl.DataFrame) -> None:
    standard = 10 * people["disposable_income"] / people["consumption_units"]
    line = shipped().poverty_line(date(2026, 1, 1))
    assert standard.filter(people["poor"]).max() < line + 1  # type: ignore[operator]
    assert standard.filter(~people["poor"]).min() >= line - 1  # type: ignore[operator]
    assert (people["reference_income"] <= people["disposable_income"]).all()


def test_larger_households_live_in_larger_homes(people: pl.DataFrame) -> None:
    means = people.group_by("rooms").agg(pl.col("persons").mean()).sort("rooms")["persons"].to_list()
    assert means == sorted(means)
    assert people.filter(pl.col("rooms") == 1)["persons"].mean() < 1.3  # type: ignore[operator]


def test_tenants_moved_in_as_adults_into_homes_that_were_let(town: Territory, people: pl.DataFrame) -> None:
    moved_in = people["moved_in"]
    assert moved_in.max() < town.reference_date  # type: ignore[operator]
    assert (moved_in.dt.year() >= people["first_let"]).all()
    age_then = people["ages"].list.first() - (pl.Series([town.reference_date]) - moved_in).dt.total_days() / 365.25
    assert age_then.min() >= 17.8  # type: ignore[operator]


def test_applications(town: Territory) -> None:
    asked = town.table("applications").collect()
    day = town.reference_date
    assert (asked["wanted_rooms_min"] <= asked["wanted_rooms_max"]).all()
    assert set(asked["wanted_communes"].explode()) <= set(Communes.shipped().lookup["code"])
    assert (asked["wanted_communes"].list.first() == asked["present_commune"]).all()
    assert (asked["wanted_communes"].list.n_unique() == asked["wanted_communes"].list.len()).all()
    assert asked["seniority_from"].max() < day  # type: ignore[operator]
    assert (asked["seniority_from"] <= asked["filed"]).all()
    assert asked.filter(pl.col("renewed") > day).is_empty()
    of_age = asked["births"].list.first().dt.offset_by("18y")
    assert (asked["seniority_from"] >= of_age).mean() > 0.999  # type: ignore[operator]


def test_transfers_are_tenants_of_the_homes_they_would_leave(town: Territory, people: pl.DataFrame) -> None:
    asked = town.table("applications").filter(pl.col("present_housing") == "social_tenant").collect()
    both = asked.join(people, left_on="present_home_id", right_on="home_id", suffix="_tenant")
    assert both.height == asked.height == asked["present_home_id"].n_unique()
    assert (both["births"] == both["births_tenant"]).all()
    assert (both["present_rooms"] == both["rooms"]).all()
    assert (both["seniority_from"] >= both["moved_in"]).mean() > 0.99  # type: ignore[operator]
    too_small = both.filter((pl.col("reason") == "too_small") & (pl.col("rooms") < 7))
    assert (too_small["wanted_rooms_min"] > too_small["rooms"]).all()
    too_large = both.filter((pl.col("reason") == "too_large") & (pl.col("rooms") > 1))
    assert (too_large["wanted_rooms_max"] < too_large["rooms"]).all()


def test_vacancies_leases_and_landlords_belong_to_homes(town: Territory) -> None:
    homes = town.table("homes").select("home_id", "status", "landlord_id", "department").collect()
    vacancies = town.table("vacancies").join(homes.lazy(), on="home_id").collect()
    assert vacancies.height == town.facts["tables"]["vacancies"]["rows"] == vacancies["home_id"].n_unique()
    assert set(vacancies["status"]) == {"let", "offered"}
    assert vacancies.filter(pl.col("status") == "offered").height == homes.filter(pl.col("status") == "offered").height
    assert (vacancies["available"] >= vacancies["vacated"]).all()
    assert (vacancies["available"] >= town.reference_date).all()
    leases = town.table("leases").collect()
    assert set(leases["household_id"]) <= set(town.table("households").select("household_id").collect().to_series())
    assert (leases["rent"] > 0).all()
    assert set(homes["landlord_id"]) == set(town.table("landlords").collect()["landlord_id"])
    contingents = town.table("contingents").group_by("landlord_id", "department").agg(pl.col("share").sum()).collect()
    assert contingents["share"].unique().to_list() == [100]


def test_the_population_follows_the_homes_not_their_order(tmp_path: Path) -> None:
    """Residences, landlords and traits are drawn from sorted ids."""
    rows = [home_2018(LIEUDIT=f"R{n % 7}", NUMAPPT=str(n)) for n in range(300)]
    found = []
    for name, ordered in (("a", rows), ("b", rows[::-1])):
        import_rpls(write_2018(tmp_path / f"{name}.csv", ordered), tmp_path / name, YEAR)
        homes = synthesize(tmp_path / name, seed=1).table("homes").select("residence_id", "landlord_id")
        found.append(homes.unique().collect().sort("residence_id"))
    assert found[0].equals(found[1])


def landlords_file(file: Path, homes: int = 400) -> Path:
    rows = []
    for n in range(homes):
        status = ["1", "1", "1", "1", "2", "3"][n % 6]
        known = {"MODE": status, "LOYERPRINC": "" if n % 5 == 0 else f"{300 + n % 200}", "BAIL": f"03/{1980 + n % 38}"}
        reserver = {"CONTRESLOG": str(1 + n % 7)}
        rows.append(home_of_landlord(f"A{n:09}", **known, **reserver, LIEUDIT=f"R{n // 40}", LOCAT="1975"))
    return write_landlord(file, rows)


def test_what_a_landlord_knows_is_kept(tmp_path: Path) -> None:
    import_rpls(landlords_file(tmp_path / "rpls.csv"), tmp_path / "out", YEAR)
    before = homes_of(tmp_path / "out")
    territory = synthesize(tmp_path / "out", seed=1)
    synthesize(tmp_path / "out", seed=2)
    territory = synthesize(tmp_path / "out", seed=1)
    after = homes_of(tmp_path / "out")
    assert territory.check()["problems"] == []
    known = before["rent"].is_not_null()
    assert after["rent"].filter(known).equals(before["rent"].filter(known))
    assert after["rent_origin"].to_list() == ["real" if given else "synthetic" for given in known]
    assert after["rent"].null_count() == 0
    for column in ("status", "status_origin", "reserver", "let_since", "landlord_id"):
        assert after[column].equals(before[column]), column
    tenants = territory.table("households").join(after.lazy(), on="home_id").collect()
    assert tenants.height == (before["status"] == "let").sum()
    assert (tenants["moved_in"] == tenants["let_since"]).all()
    age_then = (tenants["moved_in"] - tenants["births"].list.first()).dt.total_days() / 365.25
    assert age_then.min() >= 18  # type: ignore[operator]
    vacancies = territory.table("vacancies").join(after.lazy(), on="home_id").collect()
    assert (vacancies["reserver"] == vacancies["reserver_right"]).all()
    landlord = territory.table("landlords").collect().row(0, named=True)
    assert (landlord["siren"], landlord["name"]) == ("123456789", "Bailleur 123456789")


def test_real_people_are_never_overwritten(tmp_path: Path) -> None:
    import_rpls(write_2018(tmp_path / "rpls.csv", [home_2018()] * 50), tmp_path / "out", YEAR)
    territory = synthesize(tmp_path / "out", seed=1)
    real = territory.table("households").with_columns(origin=pl.lit("real")).collect()
    kept = [name for name in territory.facts["tables"] if name != "households"]
    before = digest_of(write(tmp_path / "out", {"households": Households.cast(real)}, territory.facts, keep=kept))
    with pytest.raises(BadInput, match=rf"holds {real.height} real rows of households; they are never overwritten"):
        synthesize(tmp_path / "out", seed=2)
    assert digest_of(Territory.open(tmp_path / "out")) == before


def test_a_folder_without_homes_or_cells_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "out", {}, {"name": "Nowhere", "sources": [], "reference_date": "2026-01-01"})
    with pytest.raises(BadInput, match="has no table homes; import a register"):
        synthesize(tmp_path / "out")
    with pytest.raises(BadInput, match="import a register first"):
        synthesize(tmp_path / "nowhere")


@pytest.mark.parametrize("homes", [1, 2, 5, 40])
@pytest.mark.parametrize("seed", range(4))
def test_tiny_registers(tmp_path: Path, homes: int, seed: int) -> None:
    rows = [home_2018(NUMAPPT=str(n)) for n in range(homes)]
    import_rpls(write_2018(tmp_path / "rpls.csv", rows), tmp_path / "out", YEAR)
    territory = synthesize(tmp_path / "out", seed=seed)
    check = territory.check()
    assert check["problems"] == []
    assert check["tables"]["homes"] == homes
    assert all(line.drawn == line.drawn for line in compare(territory))  # no NaN


@pytest.mark.parametrize("mode", ["2", "3", "5"])
def test_a_register_without_any_let_home(tmp_path: Path, mode: str) -> None:
    rows = [home_of_landlord(f"A{n}", MODE=mode) for n in range(5)]
    import_rpls(write_landlord(tmp_path / "rpls.csv", rows), tmp_path / "out", YEAR)
    check = synthesize(tmp_path / "out").check()
    assert check["problems"] == []
    assert (check["tables"]["households"], check["tables"]["applications"]) == (0, 0)
    assert check["tables"]["vacancies"] == (5 if mode == "2" else 0)


@pytest.mark.parametrize("unknown", ["point", "rooms", "surface", "first_let", "QPV", "FINAN"])
def test_homes_that_lack_something(tmp_path: Path, unknown: str) -> None:
    if unknown == "point":
        write_town(tmp_path / "rpls.csv", 400, located=False)
    else:
        column = {"rooms": "NBPIECE", "surface": "SURFHAB", "first_let": "LOCAT"}.get(unknown, unknown)
        write_2018(tmp_path / "rpls.csv", [home_2018(**{column: "", "NUMAPPT": str(n)}) for n in range(400)])
    import_rpls(tmp_path / "rpls.csv", tmp_path / "out", YEAR)
    territory = synthesize(tmp_path / "out")
    assert territory.check()["problems"] == []
    rents = territory.table("homes").select(pl.col("rent")).collect().to_series()
    assert rents.null_count() == 0
    assert 150_00 < rents.median() < 700_00  # type: ignore[operator]
    drawn = {line.name: line.drawn for line in compare(territory)}
    assert 30 < drawn["alone"] < 56
    if unknown == "surface":
        assert "rent" not in drawn


def test_students_homes_have_students(tmp_path: Path) -> None:
    rows = [home_2018(TYPECONST="E", NBPIECE="1", SURFHAB="18", NUMAPPT=str(n)) for n in range(60)]
    rows += [home_2018(NUMAPPT=str(n)) for n in range(200)]
    import_rpls(write_2018(tmp_path / "rpls.csv", rows), tmp_path / "out", YEAR)
    territory = synthesize(tmp_path / "out")
    homes = territory.table("homes").filter(pl.col("kind") == "student")
    students = territory.table("households").join(homes, on="home_id").collect()
    assert students.height > 50
    assert students["births"].list.len().to_list() == [1] * students.height
    assert (territory.reference_date.year - students["births"].list.first().dt.year()).max() <= 26  # type: ignore[operator]


def test_a_killed_or_stopped_synthesis_leaves_the_territory_as_it_was(tmp_path: Path) -> None:
    class StopNowError(Exception):
        pass

    def stop(label: str, done: int, total: int | None = None) -> None:
        raise StopNowError(label)

    file = write_text(tmp_path / "rpls.csv", csv_text(COLUMNS_2018, [home_2018()] * 50))
    import_rpls(file, tmp_path / "out", YEAR)
    before = digest_of(Territory.open(tmp_path / "out"))
    with pytest.raises(StopNowError):
        synthesize(tmp_path / "out", progress=stop)
    assert digest_of(Territory.open(tmp_path / "out")) == before
