"""An allocation is kept whole in its folder, and every rank is explained in a sentence."""

from datetime import date
from pathlib import Path

import pytest
from territories import application, home, territory, vacancy

from carreau.allocation.allocate import allocate
from carreau.allocation.allocation import CANDIDATES, VACANCIES, Allocation
from carreau.allocation.explain import explain, sentence
from carreau.allocation.policy import Policy
from carreau.errors import BadInput
from carreau.rules.grids import grids, load_grid
from carreau.text import knows

SPACE = "\u00a0"


@pytest.fixture
def found(tmp_path: Path) -> Allocation:
    waiting = [
        application("dalo", dalo=True, seniority_from=date(2024, 3, 1), present_housing="homeless"),
        application("older", seniority_from=date(2025, 3, 1)),
        application("old", seniority_from=date(2025, 3, 2)),
        application("twin", seniority_from=date(2025, 3, 2)),
    ]
    homes = territory(tmp_path / "t", [home("h")], [vacancy("v", "h")], waiting)
    return allocate(homes, Policy.load("points"))


def test_the_first_in_both_languages(found: Allocation) -> None:
    why = explain(found, "dalo", vacancy_id="v")
    assert why.breakdown == (("dalo", 50), ("seniority", 22), ("homeless", 20))
    assert sentence(why, "fr") == (
        f"Rang 1 sur 4 ménages éligibles{SPACE}: 92 points (DALO 50, ancienneté 22, sans logement 20){SPACE}; "
        "devant le suivant par le nombre de points."
    )
    assert sentence(why, "en") == (
        "Rank 1 of 4 eligible households: 92 points (right to housing (DALO) 50, seniority 22, no home 20); "
        "ahead of the next on points."
    )


def test_what_decided_between_equals(found: Allocation) -> None:
    assert explain(found, "older", home_id="h").decided_by == "points"
    assert explain(found, "old", home_id="h").decided_by == "identifier"
    assert sentence(explain(found, "old", home_id="h"), "fr").endswith("départagé par le numéro de la demande.")


def test_seniority_decides_when_points_are_equal(tmp_path: Path) -> None:
    waiting = [application("a", seniority_from=date(2024, 1, 2)), application("b", seniority_from=date(2024, 1, 3))]
    homes = territory(tmp_path / "t", [home("h")], [vacancy("v", "h")], waiting)
    found = allocate(homes, Policy.load("points"))
    assert sentence(explain(found, "a", home_id="h"), "fr").endswith("départagé par l’ancienneté.")
    assert sentence(explain(found, "b", home_id="h"), "en").endswith("no other eligible household behind.")


def test_first_come_says_since_when(tmp_path: Path) -> None:
    waiting = [application("a", seniority_from=date(2024, 3, 1)), application("b", seniority_from=date(2025, 1, 3))]
    homes = territory(tmp_path / "t", [home("h")], [vacancy("v", "h")], waiting)
    why = explain(allocate(homes, Policy.load("first-come")), "a", home_id="h")
    assert sentence(why, "fr") == (
        f"Rang 1 sur 2 ménages éligibles{SPACE}: demande depuis le 1er mars 2024{SPACE}; "
        "classé par la seule ancienneté de la demande."
    )
    assert sentence(why, "en") == (
        "Rank 1 of 2 eligible households: applying since 1 March 2024; ranked on seniority alone."
    )


def test_no_sentence_names_another_application(found: Allocation) -> None:
    for candidate in found.candidates["application_id"]:
        said = sentence(explain(found, candidate, vacancy_id="v"), "fr")
        assert not any(other in said for other in ("older", "twin", "v:"))


def test_who_is_not_a_candidate_is_said(found: Allocation) -> None:
    with pytest.raises(BadInput, match="application twin is not a candidate for vacancy v"):
        explain(found, "twin", vacancy_id="v")
    with pytest.raises(BadInput, match="home gone is not among the vacancies"):
        explain(found, "dalo", home_id="gone")


@pytest.mark.parametrize("grid", grids())
def test_every_criterion_and_every_reason_has_its_words(grid: str) -> None:
    assert [one.name for one in load_grid(grid).criteria if not knows(f"criterion.{one.name}")] == []
    reasons = ["nobody_wants_commune", "all_proposed_elsewhere", "rooms_unknown", "ceiling_unknown"]
    reasons += [name.removeprefix("refused_") for name in VACANCIES if name.startswith("refused_")]
    assert [reason for reason in reasons if not knows(f"vacancy.{reason}")] == []


def test_a_saved_allocation_is_read_back(found: Allocation, tmp_path: Path) -> None:
    found.save(tmp_path / "out")
    again = Allocation.open(tmp_path / "out")
    assert again.digest == found.digest
    assert again.facts == found.facts
    assert again.candidates.schema == CANDIDATES
    assert explain(again, "dalo", home_id="h") == explain(found, "dalo", home_id="h")


def test_a_table_changed_by_hand_is_noticed(found: Allocation, tmp_path: Path) -> None:
    found.save(tmp_path / "out")
    found.candidates.head(1).write_parquet(tmp_path / "out" / "candidates.parquet")
    with pytest.raises(BadInput, match="digest differs"):
        Allocation.open(tmp_path / "out")


def test_what_is_no_allocation_folder_is_refused(found: Allocation, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"is not an allocation folder: allocation\.json is missing"):
        Allocation.open(tmp_path)
    found.save(tmp_path / "out")
    (tmp_path / "out" / "breakdown.parquet").write_bytes(b"not parquet")
    with pytest.raises(BadInput, match="cannot be read"):
        Allocation.open(tmp_path / "out")
    (tmp_path / "out" / "breakdown.parquet").unlink()
    with pytest.raises(BadInput, match="is not an allocation folder"):
        Allocation.open(tmp_path / "out")
