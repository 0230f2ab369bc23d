"""What the environment says: every setting that differs between two installations, read in one place.

`CARREAU_HOME` is the folder of an installation (database, keys, secret, territories, releases); everything else has a
safe value without being given.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

from carreau.errors import BadInput

SECRET_FILE = "secret"  # noqa: S105 - the name of a file
KEYRING_SECRET_FILE = "keyring-secret"  # noqa: S105
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Environment:
    """One installation.

    `home` holds its files. `database` and `keyring` are addresses as dj-database-url reads them; the keyring is another
    database than the data, so that a back-up of one never holds the other. `keyring_secrets` are the secret that wraps
    its keys and, while that one is being changed, the one before; none before a folder is made. `hosts` are the names
    that it answers to. `proxies` is how many reverse proxies stand before it: their X-Forwarded-Proto and -For are
    believed, nobody's when 0. `local` is a site on this machine alone, over plain HTTP: the only case in which cookies
    need no HTTPS.
    """

    home: Path
    secret: str
    database: str
    keyring: str
    keyring_secrets: tuple[str, ...]
    hosts: tuple[str, ...]
    proxies: int
    local: bool
    debug: bool
    values: Mapping[str, str]

    @classmethod
    def read(cls, values: Mapping[str, str] = os.environ) -> "Environment":
        """Read the variables (see docs/how-to/production.md). Raises BadInput naming the one that cannot be used."""
        home = Path(values.get("CARREAU_HOME") or "carreau-site").resolve()
        hosts = tuple(host.strip() for host in values.get("CARREAU_HOSTS", "").split(",") if host.strip())
        local = not hosts
        return cls(
            home=home,
            secret=values.get("CARREAU_SECRET") or _kept_secret(home),
            database=values.get("DATABASE_URL") or f"sqlite:///{home / 'carreau.sqlite3'}",
            keyring=values.get("KEYRING_URL") or f"sqlite:///{home / 'keyring.sqlite3'}",
            keyring_secrets=_keyring_secrets(values, home),
            hosts=hosts or LOOPBACK,
            proxies=_count(values, "CARREAU_PROXIES"),
            local=local,
            debug=_flag(values, "CARREAU_DEBUG"),
            values=values,
        )

    def text(self, name: str, default: str = "") -> str:
        """Another variable by name."""
        return self.values.get(name) or default


def _flag(values: Mapping[str, str], name: str) -> bool:
    given = values.get(name, "0")
    if given not in ("0", "1"):
        raise BadInput(f"{name} is 0 or 1, not {given!r}")
    return given == "1"


def _count(values: Mapping[str, str], name: str) -> int:
    given = values.get(name) or "0"
    if not given.isascii() or not given.isdigit() or int(given) > 9:
        raise BadInput(f"{name} is a number from 0 to 9, not {given!r}")
    return int(given)


def _kept_secret(home: Path) -> str:
    """The secret that `make_home` left, or one for this process alone."""
    file = home / SECRET_FILE
    return file.read_text(encoding="ascii").strip() if file.exists() else token_urlsafe(48)


def _keyring_secrets(values: Mapping[str, str], home: Path) -> tuple[str, ...]:
    """The present secret of the keyring and the one before, of which either may be missing."""
    files = (home / KEYRING_SECRET_FILE, home / f"{KEYRING_SECRET_FILE}.previous")
    given = (values.get("KEYRING_SECRET"), values.get("KEYRING_SECRET_PREVIOUS"))
    kept = (file.read_text(encoding="ascii").strip() if file.exists() else "" for file in files)
    return tuple(secret for pair in zip(given, kept, strict=True) if (secret := pair[0] or pair[1]))


def make_home(home: Path) -> None:
    """Make the folder of an installation and, once, its secrets, readable by its owner alone."""
    home.mkdir(parents=True, exist_ok=True)
    for name in (SECRET_FILE, KEYRING_SECRET_FILE):
        _make_secret(home / name)


def _make_secret(file: Path) -> None:
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as written:
        written.write(token_urlsafe(48))
