"""The page that the demonstration ends in: what was read, the map with its table, three homes with their candidates."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined

from carreau.allocation.allocation import Allocation
from carreau.allocation.explain import explain, sentence
from carreau.demo.maps import draw, standalone, told
from carreau.register.synthetic.comparison import compare
from carreau.register.territory import Territory
from carreau.release.gate import Release
from carreau.rules.bands import band_shares, ceiling_shares
from carreau.text import euros, number, say, written_date

LANGUAGES = {"fr": "index.html", "en": "index.en.html"}
PICTURE = "map.svg"
SHOWN_HOMES = 3


@dataclass(frozen=True)
class Candidate:
    """One line under a home."""

    rank: int
    application: str
    household: str
    points: str
    sentence: str


@dataclass(frozen=True)
class Vacancy:
    """A home to let and its candidates."""

    title: str
    place: str
    facts: str
    candidates: list[Candidate]


def write_page(
    home: Path,
    territory: Territory,
    release: Release,
    allocation: Allocation,
    figures: Mapping[str, Any],
    language: str,
) -> Path:
    """Write the page of one language into `home`; it needs no script and asks nothing of anybody."""
    environment = Environment(
        loader=PackageLoader("carreau.demo"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    t = partial(_say, language=language)
    indicators = [indicator.name for indicator in release.indicators]
    tenants = territory.table("households").join(
        territory.table("homes").select("home_id", "commune"), on="home_id"
    ).collect()  # fmt: skip
    shares = ceiling_shares(tenants, territory.reference_date)
    maps = [draw(release, name, language) for name in indicators]
    if language == "fr":
        (home / PICTURE).write_text(standalone(maps[-1]), encoding="utf-8")
    text = environment.get_template("page.html.j2").render(
        t=t,
        n=partial(number, language=language),
        language=language,
        pages=LANGUAGES,
        figures=figures,
        report=territory.facts["imports"]["rpls"]["report"],
        day=written_date(territory.reference_date, language),
        indicators=indicators,
        maps=maps,
        units=_rows(release, indicators, language),
        vacancies=_vacancies(territory, allocation, language),
        margins=compare(territory, over_ceiling=shares),
        bands=band_shares(shares),
        sources=territory.facts["sources"],
    )
    target = home / LANGUAGES[language]
    target.write_text(text, encoding="utf-8")
    return target


def _say(key: str, language: str, **values: Any) -> str:
    return say(f"page.{key}", language, **values)


def _rows(release: Release, indicators: list[str], language: str) -> list[list[str]]:
    units = release.units.sort("size", "unit_id")
    return [
        [unit["unit_id"], number(unit["households"], language), *(told(unit, name, language) for name in indicators)]
        for unit in units.iter_rows(named=True)
    ]


def _vacancies(territory: Territory, allocation: Allocation, language: str) -> list[Vacancy]:
    """Three homes that differ: the first to be free with two, with three and with four rooms, with all candidates."""
    full = (
        allocation.candidates.group_by("vacancy_id").len().filter(pl.col("len") == allocation.candidates["rank"].max())
    )
    homes = territory.table("homes").collect()
    chosen = (
        territory.table("vacancies").collect()
        .join(full, on="vacancy_id", how="semi")
        .join(homes.drop("reserver"), on="home_id")
        .filter(pl.col("rooms").is_in([2, 3, 4]), pl.col("ceiling_class").is_in(["PLAI", "PLUS"]))
        .sort("rooms", "available", "vacancy_id")
        .unique("rooms", keep="first", maintain_order=True)
        .head(SHOWN_HOMES)
    )  # fmt: skip
    applications = territory.table("applications").collect()
    return [_vacancy(row, allocation, applications, language) for row in chosen.iter_rows(named=True)]


def _vacancy(home: Mapping[str, Any], allocation: Allocation, applications: pl.DataFrame, language: str) -> Vacancy:
    t = partial(_say, language=language)
    floor = t("ground_floor") if home["floor"] == 0 else t("floor", floor=home["floor"]) if home["floor"] else ""
    facts = [
        t("rent", rent=euros(home["rent"] / 100, language)) if home["rent"] else "",
        floor,
        t("energy", letter=home["energy"]) if home["energy"] else "",
        t("in_qpv") if home["in_qpv"] else t("outside_qpv"),
        t("available", day=written_date(home["available"], language)),
        t(f"reserver_{home['reserver']}"),
    ]
    found = allocation.candidates.filter(pl.col("vacancy_id") == home["vacancy_id"]).sort("rank")
    return Vacancy(
        title=t("home_title", rooms=home["rooms"], surface=home["surface"], ceiling=home["ceiling_class"] or "—"),
        place=" · ".join(part.title() for part in (home["address"], home["locality"]) if part),
        facts=" · ".join(fact for fact in facts if fact),
        candidates=[
            _candidate(row, allocation, applications, home["vacancy_id"], language)
            for row in found.iter_rows(named=True)
        ],
    )


def _candidate(
    row: Mapping[str, Any], allocation: Allocation, applications: pl.DataFrame, vacancy_id: str, language: str
) -> Candidate:
    asked = applications.row(by_predicate=pl.col("application_id") == row["application_id"], named=True)
    household = _say(
        "household", language,
        kind=_say(f"kind_{asked['kind']}", language), count=len(asked["births"]),
        housing=_say(f"housing_{asked['present_housing']}", language),
    )  # fmt: skip
    why = sentence(explain(allocation, row["application_id"], vacancy_id=vacancy_id), language)
    points = "" if row["points"] is None else number(row["points"], language)
    return Candidate(row["rank"], row["application_id"], household, points, why)
