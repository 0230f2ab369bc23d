"""What makes an application a priority, and what tells it apart: grounds of L441-1, DALO, delay, quartile, transfer."""

from datetime import date
from typing import Any

import polars as pl

from carreau.register.vocabulary import GROUND
from carreau.rules.composition import months_since, younger
from carreau.rules.eligibility.codes import listed
from carreau.rules.eligibility.delays import Delays, delay, delays_on
from carreau.rules.eligibility.facts import described
from carreau.rules.eligibility.proofs import documents
from carreau.rules.occupancy.cases import over_occupied
from carreau.rules.parameters import load
from carreau.rules.quartile import Threshold, resources_per_unit

SITUATIONS = ("dalo", "abnormal_delay", "first_quartile", "transfer", "renewal")
PROVED = ("dalo", "transfer", "renewal")
CHILD, CARE = "minor_in_bad_housing", "leaving_child_care"


def priority(
    applications: pl.DataFrame, day: date, limit: Threshold | None = None, delays: Delays | None = None
) -> pl.DataFrame:
    """What each application may claim on a day, one row each, in the order given.

    `limit` is the territory's first-quartile threshold (see `quartile.threshold`), `delays` its own abnormally long
    delays in place of those shipped. Returns `application_id` and

    - `priority`: whether a ground of L441-1 holds, or the mediation commission designated it (DALO);
    - `grounds`: those declared that are in force and that the household can have; `situations`, of `SITUATIONS`;
    - `proofs`, the documents that prove them; `suggested`: grounds that the application suggests without declaring
      them; `appeal`: what it could refer to the mediation commission with, by parameter of the family `dalo`;
    - `reasons`: grounds and situations, then why a declared ground does not count (`…_no_minor`, `…_over_age`,
      `…_not_in_force`), `first_quartile_unknown`, `abnormal_delay_unknown`.

    The law gives grounds no order among themselves. Raises BadInput as `facts.described` and `delays.delay`.
    """
    frame = described(applications, day)
    frame = frame.hstack(_declarations(frame))
    frame = frame.with_columns(
        delay(frame, delays_on(day) if delays is None else delays).alias("delay"),
        over_occupied(pl.col("persons"), pl.col("present_surface"), day).alias("crowded"),
        **_of_age(day),
    )
    grounds, situations = _grounds(day), _situations(day, limit)
    frame = frame.with_columns(**{f"is_{name}": so for name, so in {**grounds, **situations}.items()})
    held = {name: pl.col(f"is_{name}") for name in {**grounds, **situations}}
    proofs = documents({code: code for code in (*grounds, *PROVED)}, day)
    made = listed(
        frame,
        {**held, **_unheld(day, limit)},
        grounds=lambda codes: [code for code in codes if code in grounds],
        situations=lambda codes: [code for code in codes if code in situations],
        proofs=proofs,
    ).rename({"codes": "reasons"})
    further = [listed(frame, found).rename({"codes": name}) for name, found in _told(day).items()]
    counts = pl.any_horizontal(*(pl.col(f"is_{name}") for name in grounds), "is_dalo").alias("priority")
    return pl.concat([frame.select("application_id", counts), made, *further], how="horizontal").select(
        "application_id", "priority", "grounds", "situations", "proofs", "suggested", "appeal", "reasons"
    )


def _declared(ground: str) -> pl.Expr:
    return pl.col(f"declared_{ground}")


def _declarations(frame: pl.DataFrame) -> pl.DataFrame:
    """A truth value a ground: lists of grounds are few, so that each is read once."""
    written = frame.select(pl.col("grounds").cast(pl.List(pl.String)).list.join("|").alias("written"))
    distinct = written["written"].unique()
    columns = {f"declared_{one}": [one in (text or "").split("|") for text in distinct] for one in GROUND.categories}
    table = pl.DataFrame({"written": distinct, **columns}, schema_overrides=dict.fromkeys(columns, pl.Boolean))
    return written.join(table, on="written", how="left", maintain_order="left", nulls_equal=True).drop("written")


