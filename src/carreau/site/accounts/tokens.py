"""Tokens that travel in an e-mail and are kept only as a digest."""

import hashlib
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12


def new_token() -> str:
    """A token of 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token: enough to know it again, of no use to whoever reads the table."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal_under(token: str, text: str) -> bytes:
    """Encrypt a text so that only the bearer of the token reads it."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_key(token)).encrypt(nonce, text.encode(), None)


def open_with(token: str, sealed: bytes) -> str:
    """The text again. Raises ValueError for another token."""
    try:
        return AESGCM(_key(token)).decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()
    except InvalidTag:
        raise ValueError("sealed under another token") from None


def _key(token: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"carreau link").derive(token.encode())
