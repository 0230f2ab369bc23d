"""The contract of each table of a territory: columns, types, units and what must hold of every row.

A row that breaks a rule is never written: `Homes.filter(frame)` returns the rows that hold and the others with reasons.
Ids are opaque text. Money is in integers: cents of euro for rents, euros for yearly resources. A cell is given by the
EPSG code of its grid and the north and east of its lower-left corner, in metres (see `carreau.places.grid`).
"""

import dataframely as dy
import polars as pl

from carreau.register import vocabulary as words

COMMUNE = r"^(\d{2}|2[AB])\d{3}$"
FIRST_YEAR, LAST_YEAR = 1000, 2100


def _word(kind: pl.Enum, *, nullable: bool = True) -> dy.Enum:
    return dy.Enum(kind.categories, nullable=nullable)


def _year() -> dy.Int16:
    return dy.Int16(nullable=True, min=FIRST_YEAR, max=LAST_YEAR)


class Homes(dy.Schema):
    """One row a home on 1 January of `year`. Groups of columns say where they come from: description, rent, status."""

    home_id = dy.String(primary_key=True)
    year = dy.Int16(min=1900, max=LAST_YEAR)
    landlord_id = dy.String(nullable=True)
    residence_id = dy.String()
    commune = dy.String(regex=COMMUNE)
    department = dy.String()
    region = dy.String(nullable=True)
    epci = dy.String(nullable=True)
    postcode = dy.String(nullable=True)
    address = dy.String(nullable=True)
    locality = dy.String(nullable=True)
    longitude = dy.Float64(nullable=True, min=-180, max=180)
    latitude = dy.Float64(nullable=True, min=-90, max=90)
    cell_crs = dy.Int32(nullable=True)
    cell_north = dy.Int32(nullable=True)
    cell_east = dy.Int32(nullable=True)
    in_qpv = dy.Bool(nullable=True)
    qpv = dy.String(nullable=True)
    iris = dy.String(nullable=True)
    kind = _word(words.KIND_OF_HOME)
    rooms = dy.Int8(nullable=True, min=1, max=9)
    surface = dy.Int16(nullable=True, min=1, max=2000)
    floor = dy.Int8(nullable=True, min=-5, max=60)
    built = _year()
    first_let = _year()
    entered = _year()
    funding = dy.Int8(nullable=True, min=10, max=99)
    ceiling_class = _word(words.CEILING_CLASS)
    agreement = dy.Bool(nullable=True)
    energy = _word(words.LETTER)
    greenhouse = _word(words.LETTER)
    energy_date = dy.Date(nullable=True)
    access = _word(words.ACCESS)
    description_origin = _word(words.ORIGIN, nullable=False)
    rent = dy.Int32(nullable=True, min=0, max=1_000_000)
    rent_origin = _word(words.ORIGIN)
    status = _word(words.STATUS)
    let_since = dy.Date(nullable=True)
    reserver = _word(words.RESERVER)
    status_origin = _word(words.ORIGIN)

    @dy.rule()
    def point_has_both_coordinates(cls) -> pl.Expr:  # noqa: N805, D102
        return pl.col("longitude").is_null() == pl.col("latitude").is_null()

    @dy.rule()
    def cell_is_whole(cls) -> pl.Expr:  # noqa: N805, D102
        return (pl.col("cell_crs").is_null() == pl.col("cell_north").is_null()) & (
            pl.col("cell_crs").is_null() == pl.col("cell_east").is_null()
        )


class Households(dy.Schema):
    """One row a household; `home_id` only for tenants of the register's homes.

    `births` holds the birth date of each person, the reference person first, then the partner of a couple.
    `disposable_income` and `reference_income` (revenu fiscal de référence of year N-2) are in euros a year.
    """

    household_id = dy.String(primary_key=True)
    home_id = dy.String(nullable=True)
    cell_crs = dy.Int32(nullable=True)
    cell_north = dy.Int32(nullable=True)
    cell_east = dy.Int32(nullable=True)
    tenure = _word(words.TENURE, nullable=False)
    kind = _word(words.KIND_OF_HOUSEHOLD, nullable=False)
    births = dy.List(dy.Date(), min_length=1, max_length=20)
    consumption_units = dy.Int16(min=10)
    disposable_income = dy.Int32(min=0)
    reference_income = dy.Int32(min=0)
    poor = dy.Bool()
    housing_benefit = dy.Bool(nullable=True)
    moved_in = dy.Date(nullable=True)
    origin = _word(words.ORIGIN, nullable=False)

    @dy.rule()
    def tenant_has_a_home(cls) -> pl.Expr:  # noqa: N805, D102
        return (pl.col("tenure") == "social") | pl.col("home_id").is_null()