def _in_force(family: str, name: str, day: date) -> bool:
    values = [value for value in load(family)[name].values if value.start <= day]
    return bool(values) and bool(values[-1].value)


def _of_age(day: date) -> dict[str, pl.Expr]:
    rules = load("situations")
    births, minor, care = pl.col("births").list, rules["minor_age"].on(day), rules["child_care_age"].on(day)
    applicant, partner = births.first(), pl.when("couple").then(births.get(1, null_on_oob=True))
    minors = births.eval(younger(pl.element(), minor, day)).list.sum()
    themselves = [younger(one, minor, day).fill_null(False).cast(pl.Int16) for one in (applicant, partner)]
    return {
        "has_minor": minors > pl.sum_horizontal(themselves),
        "under_care_age": pl.any_horizontal(younger(one, care, day).fill_null(False) for one in (applicant, partner)),
    }


def _grounds(day: date) -> dict[str, pl.Expr]:
    asked = {CHILD: pl.col("has_minor"), CARE: pl.col("under_care_age")}
    return {
        name: _declared(name) & asked.get(name, pl.lit(True)) & _in_force("priorities", name, day)
        for name in load("priorities").parameters
    }


def _situations(day: date, limit: Threshold | None) -> dict[str, pl.Expr]:
    found = {
        "dalo": pl.col("dalo"),
        "abnormal_delay": months_since(pl.col("seniority_from"), day) >= pl.col("delay"),
        "first_quartile": resources_per_unit(day) < limit.amount if limit else pl.lit(False),
        "transfer": pl.col("present_housing") == "social_tenant",
        "renewal": pl.col("relocated_for_renewal"),
    }
    return {name: so.fill_null(False) & _in_force("situations", name, day) for name, so in found.items()}


def _unheld(day: date, limit: Threshold | None) -> dict[str, pl.Expr]:
    late = {name: _declared(name) for name in load("priorities").parameters if not _in_force("priorities", name, day)}
    return {
        f"{CHILD}_no_minor": _declared(CHILD) & ~pl.col("has_minor"),
        f"{CARE}_over_age": _declared(CARE) & ~pl.col("under_care_age"),
        **{f"{name}_not_in_force": so for name, so in late.items()},
        "first_quartile_unknown": pl.lit(limit is None),
        "abnormal_delay_unknown": pl.col("delay").is_null(),
    }


def _told(day: date) -> dict[str, dict[str, pl.Expr]]:
    """What is said to the applicant, and never counted."""
    rules = load("situations")
    shown: dict[str, pl.Expr] = {CHILD: pl.col("crowded") & pl.col("has_minor")}
    for column, name in (("present_housing", "suggested_by_housing"), ("reason", "suggested_by_reason")):
        for word, ground in rules[name].on(day).items():
            shown[ground] = shown.get(ground, pl.lit(False)) | (pl.col(column) == word)
    suggested = {ground: so & ~_declared(ground) & _in_force("priorities", ground, day) for ground, so in shown.items()}
    family = load("dalo")
    appeal = {name: ~pl.col("dalo") & _shows(family[name].on(day), day) for name in family.parameters}
    return {"suggested": suggested, "appeal": appeal}


def _shows(what: dict[str, Any], day: date) -> pl.Expr:
    """Whether an application shows a case of the right to housing: all that `what` names holds."""
    held = pl.lit(True)
    for name in (*what.get("grounds", ()), *what.get("situations", ())):
        held = held & pl.col(f"is_{name}")
    if "present_housing" in what:
        held = held & pl.col("present_housing").is_in(what["present_housing"])
    if "months" in what:
        held = held & (months_since(pl.col("housed_since"), day) > what["months"])
    if "over_occupied" in what:
        held = held & (pl.col("crowded") == what["over_occupied"])
    return held.fill_null(False)
