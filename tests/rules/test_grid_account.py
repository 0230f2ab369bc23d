"""A person's own points, told line by line in French and English."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml
from applicants import DAY, born
from points_by_hand import grid_of

from carreau.errors import BadInput
from carreau.rules.grids import parse
from carreau.rules.points.account import Applicant, account, as_figures
from carreau.rules.points.wording import sentences

SPACE = "\u00a0"
LONE_PARENT = Applicant(
    day=DAY,
    seniority_from=date(2024, 3, 1),
    births=tuple(born([38, 9, 6])),
    kind="lone_parent",
    grounds=("eviction_threat",),
    answers={"effort_rate_too_high": True},
)


def test_the_worked_example_of_lyon_in_both_languages() -> None:
    made = account(LONE_PARENT, grid_of("lyon-partial"))
    assert made.total == 35
    assert sentences(made, "fr")[:7] == [
        f"Points de la demande au 1er janvier 2026, grille «{SPACE}Métropole de Lyon (extrait){SPACE}»",
        f"Grille incomplète{SPACE}: elle ne donne que les critères qui ont pu être lus, le total réel est autre",
        "35 points, pour une demande du 1er mars 2024",
        "Grille des premières demandes",
        f"  20{SPACE}: menace d’expulsion (expulsion), tel que déclaré",
        f"  5{SPACE}: parent isolé (ménage), tel que déclaré",
        f"  10{SPACE}: taux d’effort trop élevé (ressources), tel que déclaré",
    ]
    english = sentences(made, "en")
    assert english[4] == "  20: threat of eviction (eviction), as declared"
    assert "Points help to designate and to rank; the allocation commission decides" in english
    assert english[-1].endswith("(to verify)")


def test_what_is_pending_capped_and_checked_is_told() -> None:
    asked = replace(
        LONE_PARENT,
        grounds=("disability", "domestic_violence"),
        dalo=True,
        answers={"works_in_commune": True},
        ticked={"present_housing": "hotel"},
        validated=("disability",),
    )
    made = account(asked, grid_of("example"))
    lines = sentences(made, "en")
    assert made.total == sum(line.points for line in made.lines) == 22 + 60 + 15 + 5
    assert made.if_validated == 22 + 60 + 15 + 5 + 8
    assert "Fictitious grid: no territory voted it" in lines
    assert "  20: disability (priority groups), checked" in lines
    assert "  −10: cap of the rubric priority groups" in lines
    assert "  15: in a hotel (present housing), as declared" in lines
    assert "  Pending: violence (priority groups), 30 after a social worker's assessment" in lines
    assert "  Pending: works here (local ties), 8 once papers are checked" in lines
    assert "Total if all that is pending is confirmed: 110 points" in lines
    assert "5 questions of the grid have no answer and do not count" in lines
    assert made.unanswered == (
        "effort_rate",
        "fitting_refusals",
        "key_worker",
        "lives_in_territory",
        "remains_per_unit",
    )
    assert f"  15{SPACE}: à l’hôtel (logement actuel), tel que déclaré" in sentences(made, "fr")


def test_an_application_that_the_grid_leaves_apart_is_told_so() -> None:
    made = account(replace(LONE_PARENT, relocated_for_renewal=True), grid_of("example"))
    assert (made.total, made.lines) == (None, ())
    assert sentences(made, "en")[2].startswith("This grid gives no points to this application")
    assert not any("provisional" in line for line in sentences(made, "en"))


def test_what_the_grid_does_not_say_is_told() -> None:
    page = {"name": "x", "title": {"fr": "x", "en": "x"}, "reference": "x", "certainty": "verified"}
    page["rubrics"] = {"local_ties": [{"criterion": "my_own", "kind": "answer", "of": "key_worker", "points": 1}]}
    made = account(replace(LONE_PARENT, answers={"key_worker": True}), parse(yaml.safe_dump(page), "x.yaml"))
    lines = sentences(made, "en")
    assert sum(line.startswith("To raise with the territory") for line in lines) == 3
    assert "  1: my own (local ties), as declared" in lines
    assert lines[-1] == "Source: x"


def test_the_figures_are_plain_and_do_not_repeat_the_applicant() -> None:
    figures = as_figures(account(LONE_PARENT, grid_of("lyon-partial")))
    assert figures["total"] == 35
    assert figures["lines"][0] == {
        "rubric": "eviction",
        "criterion": "eviction_threat",
        "points": 20,
        "state": "declared",
    }
    assert figures["grid"]["partial"] is True
    assert "applicant" not in figures
    assert "2024-03-01" not in str(figures)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"births": ()}, "births: 1 to 20 persons"),
        ({"births": (date(2026, 1, 2),)}, "nobody born after 2026-01-01"),
        ({"seniority_from": date(2026, 1, 2)}, "seniority_from 2026-01-02"),
        ({"kind": "tribe"}, "kind tribe: one of alone"),
        ({"present_housing": "castle"}, "present_housing castle: one of social_tenant"),
        ({"grounds": ("tall",)}, "grounds tall: one of disability"),
        ({"present_rooms": 0}, "present_rooms 0: a number from 1 to 9"),
        ({"wanted_rooms_min": 12}, "wanted_rooms_min 12"),
        ({"resources": -1}, "resources -1"),
        ({"answers": {"religion": "x"}}, "column religion: no such answer"),
        ({"answers": {"key_worker": "yes"}}, "column key_worker: a truth value is expected"),
        ({"answers": {"key_worker": object()}}, "key_worker"),
        ({"ticked": {"present_housing": "castle"}}, "no such box: castle"),
        ({"validated": (1,)}, "validated"),
        ({"day": date(2024, 12, 31), "seniority_from": date(2024, 1, 1)}, "example holds from 2025-01-01"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        account(replace(LONE_PARENT, **change), grid_of("example"))
