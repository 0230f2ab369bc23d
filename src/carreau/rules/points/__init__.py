"""Points of applications under a grid: their breakdown, by territory, and one person's own account."""

from carreau.rules.points.facts import months_between
from carreau.rules.points.scoring import Points, points
from carreau.rules.points.territories import points_by_territory

__all__ = ["Points", "months_between", "points", "points_by_territory"]
