"""Points of applications under a grid: their breakdown, by territory, and one person's own account."""

from carreau.rules.points.scoring import Points, points
from carreau.rules.points.territories import points_by_territory

__all__ = ["Points", "points", "points_by_territory"]
