"""Living standards, and what follows from them: disposable income, tax income, poverty.

A living standard is the poverty line times exp(median + shifts + spread x score): the score is standard normal, the
spread below the median follows from the cited median and poverty share, the one above from the cited share over 120 %
of the ceiling.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from carreau.register.synthetic.margins import Margins, Random
from carreau.register.synthetic.persons import COUPLE, LONE_PARENT, Floats, Ints

QPV_GAP = "poor_in_qpv_gap"


@dataclass(frozen=True)
class Levels:
    """Log points added outside and inside QPV so that the cited shares of poor households hold there."""

    outside: float
    inside: float


def fit_levels(margins: Margins, kinds: Ints, in_qpv: np.ndarray, effect: Floats) -> Levels:
    """Find the levels on a sample of homes: their kinds of household, QPV flags and residence effects."""
    share = float(in_qpv.mean()) if len(in_qpv) else 0.0
    poor, gap = margins.value("poor") / 100, margins.value(QPV_GAP) / 100
    outside = poor - gap * share
    return Levels(
        _level(margins, kinds[~in_qpv], effect[~in_qpv], outside),
        _level(margins, kinds[in_qpv], effect[in_qpv], outside + gap),
    )


def draw_living_standards(
    margins: Margins,
    line: int,
    levels: Levels,
    kinds: Ints,
    in_qpv: np.ndarray,
    effect: Floats,
    random: Random,
) -> Floats:
    """Euros a year and consumption unit."""
    weight = margins.assumed["income"]["residence_weight"]
    score = np.sqrt(1 - weight**2) * random.standard_normal(len(kinds)) + weight * effect
    centre = _centre(margins, kinds) + np.where(in_qpv, levels.inside, levels.outside)
    spread = np.where(score < 0, _spread_below(margins), margins.assumed["income"]["spread_above_median"])
    ratio: Floats = np.exp(centre + spread * score).clip(0.15, 8)
    return line * ratio


def tax_income(margins: Margins, living_standard: Floats, line: int, disposable: Floats) -> Ints:
    """Revenu fiscal de référence: what is left of disposable income without benefits, after the usual deduction."""
    return np.round(
        disposable * (1 - benefits_share(margins, living_standard, line)) * margins.assumed["tax_income"]
    ).astype(np.int64)


def benefits_share(margins: Margins, living_standard: Floats, line: int) -> Floats:
    """Share of disposable income that is social benefits: the poorer, the larger."""
    rule = margins.assumed["benefits"]
    share: Floats = (rule["at_half_line"] + rule["per_line"] * (living_standard / line - 0.5)).clip(rule["least"], 0.9)
    return share


def _centre(margins: Margins, kinds: Ints) -> Floats:
    rule = margins.assumed["income"]
    shift = np.where(kinds == LONE_PARENT, rule["lone_parent_shift"], 0.0)
    shift[kinds == COUPLE] = rule["couple_shift"]
    result: Floats = np.log(margins.value("living_standard_median_ratio")) + shift
    return result


def _spread_below(margins: Margins) -> float:
    return float(np.log(margins.value("living_standard_median_ratio")) / -ndtri(margins.value("poor") / 100))


def _level(margins: Margins, kinds: Ints, effect: Floats, poor: float) -> float:
    """The level at which the share of poor households is `poor`, by bisection."""
    if not len(kinds):
        return 0.0
    weight = margins.assumed["income"]["residence_weight"]
    centre, below = _centre(margins, kinds), _spread_below(margins)
    above = margins.assumed["income"]["spread_above_median"]
    low, high = -3.0, 3.0
    for _ in range(50):
        middle = (low + high) / 2
        distance = -(centre + middle)
        score = distance / np.where(distance < 0, below, above)
        share = ndtr((score - weight * effect) / np.sqrt(1 - weight**2)).mean()
        low, high = (middle, high) if share > poor else (low, middle)
    return (low + high) / 2
