"""`carreau rent`: the known answers, the account for people, and what is refused."""

import pytest
from command import Carreau

PARIS = ("rent", "--income", 9000, "--rent", 420, "--charges", 60, "--commune", "75113")


@pytest.mark.parametrize(
    ("income", "rent", "commune", "apl", "rls"),
    [(0, 380, "59350", 277, 31.58), (9000, 420, "75113", 195, 35.99), (14_000, 420, "92012", 69, 0)],
)
def test_known_answers(carreau: Carreau, income: int, rent: int, commune: str, apl: int, rls: float) -> None:
    asked = ("--income", income, "--rent", rent, "--commune", commune, "--date", "2026-10-01")
    figures = carreau("rent", *asked, "--json").figures
    assert (figures["apl"], figures["rls"]) == (apl, rls)
    assert figures["rent_after"] == pytest.approx(rent - rls - apl)


def test_json_has_what_scripts_rely_on(carreau: Carreau) -> None:
    figures = carreau(*PARIS, "--date", "2026-10-01", "--json").figures
    assert {"apl", "rls", "rent_after", "effort_rate", "remains", "references", "seconds"} <= figures.keys()
    assert figures["effort_rate"] == pytest.approx(0.332)
    assert figures["remains"] == pytest.approx(9000 / 12 - figures["rent_after"])
    assert all({"about", "title", "address", "from"} == source.keys() for source in figures["references"])


def test_the_newest_scale_is_the_default(carreau: Carreau) -> None:
    figures = carreau(*PARIS, "--json").figures
    assert figures["scale_from"] >= "2026-10-01"


def test_people_read_french_or_english(carreau: Carreau) -> None:
    assert "le bailleur baisse le loyer de 35,99" in carreau(*PARIS, "--date", "2026-10-01").out
    assert "the landlord lowers the rent by €35.99" in carreau(*PARIS, "--date", "2026-10-01", "--language", "en").out


def test_a_family_is_counted(carreau: Carreau) -> None:
    figures = carreau(*PARIS, "--persons", 4, "--couple", "--dependants", 2, "--teenagers", 1, "--json").figures
    assert figures["units"] == 2.3
    assert carreau(*PARIS, "--private", "--json").figures["rls"] == 0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("--rent", -420), "rent -420"),
        (("--income", "nan"), "income nan"),
        (("--charges", -1), "charges -1"),
        (("--commune", "99999"), "99999"),
        (("--commune", "97105"), "overseas"),
        (("--persons", 3), "persons 3"),
        (("--persons", 1, "--couple"), "persons 1"),
        (("--dependants", -1), "dependants -1"),
        (("--date", "2019-01-01"), "2019-01-01"),
        (("--date", "1 October"), "date"),
    ],
)
def test_impossible_inputs_are_refused_by_name(carreau: Carreau, change: tuple[object, ...], named: str) -> None:
    said = carreau(*PARIS, *change)
    assert said.code == 2
    assert said.out == ""
    assert named in said.err
