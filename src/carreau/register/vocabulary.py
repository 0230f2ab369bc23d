"""The closed lists of words that the tables of a territory may use, in the order of their codes."""

import polars as pl

ORIGIN = pl.Enum(["real", "synthetic"])
KIND_OF_HOME = pl.Enum(["flat", "house", "student"])
CEILING_CLASS = pl.Enum(["PLAI", "PLUS", "PLS", "PLI"])
LETTER = pl.Enum(list("ABCDEFG"))
ACCESS = pl.Enum(["none", "accessible", "adapted"])
STATUS = pl.Enum(["let", "offered", "empty", "association", "otherwise_occupied", "not_applicable"])
RESERVER = pl.Enum(
    [
        "state_civil_servants",
        "state_priority",
        "action_logement",
        "local_authorities",
        "state_agreements",
        "other",
        "none",
    ]
)
TENURE = pl.Enum(["social", "private", "owner"])
KIND_OF_HOUSEHOLD = pl.Enum(["alone", "couple", "couple_children", "lone_parent", "other"])
PRESENT_HOUSING = pl.Enum(
    [
        "social_tenant",
        "private_tenant",
        "owner",
        "hosted_by_family",
        "hosted_by_others",
        "shelter",
        "homeless",
        "employer_or_hotel",
    ]
)
REASON = pl.Enum(
    ["no_own_home", "too_small", "too_large", "too_expensive", "health", "surroundings", "work", "family", "eviction"]
)
# L441-1 CCH; certainty of each in rules/parameters/priorities.yaml
GROUND = pl.Enum(
    [
        "disability",
        "leaving_coordination_therapy",
        "badly_housed",
        "temporary_housing",
        "back_to_work",
        "unfit_housing",
        "domestic_violence",
        "sexual_violence",
        "leaving_prostitution",
        "trafficking",
        "minor_in_bad_housing",
        "homeless_or_hosted",
        "eviction_threat",
        "leaving_child_care",
    ]
)
LANDLORD_KIND = pl.Enum(["office", "company", "cooperative", "mixed_company"])
# R441-3 CCH
OUTCOME = pl.Enum(["attribution", "ranked_attribution", "attribution_under_condition", "non_attribution", "ineligible"])
ANSWER = pl.Enum(["accepted", "refused", "silent"])
