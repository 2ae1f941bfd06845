"""Looking after the file: the copy for readers, the checks, the figures for an operator."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.connection import aware, copied, count, one
from warehouse.migrate import VIEWS, scripts
from warehouse.read import published_path
from warehouse.records import Health, Violation

_STORAGE = "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"
_MIGRATION = "select max(migration_id) from base.migrations where migration_id <> $views"


def publish(path: Path, patience: float) -> Path:
    """Copies the warehouse at ``path`` into place for readers; see ``Warehouse.publish``."""
    target = published_path(path)
    copied(path, patience, target, lambda _: None)
    return target


def violations(con: duckdb.DuckDBPyConnection) -> list[Violation]:
    """What each of ``checks/*.sql`` finds, in the order of their names; a check that finds nothing is absent."""
    found = []
    for name, text in scripts("checks").items():
        rows = con.execute(text).fetchall()
        if rows:
            columns = [column[0] for column in con.description or ()]
            example = ", ".join(f"{column}={value}" for column, value in zip(columns, rows[0], strict=True))
            found.append(Violation(name, len(rows), example))
    return found


def health(con: duckdb.DuckDBPyConnection, path: Path, pending: int) -> Health:
    """The figures of the warehouse that is open, at ``path``; see ``Warehouse.health``."""
    copy = published_path(path)
    published = copy.stat() if copy.exists() else None
    tables = con.execute(
        "select table_name from duckdb_tables() "
        "where database_name = current_database() and schema_name = 'base' order by table_name"
    ).fetchall()
    unfinished = con.execute("select run_id from base.runs where ended_at is null order by started_at").fetchall()
    ended = one(con, "select max(ended_at) from base.runs", {})
    return Health(
        path=str(path),
        size_bytes=path.stat().st_size,
        duckdb=duckdb.__version__,
        storage=str(one(con, _STORAGE, {})),
        migration=str(one(con, _MIGRATION, {"views": VIEWS})),
        rows={table: count(con, f"select count(*) from base.{table}", {}) for (table,) in tables},  # noqa: S608
        pending=pending,
        unfinished=tuple(run_id for (run_id,) in unfinished),
        last_run_at=aware(ended) if isinstance(ended, datetime) else None,
        published_at=datetime.fromtimestamp(published.st_mtime, UTC) if published else None,
        published_bytes=published.st_size if published else 0,
    )
