"""The installation's own key: it signs the record of every run, and its public half is for everybody.

It is made at the first use, in the keyring, apart from the data.
"""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from carreau.allocation.replay.record import Record
from carreau.allocation.replay.signing import sign
from carreau.site.keyring.keys import SIGNER, key_of


def signed(record: Record) -> dict[str, Any]:
    """A record signed by this installation (see `carreau.allocation.replay.signing.sign`)."""
    return sign(record, _key())


def public_key() -> Ed25519PublicKey:
    """What everybody can check those signatures with."""
    return _key().public_key()


def public_pem() -> bytes:
    """The public key as a file."""
    return public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key_of(SIGNER))
