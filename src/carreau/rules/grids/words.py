"""The closed lists of a grid: what a criterion may look at, in which fields, and which facts that reads.

What is not in these lists cannot be written in a grid nor given as an answer: neither name, sex, origin, nationality,
religion nor health. Age, composition and residence are only looked at by criteria that cite an article.
"""

from dataclasses import dataclass

from carreau.register.vocabulary import GROUND, KIND_OF_HOUSEHOLD, PRESENT_HOUSING

MODES = ("sum", "best", "ticked")
APPLICANTS = ("everyone", "new", "transfer")
STATES = ("declared", "validated", "social_worker")
NOT_SCORED = {"dalo": "dalo", "relocated_for_renewal": "relocated_for_renewal", "transfer": "present_housing"}
"""Applications that a territory may leave without points, and the column that tells."""

ANSWERS = (
    "departmental_plan",
    "effort_rate_too_high",
    "family_closeness",
    "home_business",
    "job_transfer",
    "key_worker",
    "leaving_shared_home",
    "lives_in_commune",
    "lives_in_territory",
    "living_with_parents",
    "neighbour_trouble",
    "new_job",
    "non_decent_home",
    "notice_to_leave",
    "precarious_hosting",
    "separation",
    "work_closeness",
    "works_in_commune",
    "works_in_territory",
)
"""Truth values that the register lacks and that applicants, landlords or social workers give."""

MEASURES: dict[str, tuple[str, ...]] = {
    "age": ("births",),
    "dependants": ("births", "kind"),
    "persons": ("births",),
    "persons_per_room": ("births", "present_rooms"),
    "resources_per_unit": ("births", "resources"),
    "effort_rate": (),
    "minutes_to_work": (),
    "remains_per_unit": (),
    "surface_per_person": (),
    "years_in_territory": (),
}
"""Numbers, with the register's columns that they are read from; without any, they are given as answers.

Years for age, euros a year and consumption unit for resources; as answers, effort rate in per cent (arrêté of 10 March
2011), euros a month and unit for what remains, minutes, m² and years.
"""

REFUSALS = "fitting_refusals"
"""The answer that counts how many homes fitting their needs and means an applicant has refused."""

CITING = frozenset(
    {
        "age",
        "dependants",
        "household",
        "lives_in_commune",
        "lives_in_territory",
        "persons",
        "persons_per_room",
        "works_in_commune",
        "works_in_territory",
        "years_in_territory",
    }
)
"""Kinds and facts about age, composition or residence: their criteria cite an article."""


@dataclass(frozen=True)
class Kind:
    """A kind of criterion: fields it needs and may have, columns of the register it reads, words of its `any_of`."""

    needs: frozenset[str]
    reads: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()


POINTS, ANY_OF = frozenset({"points"}), frozenset({"any_of", "points"})
KINDS: dict[str, Kind] = {
    "seniority": Kind(
        frozenset({"points_per_month"}),
        frozenset({"seniority_from"}),
        frozenset({"cap", "abnormal_after_months", "abnormal_points"}),
    ),
    "ground": Kind(ANY_OF, frozenset({"grounds"}), words=tuple(GROUND.categories)),
    "present_housing": Kind(ANY_OF, frozenset({"present_housing"}), words=tuple(PRESENT_HOUSING.categories)),
    "household": Kind(ANY_OF, frozenset({"kind"}), words=tuple(KIND_OF_HOUSEHOLD.categories)),
    "dalo": Kind(POINTS, frozenset({"dalo"})),
    "over_occupied": Kind(POINTS, frozenset({"births", "kind", "present_rooms"})),
    "transfer": Kind(POINTS, frozenset({"present_housing"})),
    "answer": Kind(frozenset({"of", "points"})),
    "measure": Kind(frozenset({"of", "bands"})),
    "refusals": Kind(POINTS, may=frozenset({"first", "most"})),
    "box": Kind(POINTS),
}
COMMON = frozenset({"criterion", "kind", "title", "reference", "counts"})
"""Fields that every criterion has or may have."""
