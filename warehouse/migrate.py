"""Brings a database to the schema of this version: numbered migrations once each, then views and macros as they are."""

import hashlib
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb

from warehouse.errors import WarehouseError

VIEWS = "views"
"""The key under which the set of views and macros is recorded, beside the migrations."""

_JOURNAL = """
create schema if not exists base;
create table if not exists base.migrations (
    migration_id text primary key,
    sha256 text not null,
    applied_at timestamp not null
);
comment on table base.migrations is 'One row a migration applied, and one for the set of views.';
comment on column base.migrations.migration_id is 'Name of the migration; views for the set of views.';
comment on column base.migrations.sha256 is 'Of the SQL applied.';
comment on column base.migrations.applied_at is 'UTC.';
"""


@cache
def scripts(folder: str) -> dict[str, str]:
    """The SQL files of a folder of this package, name without suffix -> text, in order of name."""
    found = (entry for entry in files("warehouse").joinpath(folder).iterdir() if entry.name.endswith(".sql"))
    return {entry.name.removesuffix(".sql"): entry.read_text("utf-8") for entry in sorted(found, key=lambda e: e.name)}


def migrate(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Applies what is missing, each migration in its own transaction, and says whether anything was.

    A database that a newer version wrote, that is no warehouse, or whose migrations differ from the shipped ones is
    left as it was and raises :class:`WarehouseError`. ``path`` is only named in the message.
    """
    if fits(con, path):
        return False
    shipped, views, hashes = _shipped()
    known = _applied(con, path)
    con.execute(_JOURNAL)
    for name, text in shipped.items():
        if name not in known:
            _apply(con, name, text, hashes[name])
    _apply(con, VIEWS, _dropped_views(con) + views, hashes[VIEWS])
    return True


def fits(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Whether a database has this version's schema; False for an older one. Raises as :func:`migrate` does."""
    shipped, _, hashes = _shipped()
    applied = _applied(con, path)
    known = {name for name in applied if name != VIEWS}
    if newer := sorted(known - shipped.keys()):
        raise WarehouseError(
            f"{path} was written by a newer Seedwatch (it has migration {newer[-1]}, this one knows up to "
            f"{max(shipped)}): upgrade Seedwatch, or use another file"
        )
    if changed := sorted(name for name in known if applied[name] != hashes[name]):
        raise WarehouseError(
            f"{path} was made with another text of migration {changed[0]} than this Seedwatch ships: "
            "use the version that made it, or another file"
        )
    return applied == hashes


def _shipped() -> tuple[dict[str, str], str, dict[str, str]]:
    """The migrations by name, the text of views and macros, and the hash of each."""
    shipped = scripts("migrations")
    views = "\n".join([*scripts("views").values(), *scripts("macros").values()])  # macros are made of views
    return shipped, views, {name: _sha256(text) for name, text in shipped.items()} | {VIEWS: _sha256(views)}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _applied(con: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = current_database() and not internal"
    ).fetchall()
    if ("base", "migrations") in tables:
        return dict(con.execute("select migration_id, sha256 from base.migrations").fetchall())
    if tables:
        schema, table = tables[0]
        raise WarehouseError(
            f"{path} is a DuckDB database but no warehouse of Seedwatch (it has {schema}.{table}): use another file"
        )
    return {}


def _apply(con: duckdb.DuckDBPyConnection, name: str, text: str, sha256: str) -> None:
    con.execute("begin")
    try:
        con.execute(text)
        con.execute(
            "insert into base.migrations values (?, ?, ?) "
            "on conflict do update set sha256 = excluded.sha256, applied_at = excluded.applied_at",
            [name, sha256, datetime.now(UTC).replace(tzinfo=None)],
        )
        con.execute("commit")
    except duckdb.Error:
        con.execute("rollback")
        raise


def _dropped_views(con: duckdb.DuckDBPyConnection) -> str:
    """Drops for all macros and views there are, so that one a newer version no longer ships does not stay behind."""
    macros = con.execute(
        "select distinct schema_name, function_name from duckdb_functions() "
        "where database_name = current_database() and function_type = 'table_macro' and not internal"
    ).fetchall()
    rows = con.execute(
        "select schema_name, view_name from duckdb_views() where database_name = current_database() and not internal"
    ).fetchall()
    dropped = [("macro table", *macro) for macro in macros] + [("view", *view) for view in rows]
    return "".join(f'drop {kind} "{schema}"."{name}";\n' for kind, schema, name in dropped)
