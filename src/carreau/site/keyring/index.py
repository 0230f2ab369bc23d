"""Find by a value that is not kept: a keyed hash of it."""

import hashlib
import hmac
import unicodedata

from carreau.site.keyring.keys import INDEX, key_of


def blind_index(email: str) -> str:
    """A keyed hash of an e-mail address, whatever its capitals: equal for equal addresses, and tells nothing.

    Its key is in the keyring, apart from the data and unmoved when the installation's secret changes: whoever has a
    copy of the data cannot even try addresses.
    """
    plain = unicodedata.normalize("NFKC", email).strip().casefold()
    return hmac.new(key_of(INDEX), f"e-mail {plain}".encode(), hashlib.sha256).hexdigest()
