"""The policies on the social homes of Nantes, with synthetic applicants: what the mix costs those who wait."""

from importlib.resources import as_file, files

import polars as pl
import pytest

from carreau.allocation.allocate import allocate
from carreau.allocation.allocation import Allocation
from carreau.allocation.policy import Policy
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.synthetic.synthesize import synthesize
from carreau.register.territory import Territory, write

MONTH = "2026-02"


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    """Nantes with the 249 homes that can be let again in one month."""
    folder = tmp_path_factory.mktemp("nantes") / "territory"
    with as_file(files("carreau.demo").joinpath("data", "rpls_2018_nantes_geocoded.csv.gz")) as extract:
        import_rpls(extract, folder, ImportOptions())
    whole = synthesize(folder, seed=1)
    tables = {name: whole.table(name).collect() for name in whole.facts["tables"]}
    tables["vacancies"] = tables["vacancies"].filter(pl.col("available").dt.strftime("%Y-%m") == MONTH)
    return write(
        folder.parent / "month", tables, {"name": "Nantes", "reference_date": whole.reference_date.isoformat()}
    )


@pytest.fixture(scope="module")
def mix(month: Territory) -> Allocation:
    return allocate(month, Policy.load("mix"))


def test_mix_first_brings_tenants_nearer_and_passes_over_who_waited_longer(month: Territory, mix: Allocation) -> None:
    points = allocate(month, Policy.load("points"))
    by_points, by_mix = (dict(one.figures.iter_rows()) for one in (points, mix))
    assert by_points["vacancies"] == by_points["assignments"] == by_mix["assignments"] == 249
    assert by_points["mix_before"] == by_mix["mix_before"]
    gained = by_points["mix_after"] - by_mix["mix_after"]
    assert 50 <= gained <= 90, "ten thousandths of the dissimilarity of residences, by a month of lettings"
    assert by_mix["reached_mix"] == by_mix["bound_mix"], "no other choice gains more, all homes let and quotas kept"
    lost = by_points["points_total"] - by_mix["points_total"]
    assert 0 < lost < 0.03 * by_points["points_total"]
    waited = by_points["wait_median"] - by_mix["wait_median"]
    assert 250 <= waited <= 500, "days: who is housed had waited less, so that who has waited longer goes on"
    for one in (points, mix):
        told = one.quotas.filter(pl.col("by") == "all")
        assert (told["reached"] >= told["target"]).all()


def test_each_month_at_best_is_better_by_points_than_mix_first_and_less_mixed(
    month: Territory, mix: Allocation
) -> None:
    best, mixed = (dict(one.figures.iter_rows()) for one in (allocate(month, Policy.load("optimal")), mix))
    assert best["reached_points"] > mixed["reached_points"]
    assert best["reached_mix"] < mixed["reached_mix"]
    assert best["reached_reserves"] == mixed["reached_reserves"] == best["bound_reserves"]
