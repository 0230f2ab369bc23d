"""The stable matching of the package `matching` (hospital-resident games, residents first) is ours."""

import numpy as np
import pytest
from markets import home_of, market, right_of, wishes_of
from matching.games import HospitalResident

from carreau.allocation.mechanisms.deferred import deferred


@pytest.mark.parametrize("seed", range(5))
def test_the_same_stable_matching(seed: int) -> None:
    random = np.random.default_rng(seed)
    lots = np.repeat(np.arange(20), random.integers(1, 4, 20)).tolist()
    wishes = [random.permutation(20)[: random.integers(1, 8)].tolist() for _ in range(100)]
    one = market(lots, wishes, [random.permutation(100).tolist() for _ in range(20)])
    game = HospitalResident.create_from_dictionaries(
        {f"a{each}": [f"l{lot}" for lot in own] for each, own in enumerate(wishes_of(one))},
        {f"l{lot}": [f"a{each}" for each in order] for lot, order in enumerate(right_of(one))},
        {f"l{lot}": int(places) for lot, places in enumerate(one.places)},
    )
    solved = game.solve(optimal="resident")
    theirs = {str(resident): str(hospital) for hospital, residents in solved.items() for resident in residents}
    ours = {f"a{each}": f"l{one.lot[home]}" for each, home in enumerate(home_of(one, deferred(one))) if home >= 0}
    assert ours == theirs
