"""Seal what belongs to the installation rather than to a person: session contents, second-factor secrets."""

import base64
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.signing import BadSignature, JSONSerializer


def seal(data: bytes, use: str) -> bytes:
    """Encrypt under the installation's secret; `use` keeps what is sealed for one thing from opening as another."""
    return _cipher(settings.SECRET_KEY, use).encrypt(data)


def unseal(sealed: bytes, use: str) -> bytes:
    """What was sealed. Raises BadSignature for what was not sealed here, or for another use."""
    try:
        return _cipher(settings.SECRET_KEY, use).decrypt(sealed)
    except InvalidToken:
        raise BadSignature("sealed elsewhere, or altered") from None


class SealedSerializer:
    """JSON that only this installation reads: a session may hold what somebody typed a moment ago."""

    def dumps(self, values: Any) -> bytes:
        """JSON, sealed."""
        return seal(JSONSerializer().dumps(values), "session")

    def loads(self, sealed: bytes) -> Any:
        """The values again. Raises BadSignature."""
        return JSONSerializer().loads(unseal(sealed, "session"))


@cache
def _cipher(secret: str, use: str) -> Fernet:
    key = HKDF(SHA256(), 32, salt=None, info=f"carreau {use}".encode()).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
