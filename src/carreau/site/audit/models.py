"""The audit log, and what every model that is in it inherits."""

from carreau.site.audit.audited import Audited
from carreau.site.audit.entry import Entry, Seal
from carreau.site.audit.queries import AuditedQuerySet

__all__ = ["Audited", "AuditedQuerySet", "Entry", "Seal"]
