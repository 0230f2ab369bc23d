"""A lottery within classes of priority: one ticket an application, the same for every home.

One ticket for all homes rather than one a home: fewer households then hold what another would exchange
(Abdulkadiroglu, Pathak and Roth, "Strategy-proofness versus efficiency in matching with indifferences", American
Economic Review 99, 2009). For given tickets the properties are those of `serial`; before the draw, two applications of
the same class and the same pairs have the same chances. Nobody can choose a ticket: it is a hash of the application's
name and of a seed that is not known when the applications are frozen.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from carreau.allocation.market import Assignment, Ints, Market
from carreau.allocation.mechanisms.serial import serial
from carreau.errors import BadInput
from carreau.progress import Progress, silent


def tickets(names: Iterable[str], seed: str) -> Ints:
    """int64: the first 63 bits of SHA-256 of the seed, a line feed and the name, in UTF-8; the smallest comes first."""
    start = hashlib.sha256(f"{seed}\n".encode())

    def ticket(name: str) -> int:
        one = start.copy()
        one.update(name.encode())
        return int.from_bytes(one.digest()[:8], "big") >> 1

    return np.fromiter((ticket(name) for name in names), dtype=np.int64)


def drawn(market: Market, ticket: Ints, priority: Ints) -> Market:
    """The market in the order of the draw: the smallest `priority` of an application, then its smallest ticket.

    Both are one an application. Equal tickets (none are, but for a hash that collides) come by number.
    """
    if not ticket.size == priority.size == market.applications:
        raise BadInput(f"lottery: {ticket.size} tickets and {priority.size} priorities for {market.applications}")
    place = np.empty(market.applications, dtype=np.int64)
    place[np.lexsort((ticket, priority))] = np.arange(market.applications)
    lots = np.repeat(np.arange(market.lots), np.diff(market.starts))
    order = np.argsort(lots << 32 | place[market.application])
    return replace(market, application=market.application[order], wish=market.wish[order])


def lottery(
    market: Market, ticket: Ints, priority: Ints, *, stop: int | None = None, progress: Progress = silent
) -> Assignment:
    """Draw, then let the homes one after the other."""
    return serial(drawn(market, ticket, priority), stop=stop, progress=progress)
