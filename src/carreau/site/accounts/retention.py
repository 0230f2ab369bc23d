"""Links and sessions go once they are over: nobody can use them any more."""

from carreau.site.accounts.models import Link, Session
from carreau.site.audit.retention import delete, register

register(Link, None, "expires", delete)
register(Session, None, "expire_date", delete)
