"""How long things last that let somebody in. Choices of Carreau: no text of law sets them."""

from datetime import timedelta

LINK = timedelta(minutes=15)
INVITATION = timedelta(days=7)
AGREEMENT = timedelta(days=7)
ACTING = timedelta(days=90)

SESSION_IDLE = timedelta(hours=1)
SESSION_LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
