"""Find by a value that is not kept: a keyed hash of it."""

import hashlib
import hmac
import unicodedata

from django.conf import settings


def blind_index(email: str) -> str:
    """A keyed hash of an e-mail address, whatever its capitals: equal for equal addresses, and tells nothing."""
    plain = unicodedata.normalize("NFKC", email).strip().casefold()
    return hmac.new(f"carreau index {settings.SECRET_KEY}".encode(), plain.encode(), hashlib.sha256).hexdigest()
