"""How many examples Hypothesis tries a property on."""

import os

TIMES = int(os.environ.get("CARREAU_EXAMPLES", "1"))


def examples(count: int) -> int:
    """So many in `make test`, where the numbers are such that each property's mutation is found; more in a search.

    `make test-all` tries twenty-five times as many, new ones at each run.
    """
    return count * TIMES
