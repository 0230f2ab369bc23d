"""The tables of the commission."""

from carreau.site.commissions.models.agenda import Item, Vote
from carreau.site.commissions.models.candidacies import Candidacy
from carreau.site.commissions.models.leases import Commitment, Lease
from carreau.site.commissions.models.sessions import Commission, Seat

__all__ = ["Candidacy", "Commission", "Commitment", "Item", "Lease", "Seat", "Vote"]
