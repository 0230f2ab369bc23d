"""Tables to which rows are added and from which nothing goes: held by triggers in the database itself.

A row stays as it was written; where a table says so, columns left empty may be filled once.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader

REFUSAL = "rows of this table are only ever added, and stay as they were written"

_POSTGRESQL: tuple[str, ...] = (
    f"""CREATE OR REPLACE FUNCTION {{table}}_refuses() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER {table}_stays BEFORE DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuses()""",
    """CREATE TRIGGER {table}_as_written BEFORE UPDATE ON {table}
    FOR EACH {changed} EXECUTE FUNCTION {table}_refuses()""",
)
# OR REPLACE takes rows out without a DELETE trigger, hence the two last: by a new row, and by one that is filled
_SQLITE = (
    f"CREATE TRIGGER {{table}}_stays BEFORE DELETE ON {{table}} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER {{table}}_as_written BEFORE UPDATE ON {{table}} FOR EACH {{changed}} "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER {{table}}_no_replace BEFORE INSERT ON {{table}} WHEN EXISTS (SELECT 1 FROM {{table}} "  # noqa: S608
    f"WHERE id = NEW.id OR {{same}}) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER {{table}}_no_takeover BEFORE UPDATE ON {{table}} WHEN EXISTS (SELECT 1 FROM {{table}} "  # noqa: S608
    f"WHERE id <> OLD.id AND (id = NEW.id OR {{same}})) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
)
_STATEMENTS = {"postgresql": _POSTGRESQL, "sqlite": _SQLITE}
_TRIGGERS = {
    "postgresql": ("stays", "as_written"),
    "sqlite": ("stays", "as_written", "no_replace", "no_takeover"),
}
_DIFFERS = {"postgresql": "IS DISTINCT FROM", "sqlite": "IS NOT"}
_ANY_CHANGE = {"postgresql": "STATEMENT", "sqlite": "ROW"}


class AppendOnly(RunPython):
    """The step of a migration that lays the triggers on a table, and lifts them on the way back.

    `unique` says, in SQL, beside which rows a NEW one cannot stand, besides that of its own `id`: SQLite might put it
    in their place. `filled_once` are all columns, where those that are null may be filled.
    """

    def __init__(self, table: str, *, unique: Sequence[str] = (), filled_once: Sequence[str] = ()) -> None:
        self.table, self.unique, self.filled_once = table, unique, filled_once
        super().__init__(partial(_run, self.lay), partial(_run, self.lift))

    def lay(self, vendor: str) -> list[str]:
        """The statements that lay the triggers."""
        _refuse_unknown(vendor)
        kept = [f"(OLD.{one} IS NOT NULL AND NEW.{one} {_DIFFERS[vendor]} OLD.{one})" for one in self.filled_once]
        changed = f"ROW WHEN ({' OR '.join(kept)})" if kept else _ANY_CHANGE[vendor]
        same = " OR ".join(f"({one})" for one in self.unique) or "0"
        return [one.format(table=self.table, changed=changed, same=same) for one in _STATEMENTS[vendor]]

    def lift(self, vendor: str) -> list[str]:
        """The statements that take them off."""
        _refuse_unknown(vendor)
        on = f" ON {self.table}" if vendor == "postgresql" else ""
        return [f"DROP TRIGGER IF EXISTS {self.table}_{name}{on}" for name in _TRIGGERS[vendor]]


@cache
def guarded() -> tuple[AppendOnly, ...]:
    """Every table that a migration guards."""
    migrations = MigrationLoader(None).disk_migrations.values()
    return tuple(step for one in migrations for step in one.operations if isinstance(step, AppendOnly))


def is_laid(connection: BaseDatabaseWrapper, table: str) -> bool:
    """Whether the triggers of a table are there and at work."""
    names = [f"{table}_{name}" for name in _TRIGGERS[connection.vendor]]
    asked = {
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled IN ('O', 'A')",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor], [table])
        return {name for (name,) in cursor.fetchall()}.issuperset(names)


def _run(statements: Callable[[str], list[str]], _apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in statements(editor.connection.vendor):
        editor.execute(statement, params=None)


def _refuse_unknown(vendor: str) -> None:
    if vendor not in _TRIGGERS:
        raise NotImplementedError(f"no append-only tables in {vendor}: Carreau runs on SQLite and PostgreSQL")
