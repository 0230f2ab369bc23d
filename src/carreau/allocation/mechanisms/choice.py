"""Choice-based letting: homes are advertised in rounds, applicants answer some adverts, the first in order gets each.

Stated properties:

- *Nobody who answered is passed over*, but for a seat that a reserve claims: no application without a home answered a
  home and came before the one that got it.
- *Wasteful*: a home that nobody answered stays empty, even if it fits someone.
- *Not strategy-proof*: answers are few, so that a home with shorter odds may be worth more than the one liked best; to
  answer is to guess what others answer, as with immediate acceptance (Abdulkadiroglu and Sonmez, "School choice: a
  mechanism design approach", American Economic Review 93, 2003).
"""

import numpy as np

from carreau.allocation.market import Assignment, Ints, Market
from carreau.allocation.mechanisms.serial import Flags, Queue
from carreau.allocation.mechanisms.wishes import Wishes
from carreau.errors import BadInput
from carreau.progress import Progress, silent


def choice(
    market: Market,
    answers: int,
    *,
    rounds: Ints | None = None,
    answered: Flags | None = None,
    stop: int | None = None,
    progress: Progress = silent,
) -> Assignment:
    """Let the homes of each round among those who answered them.

    `rounds` [homes], from 0 and never falling, is when each home is advertised; all at once when it is not given. In a
    round everybody without a home answers the lots advertised that they wish most, `answers` at most, among the pairs
    marked in `answered` [pairs] if real answers are known. `stop` is the most rounds, `Assignment.work` those held.
    """
    advertised = np.zeros(market.homes, dtype=np.int64) if rounds is None else rounds
    if advertised.size != market.homes or (np.diff(advertised) < 0).any():
        raise BadInput(f"choice: rounds must be given for each of {market.homes} homes and never fall")
    if answers < 1:
        raise BadInput(f"choice: everybody may answer at least one advert, not {answers}")
    queue, wishes = Queue(market), Wishes.of(market)
    all_rounds = np.unique(advertised)
    held = all_rounds[:stop]
    for done, now in enumerate(held):
        progress("allocate", done, all_rounds.size)
        homes = np.flatnonzero(advertised == now)
        queue.take(homes, answered=_answers(market, wishes, homes, queue.housed, answers, answered))
    progress("allocate", held.size, all_rounds.size)
    return queue.assignment(finished=held.size == all_rounds.size, work=held.size)


def _answers(market: Market, wishes: Wishes, homes: Ints, housed: Flags, answers: int, answered: Flags | None) -> Flags:
    """[pairs]: the most wished `answers` of each application that is still looking, among the lots advertised."""
    advertised = np.zeros(market.lots, dtype=np.bool_)
    advertised[market.lot[homes]] = True
    open_pairs = np.repeat(advertised, np.diff(market.starts)) & ~housed[market.application]
    if answered is not None:
        open_pairs &= answered
    in_order = open_pairs[wishes.pair]
    before = np.concatenate([[0], np.cumsum(in_order)])
    rank = before[1:] - np.repeat(before[wishes.starts[:-1]], np.diff(wishes.starts))
    found = np.zeros(market.application.size, dtype=np.bool_)
    found[wishes.pair[in_order & (rank <= answers)]] = True
    return found
