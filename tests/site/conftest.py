"""What every test of the site may use."""

from typing import Any

from django.core.management.commands import flush

from carreau.site.audit.append_only import guarded

empty_tables = flush.sql_flush


def lifted(style: Any, connection: Any, *args: Any, **options: Any) -> list[str]:
    """Between two tests that commit, Django empties every table: the triggers that refuse it are lifted meanwhile."""
    asked: list[str] = empty_tables(style, connection, *args, **options)
    if "audit_entry" not in connection.introspection.table_names():
        return asked
    before = [one for step in guarded() for one in step.lift(connection.vendor)]
    after = [one for step in guarded() for one in step.lay(connection.vendor)]
    return [*before, *asked, *after]


flush.sql_flush = lifted
