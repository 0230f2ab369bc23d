"""Which code made something: its version, and a hash of its files."""

import hashlib
from functools import cache
from pathlib import Path

import carreau

NOT_CODE = {"__pycache__", "static"}


@cache
def code_sha256() -> str:
    """SHA-256 over the names and bytes of Carreau's own files, but for what the browser alone is given."""
    total, root = hashlib.sha256(), Path(carreau.__file__).parent
    for file in sorted(path for path in root.rglob("*") if path.is_file() and not NOT_CODE & set(path.parts)):
        total.update(file.relative_to(root).as_posix().encode())
        total.update(file.read_bytes())
    return total.hexdigest()