class Applications(dy.Schema):
    """One row an active application on the reference date.

    `births` as in `Households`; `expected_births` counts unborn children; `resources` are the household's monthly
    euros, `reference_income` the yearly tax income of N-2; `wanted_communes` begins with the preferred one;
    `seniority_from` is the date that seniority counts from (the first filing in the département).
    """

    application_id = dy.String(primary_key=True)
    department = dy.String()
    filed = dy.Date()
    seniority_from = dy.Date()
    renewed = dy.Date(nullable=True)
    kind = _word(words.KIND_OF_HOUSEHOLD, nullable=False)
    births = dy.List(dy.Date(), min_length=1, max_length=20)
    expected_births = dy.Int8(min=0, max=4)
    needs_adapted_home = dy.Bool()
    resources = dy.Int32(min=0)
    reference_income = dy.Int32(min=0)
    present_housing = _word(words.PRESENT_HOUSING, nullable=False)
    present_commune = dy.String(regex=COMMUNE)
    present_rooms = dy.Int8(nullable=True, min=1, max=9)
    present_home_id = dy.String(nullable=True)
    present_charge = dy.Int32(nullable=True, min=0)
    reason = _word(words.REASON, nullable=False)
    grounds = dy.List(_word(words.GROUND, nullable=False))
    dalo = dy.Bool()
    relocated_for_renewal = dy.Bool()
    reserver = _word(words.RESERVER, nullable=False)
    wanted_communes = dy.List(dy.String(regex=COMMUNE), min_length=1, max_length=20)
    wanted_rooms_min = dy.Int8(min=1, max=9)
    wanted_rooms_max = dy.Int8(min=1, max=9)
    origin = _word(words.ORIGIN, nullable=False)

    @dy.rule()
    def rooms_in_order(cls) -> pl.Expr:  # noqa: N805, D102
        return pl.col("wanted_rooms_min") <= pl.col("wanted_rooms_max")

    @dy.rule()
    def seniority_not_after_filing(cls) -> pl.Expr:  # noqa: N805, D102
        return pl.col("seniority_from") <= pl.col("filed")


class Vacancies(dy.Schema):
    """One row a home that falls free: the day it can be let again and on whose contingent."""

    vacancy_id = dy.String(primary_key=True)
    home_id = dy.String()
    vacated = dy.Date()
    available = dy.Date()
    reserver = _word(words.RESERVER, nullable=False)
    origin = _word(words.ORIGIN, nullable=False)


class Leases(dy.Schema):
    """One row a signed lease of the last years. `rent` in cents a month, `waited` in days since seniority began."""

    lease_id = dy.String(primary_key=True)
    home_id = dy.String()
    household_id = dy.String(nullable=True)
    signed = dy.Date()
    ended = dy.Date(nullable=True)
    rent = dy.Int32(min=0)
    reserver = _word(words.RESERVER, nullable=False)
    first_quartile = dy.Bool()
    priority = dy.Bool()
    transfer = dy.Bool()
    relocated_for_renewal = dy.Bool()
    waited = dy.Int32(min=0)
    origin = _word(words.ORIGIN, nullable=False)


class Contingents(dy.Schema):
    """One row a convention: the percentage of a landlord's yearly flow in a département owed to a reserver."""

    landlord_id = dy.String(primary_key=True)
    department = dy.String(primary_key=True)
    reserver = dy.Enum(words.RESERVER.categories, primary_key=True)
    share = dy.Int8(min=0, max=100)
    valid_from = dy.Date()
    origin = _word(words.ORIGIN, nullable=False)


class Landlords(dy.Schema):
    """One row a landlord."""

    landlord_id = dy.String(primary_key=True)
    siren = dy.String(nullable=True, regex=r"^\d{9}$")
    name = dy.String()
    kind = _word(words.LANDLORD_KIND, nullable=False)
    origin = _word(words.ORIGIN, nullable=False)


class Decisions(dy.Schema):
    """One row a decision of a commission on one candidate for one vacancy (R441-3 CCH)."""

    decision_id = dy.String(primary_key=True)
    vacancy_id = dy.String()
    application_id = dy.String()
    rank = dy.Int16(nullable=True, min=1)
    outcome = _word(words.OUTCOME, nullable=False)
    reason = dy.String(nullable=True)
    decided = dy.Date()
    answer = _word(words.ANSWER)
    origin = _word(words.ORIGIN, nullable=False)


class Cells(dy.Schema):
    """One row a 200 m cell of Filosofi (Insee). Counts may be fractions where Insee imputes (`imputed`).

    Only the sums over a `natural_id` are exact. `living_standard` is the sum over persons of winsorised euros per
    consumption unit and year.
    """

    cell_crs = dy.Int32(primary_key=True)
    cell_north = dy.Int32(primary_key=True)
    cell_east = dy.Int32(primary_key=True)
    natural_id = dy.String()
    commune = dy.String(regex=COMMUNE)
    imputed = dy.Bool()
    persons = dy.Float64(min=0)
    households = dy.Float64(min=0)
    poor = dy.Float64(min=0)
    one_person = dy.Float64(min=0)
    five_persons = dy.Float64(min=0)
    owners = dy.Float64(min=0)
    lone_parents = dy.Float64(min=0)
    living_standard = dy.Float64()
    social_homes = dy.Float64(min=0)
    age_0_3 = dy.Float64(min=0)
    age_4_5 = dy.Float64(min=0)
    age_6_10 = dy.Float64(min=0)
    age_11_17 = dy.Float64(min=0)
    age_18_24 = dy.Float64(min=0)
    age_25_39 = dy.Float64(min=0)
    age_40_54 = dy.Float64(min=0)
    age_55_64 = dy.Float64(min=0)
    age_65_79 = dy.Float64(min=0)
    age_80_more = dy.Float64(min=0)
    age_unknown = dy.Float64(min=0)


class Contours(dy.Schema):
    """One row a shape of a zone: WKB, longitude and latitude (WGS 84)."""

    zone = dy.String()
    geometry = dy.Binary()


class Zoning(dy.Schema):
    """One row a membership: a unit (a home id) lies in a zone from a date until another (null: still)."""

    unit = dy.String(primary_key=True)
    zone = dy.String(primary_key=True)
    valid_from = dy.Date(primary_key=True)
    valid_to = dy.Date(nullable=True)


TABLES: dict[str, type[dy.Schema]] = {
    "homes": Homes,
    "households": Households,
    "applications": Applications,
    "vacancies": Vacancies,
    "leases": Leases,
    "contingents": Contingents,
    "landlords": Landlords,
    "decisions": Decisions,
    "cells": Cells,
}
