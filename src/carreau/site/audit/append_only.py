"""Tables to which rows are added and from which nothing goes: held by triggers in the database itself."""

from collections.abc import Callable

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSAL = "rows of this table are only ever added"

_POSTGRESQL: tuple[str, ...] = (
    f"""CREATE OR REPLACE FUNCTION {{table}}_refuses() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuses()""",
)
_POSTGRESQL_LIFTED = ("DROP TRIGGER IF EXISTS {table}_append_only ON {table}",)

# INSERT OR REPLACE deletes without a DELETE trigger, hence the third
_SQLITE = (
    f"CREATE TRIGGER {{table}}_no_update BEFORE UPDATE ON {{table}} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER {{table}}_no_delete BEFORE DELETE ON {{table}} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER {{table}}_no_replace BEFORE INSERT ON {{table}} WHEN EXISTS (SELECT 1 FROM {{table}} "  # noqa: S608
    f"WHERE id = NEW.id{{also}}) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
)
_SQLITE_LIFTED = tuple(f"DROP TRIGGER IF EXISTS {{table}}_{name}" for name in ("no_update", "no_delete", "no_replace"))


def statements(vendor: str, table: str, unique: tuple[str, ...] = (), *, lift: bool = False) -> list[str]:
    """The statements that lay the triggers on a table, or lift them; `unique` are its unique columns besides `id`."""
    if vendor == "postgresql":
        found = _POSTGRESQL_LIFTED if lift else _POSTGRESQL
    elif vendor == "sqlite":
        found = _SQLITE_LIFTED if lift else _SQLITE
    else:
        raise NotImplementedError(f"no append-only tables in {vendor}: Carreau runs on SQLite and PostgreSQL")
    also = "".join(f" OR {column} = NEW.{column}" for column in unique)
    return [statement.format(table=table, also=also) for statement in found]


def operation(table: str, unique: tuple[str, ...] = (), *, lift: bool = False) -> Callable[..., None]:
    """The same as a step of a migration."""

    def run(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in statements(editor.connection.vendor, table, unique, lift=lift):
            editor.execute(statement, params=None)

    return run


def is_laid(connection: BaseDatabaseWrapper, table: str) -> bool:
    """Whether the triggers of a table are there and at work."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            query = "SELECT count(*) FROM pg_trigger WHERE tgname = %s AND tgenabled IN ('O', 'A')"
            cursor.execute(query, [f"{table}_append_only"])
            return bool(cursor.fetchone()[0] == len(_POSTGRESQL_LIFTED))
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
        cursor.execute(query, [table])
        return bool(cursor.fetchone()[0] >= len(_SQLITE))
