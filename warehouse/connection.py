"""Opening the DuckDB file for writing: late, alone, for one batch. Rows go in as lists, times as UTC without a zone."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from warehouse.errors import WarehouseError
from warehouse.migrate import migrate

Record = TypeVar("Record")

STORAGE = "v1.5.0"
"""The oldest DuckDB that opens the files written here."""

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "storage_compatibility_version": STORAGE,
}
_HOLDER = re.compile(r"lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_PAUSE_S = 0.05

# Between processes DuckDB locks the file; threads of one process it lets write at once, and fails the one that commits
# second. This gives threads the same order: one after the other.
_turns: dict[Path, threading.Lock] = {}
_turns_guard = threading.Lock()


@contextmanager
def opened(path: Path, patience: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse, made where missing and brought to this version's schema; closed at the end.

    While another process holds the file it waits up to ``patience`` seconds, then raises a :class:`WarehouseError` that
    names the process.
    """
    with _turn(path):
        con = _connect(path, patience)
        try:
            migrate(con, path)
            yield con
        except duckdb.IOException as error:
            raise WarehouseError(f"{path}: {error}") from error
        finally:
            con.close()


@contextmanager
def writing(path: Path, patience: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """:func:`opened`, in one transaction: all that is written in it is kept, or after any failure nothing."""
    with opened(path, patience) as con:
        con.execute("begin")
        try:
            yield con
        except BaseException:
            with suppress(duckdb.Error):  # after a full disk there is no transaction left to undo
                con.execute("rollback")
            raise
        con.execute("commit")


def put(
    con: duckdb.DuckDBPyConnection, table: str, columns: str, rows: Sequence[Sequence[object]], on_conflict: str
) -> None:
    """Inserts rows into a table of ``base`` in one statement. ``columns`` are names, spaces between, in their order.

    ``on_conflict`` is what follows these words in SQL; two rows of one key in a batch are the caller's to prevent.
    """
    if not rows:
        return
    listed = columns.split()
    types = dict(
        con.execute(
            "select column_name, data_type from duckdb_columns() "
            "where database_name = current_database() and schema_name = 'base' and table_name = ?",
            [table],
        ).fetchall()
    )
    places: list[str] = []
    values: list[object] = []
    for name, column in zip(listed, zip(*rows, strict=True), strict=True):
        if places and all(value is column[0] for value in column):  # most are the same in all rows: half the time saved
            places.append(f"?::{types[name]}")
            values.append(_stored(column[0]))
        else:
            places.append(f"unnest(?::{types[name]}[])")
            values.append([_stored(value) for value in column])
    quoted = ", ".join(f'"{name}"' for name in listed)
    con.execute(  # every name comes from this package, every value is a parameter
        f"insert into base.{table} ({quoted}) select {', '.join(places)} on conflict {on_conflict}",
        values,
    )


def names(columns: str, prefix: str = "") -> str:
    """Names with spaces between as SQL lists them, each after the prefix."""
    return ", ".join(prefix + name for name in columns.split())


def one(con: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, object]) -> Any:
    """The one value that a query answers."""
    row = con.execute(query, parameters).fetchone()
    assert row is not None
    return row[0]


def count(con: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, object]) -> int:
    """The number that a query answers."""
    return int(one(con, query, parameters))


def counts(con: duckdb.DuckDBPyConnection, query: str, parameters: list[object]) -> dict[str, int]:
    """The answer of a query for names and counts."""
    return dict(con.execute(query, parameters).fetchall())


def stored_time(value: datetime) -> datetime:
    """An aware time as it is stored: UTC without a zone, which no setting of a reader's session can shift."""
    if value.tzinfo is None:
        raise ValueError(f"a time without a zone: {value.isoformat()}")
    return value.astimezone(UTC).replace(tzinfo=None)


def records(kind: Callable[..., Record], answer: duckdb.DuckDBPyConnection) -> list[Record]:
    """The rows of an answer as records: its columns are named as the record's fields; times are made aware."""
    fields = [column[0] for column in answer.description or ()]
    return [
        kind(**{name: aware(v) if isinstance(v, datetime) else v for name, v in zip(fields, row, strict=True)})
        for row in answer.fetchall()
    ]


def aware(value: datetime | None) -> datetime | None:
    """A stored time as the records have it."""
    return None if value is None else value.replace(tzinfo=UTC)


def _stored(value: object) -> object:
    if isinstance(value, datetime):
        return stored_time(value)
    if isinstance(value, str) and not value.isascii():
        # JSON may hold half a surrogate pair, which is no text to DuckDB; one character stays one, so offsets hold
        return value.encode("utf-8", "replace").decode()
    return value


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    with _turns_guard:
        lock = _turns.setdefault(path, threading.Lock())
    with lock:
        yield


def _connect(path: Path, patience: float) -> duckdb.DuckDBPyConnection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WarehouseError(f"{path} cannot be made: {error.strerror}") from error
    give_up_at = time.monotonic() + patience
    while True:
        try:
            return duckdb.connect(path, config=_CONFIG)
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise WarehouseError(f"{path} cannot be opened: {error}") from error
            if time.monotonic() >= give_up_at:
                raise WarehouseError(_held(path, str(error), patience)) from error
        except duckdb.Error as error:
            raise WarehouseError(f"{path} cannot be opened: {error}") from error
        time.sleep(_PAUSE_S)


def _held(path: Path, message: str, patience: float) -> str:
    holder = _HOLDER.search(message)
    who = f"by process {holder['pid']} ({holder['program']})" if holder else "by another process"
    return f"{path} is held {who}, and was still after {patience:g} s: wait until that run ends, or stop it"
