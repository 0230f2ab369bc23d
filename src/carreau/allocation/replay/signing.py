"""Sign a record and say whether it is the one that was signed, under a key that the caller holds."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from carreau.allocation.replay.record import Record
from carreau.errors import BadInput

TITLE = b"carreau replay record\n"
LEAST_SECRET = 32


def sign(record: Record, key: Ed25519PrivateKey | bytes) -> dict[str, Any]:
    """A page to keep as JSON: the record, its signature, and by which key.

    With an Ed25519 key everybody can check it; a secret of 32 bytes or more signs by HMAC-SHA-256, for those alone who
    hold it. Raises ValueError for a shorter secret.
    """
    content = _content(record.as_dict())
    if isinstance(key, bytes):
        return {"record": record.as_dict(), "key": "secret", "signature": _written(_mac(key, content))}
    public = key.public_key()
    return {"record": record.as_dict(), "key": fingerprint(public), "signature": _written(key.sign(content))}


def opened(page: Mapping[str, Any], key: Ed25519PublicKey | bytes) -> Record:
    """The record of a signed page. What the page says of the key is not believed: `key` alone decides how to check.

    Raises BadInput when the page is none, or was not signed by this key as it stands.
    """
    try:
        record, signature = page["record"], base64.b64decode(page["signature"], validate=True)
        content = _content(record)
    except (KeyError, TypeError, ValueError):
        raise BadInput("is not a signed record: it has no record, or no signature that can be read") from None
    if not _holds(content, signature, key):
        raise BadInput("the record is not the one that was signed, or another key signed it")
    return Record.of_dict(record)


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of a public key, to publish beforehand and to compare."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def _holds(content: bytes, signature: bytes, key: Ed25519PublicKey | bytes) -> bool:
    if isinstance(key, bytes):
        return hmac.compare_digest(signature, _mac(key, content))
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _content(record: Mapping[str, Any]) -> bytes:
    return TITLE + json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _mac(secret: bytes, content: bytes) -> bytes:
    if len(secret) < LEAST_SECRET:
        raise ValueError(f"a secret of at least {LEAST_SECRET} bytes is needed")
    return hmac.digest(secret, content, "sha256")


def _written(signature: bytes) -> str:
    return base64.b64encode(signature).decode()
