"""The page to print says in words, in a plot and in a table what the audit found, and nothing of who is too few."""

import re
from xml.etree import ElementTree

import polars as pl
import pytest
from years import year

from carreau.allocation.treatment.audit import Audit, audit
from carreau.allocation.treatment.forest import Mark, forest
from carreau.allocation.treatment.groups import families
from carreau.allocation.treatment.printing import group_name, page, summary
from carreau.allocation.treatment.stages import FAVOURABLE
from carreau.text import knows


@pytest.fixture(scope="module")
def found() -> Audit:
    return audit(year(1, count=1_500, bias={"composition=lone_parent": 0.25}), threshold=11)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_was_found_is_in_the_words_the_plot_and_the_table(found: Audit, language: str) -> None:
    printed = page(found, language, name="Testville", period="2025")
    assert f'<html lang="{language}">' in printed
    count = int(found.comparisons["flagged"].sum())
    assert any(line.startswith(f"{count} ") for line in summary(found, language))
    name = group_name("composition", "lone_parent", language)
    assert re.search(rf'font-weight="bold">{name}<', printed)
    assert re.search(rf'<th scope="row">{name}</th>', printed)
    assert printed.count("<svg") == found.comparisons.select("stage", "measure").n_unique()


def test_a_group_that_is_not_told_has_a_name_and_no_number() -> None:
    few = audit(year(2, count=300), threshold=60)
    hidden = few.comparisons.filter(~pl.col("told"), stage="candidates", measure="favourable")
    assert hidden.height
    printed = page(few, "en", name="Testville", period="2025")
    for family, value in hidden.select("family", "value").iter_rows():
        row = re.search(rf'<th scope="row">{re.escape(group_name(family, value, "en"))}</th>(.*?)</tr>', printed)
        assert row
        assert not re.search(r"\d", row[1])


def test_every_group_stage_and_measure_has_its_words() -> None:
    keys = [f"treatment.{one.name}.{value}" for one in families().values() for value in one.classes]
    keys += [f"treatment.stage_{stage}" for stage in FAVOURABLE]
    keys += [f"treatment.outcome_favourable_{stage}" for stage in FAVOURABLE]
    assert [key for key in keys if not knows(key)] == []


def test_a_plot_is_well_formed_and_keeps_wide_intervals_inside() -> None:
    drawn = forest([Mark("moins de 25 ans & plus", -4.0, -180.0, 3.0, True)], "une image", "points")
    root = ElementTree.fromstring(drawn)
    width = float(root.attrib["viewBox"].split()[2])
    numbers = [float(one) for path in root.iter("{http://www.w3.org/2000/svg}path")
               for one in re.findall(r"[MH](-?[\d.]+)", path.attrib["d"])]  # fmt: skip
    assert min(numbers) >= 0
    assert max(numbers) <= width
    assert root[0].text == "une image"
