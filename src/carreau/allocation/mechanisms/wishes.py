"""What each applicant wants, in order: the pairs of a market by application."""

from dataclasses import dataclass

import numpy as np

from carreau.allocation.market import Ints, Market


@dataclass(frozen=True, eq=False)
class Wishes:
    """`pair` (int64 or int32 [pairs]): pairs by application, the most wished first, then the lot of smaller number.

    Those of application a are from `starts[a]` to `starts[a + 1]`, that one excluded.
    """

    pair: Ints
    starts: Ints

    @classmethod
    def of(cls, market: Market) -> "Wishes":
        """Sort the pairs: one integer a pair when application, wish and pair fit in 63 bits, else by two keys."""
        counts = np.bincount(market.application, minlength=market.applications)
        starts = np.concatenate([[0], np.cumsum(counts)])
        if not market.application.size:
            return cls(np.empty(0, dtype=np.int64), starts)
        least = int(market.wish.min())
        of_wish = (int(market.wish.max()) - least).bit_length()
        of_pair = market.application.size.bit_length()
        if market.applications.bit_length() + of_wish + of_pair > 63:
            return cls(np.lexsort((market.wish, market.application)), starts)
        keys = market.application.astype(np.int64)
        keys <<= of_wish
        keys += market.wish
        keys -= least
        keys <<= of_pair
        keys += np.arange(keys.size)
        keys.sort()
        keys &= (1 << of_pair) - 1
        return cls(keys.astype(np.int32) if of_pair < 32 else keys, starts)
