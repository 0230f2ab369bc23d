"""The private ledger: who was counted in each published row, as keyed hashes, for the rule of time (see `renewal`).

It lies beside the releases and is never in one: `ledger.parquet`, and `ledger.key`, which is the operator's and may be
kept elsewhere. Both are for the operator's account alone (mode 0600). Without the key an entry says nothing of anybody;
an erased household's entries go, and count as its departure.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fcntl import LOCK_EX, flock
from pathlib import Path

import polars as pl

from carreau.errors import BadInput

ENTRIES = pl.Schema(
    {
        "shape": pl.String(),
        "release": pl.String(),
        "turn": pl.Int32(),
        "home": pl.UInt64(),
        "stay": pl.UInt64(),
        "household": pl.UInt64(),
        "facts": pl.UInt64(),
    }
)
"""An entry: a household counted in the row of a unit (`shape`) that a release (its digest) was the first to publish.

`turn` numbers the releases as they came. `home` is the hash of the home, `stay` of the home and the day that the
household moved in (null where that is unknown), `household` of its identifier, `facts` of everything counted of it.
"""
FILE, KEY, LOCK = "ledger.parquet", "ledger.key", ".lock"
KEY_BYTES, KEY_MARK = 32, "carreau.key"
OWNER_ONLY = 0o600


@dataclass(frozen=True, eq=False)
class Ledger:
    """The entries of all rows ever published from here, and the key of their hashes."""

    folder: Path
    key: bytes
    entries: pl.DataFrame

    @classmethod
    def open(cls, folder: Path, *, key_file: Path | None = None) -> "Ledger":
        """The ledger in a folder, which need not exist; a key is made only where there are neither key nor entries.

        Raises BadInput for a file that is not a ledger, and for entries without their key.
        """
        file, key_file = folder / FILE, key_file or folder / KEY
        if file.exists() and not key_file.exists():
            raise BadInput("the key of the ledger is not there: without it nobody can tell who moved", file=key_file)
        if not file.exists():
            return cls(folder, _key(key_file), pl.DataFrame(schema=ENTRIES))
        try:
            entries = pl.read_parquet(file).select(ENTRIES.names()).cast(ENTRIES)
            marked = pl.read_parquet_metadata(file).get(KEY_MARK)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise BadInput(f"is not a ledger: {error}", file=file) from None
        found = cls(folder, _key(key_file), entries)
        if marked != found._mark:
            raise BadInput("is not the key of this ledger: with another one everybody would have moved", file=key_file)
        return found

    @classmethod
    @contextmanager
    def held(cls, folder: Path, *, key_file: Path | None = None) -> Iterator["Ledger"]:
        """The ledger, for one run at a time: what it says must not change between a rule and what is published."""
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / LOCK).open("a") as lock:
            flock(lock, LOCK_EX)
            yield cls.open(folder, key_file=key_file)

    def hashed(self, households: pl.DataFrame, facts: Iterable[str]) -> pl.DataFrame:
        """`home`, `stay`, `household` and `facts` of households, in their order.

        `households` has `household_id`, `home_id`, `moved_in` and the columns named in `facts`.
        """
        stay = pl.concat_str("home_id", pl.col("moved_in").cast(pl.String), separator="|")
        whole = pl.concat_str(
            [pl.col(name).cast(pl.String).fill_null("") for name in facts] or pl.lit(""), separator="|"
        )
        texts = households.select(home="home_id", stay=stay, household="household_id", facts=whole)
        return texts.select(
            pl.Series(name, [self._hash(name, one) for one in texts[name]], pl.UInt64) for name in texts.columns
        )

    def followed_by(self, release: str, entries: pl.DataFrame) -> "Ledger":
        """With the entries of the rows that a release is the first to publish: `shape`, `stay`, `household`, `facts`.

        The same release again changes nothing.
        """
        if release in self.entries["release"]:
            return self
        turn = int(self.entries["turn"].max() or 0) + 1  # type: ignore[arg-type]
        added = entries.with_columns(release=pl.lit(release), turn=pl.lit(turn, pl.Int32)).select(ENTRIES.names())
        return replace(self, entries=pl.concat([self.entries, added.cast(ENTRIES)]))

    def without(self, households: Iterable[str]) -> "Ledger":
        """Without the entries of some households, by their identifiers."""
        gone = pl.Series([self._hash("household", one) for one in households], dtype=pl.UInt64)
        return replace(self, entries=self.entries.filter(~pl.col("household").is_in(gone.implode())))

    def save(self) -> None:
        """Write it, whole or not at all, readable by its owner alone. Raises BadInput when it cannot be written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file, staging = self.folder / FILE, self.folder / f".{FILE}.staging"
        try:
            staging.unlink(missing_ok=True)
            os.close(os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
            self.entries.write_parquet(staging, metadata={KEY_MARK: self._mark})
            staging.replace(file)
        except OSError as error:
            raise BadInput(f"cannot be written: {error.strerror}", file=file) from None
        finally:
            staging.unlink(missing_ok=True)

    @property
    def _mark(self) -> str:
        """What tells this key from another."""
        return str(self._hash("key", "which"))

    def _hash(self, what: str, text: str | None) -> int | None:
        if text is None:
            return None
        made = hashlib.blake2b(text.encode(), key=self.key, digest_size=8, person=what.encode()[:16])
        return int.from_bytes(made.digest(), "big")


def _key(file: Path) -> bytes:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w") as made:
            made.write(secrets.token_hex(KEY_BYTES) + "\n")
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise BadInput(f"is not a key of {KEY_BYTES} bytes in hexadecimal", file=file)
    return key
