"""What a territory folder holds, in one hash."""

import hashlib
import json

from carreau.errors import BadInput
from carreau.register.territory import Territory


def tables_digest(territory: Territory) -> str:
    """SHA-256 over the hashes of a folder's tables, after checking that the files are those that were hashed."""
    problems = territory.check()["problems"]
    if problems:
        raise BadInput("; ".join(problems), file=territory.path)
    hashes = {name: facts["sha256"] for name, facts in territory.facts["tables"].items()}
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()
