"""What every test of the site may use."""

from typing import Any

from django.core.management.commands import flush

from carreau.site.audit.append_only import statements
from carreau.site.oversight import written_once
from carreau.site.oversight.models import FILLED_ONCE

APPEND_ONLY: dict[str, tuple[str, ...]] = {
    "audit_entry": (),
    "audit_seal": ("previous", "sha256"),
    "applications_question": (),
    "applications_answer": ("question_id",),
}

empty_tables = flush.sql_flush


def lifted(style: Any, connection: Any, *args: Any, **options: Any) -> list[str]:
    """Between two tests that commit, Django empties every table: the triggers that refuse it are lifted meanwhile."""
    asked: list[str] = empty_tables(style, connection, *args, **options)
    if "audit_entry" not in connection.introspection.table_names():
        return asked
    before = [one for table in APPEND_ONLY for one in statements(connection.vendor, table, lift=True)]
    after = [one for table, unique in APPEND_ONLY.items() for one in statements(connection.vendor, table, unique)]
    draws = [
        written_once.statements(connection.vendor, "oversight_draw", FILLED_ONCE, lift=one) for one in (True, False)
    ]
    return [*before, *draws[0], *asked, *draws[1], *after]


flush.sql_flush = lifted
