"""A table whose values, once written, stay, and whose rows never go: held by triggers in the database itself."""

from collections.abc import Callable, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSAL = "what is written here stays as it is"

_POSTGRESQL: tuple[str, ...] = (
    f"""CREATE OR REPLACE FUNCTION {{table}}_refuses() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER {table}_written_once BEFORE UPDATE ON {table}
    FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {table}_refuses()""",
    """CREATE TRIGGER {table}_kept BEFORE DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuses()""",
)
_POSTGRESQL_LIFTED: tuple[str, ...] = (
    "DROP TRIGGER IF EXISTS {table}_written_once ON {table}",
    "DROP TRIGGER IF EXISTS {table}_kept ON {table}",
)

# INSERT OR REPLACE deletes without a DELETE trigger, hence the third
_SQLITE = (
    f"CREATE TRIGGER {{table}}_written_once BEFORE UPDATE ON {{table}} WHEN {{changed}} "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER {{table}}_kept BEFORE DELETE ON {{table}} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER {{table}}_no_replace BEFORE INSERT ON {{table}} WHEN EXISTS (SELECT 1 FROM {{table}} "  # noqa: S608
    f"WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
)
_SQLITE_LIFTED = tuple(f"DROP TRIGGER IF EXISTS {{table}}_{name}" for name in ("written_once", "kept", "no_replace"))


def statements(vendor: str, table: str, columns: Sequence[str], *, lift: bool = False) -> list[str]:
    """The statements that lay the triggers on a table, or lift them; `columns` are those that may be filled once."""
    if vendor == "postgresql":
        found, differs = (_POSTGRESQL_LIFTED if lift else _POSTGRESQL), "IS DISTINCT FROM"
    elif vendor == "sqlite":
        found, differs = (_SQLITE_LIFTED if lift else _SQLITE), "IS NOT"
    else:
        raise NotImplementedError(f"no table written once in {vendor}: Carreau runs on SQLite and PostgreSQL")
    changed = " OR ".join(f"(OLD.{one} IS NOT NULL AND NEW.{one} {differs} OLD.{one})" for one in columns)
    return [statement.format(table=table, changed=changed) for statement in found]


def operation(table: str, columns: Sequence[str], *, lift: bool = False) -> Callable[..., None]:
    """The same as a step of a migration."""

    def run(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in statements(editor.connection.vendor, table, columns, lift=lift):
            editor.execute(statement, params=None)

    return run


def is_laid(connection: BaseDatabaseWrapper, table: str) -> bool:
    """Whether the triggers of a table are there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = [f"{table}_written_once", f"{table}_kept"]
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgname = ANY(%s) AND tgenabled IN ('O', 'A')", [names]
            )
            return bool(cursor.fetchone()[0] == len(_POSTGRESQL_LIFTED))
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
        cursor.execute(query, [table])
        return bool(cursor.fetchone()[0] >= len(_SQLITE))
