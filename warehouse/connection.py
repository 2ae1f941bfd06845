"""Opening the DuckDB file for writing: late, alone, for one batch. Rows go in as lists, times as UTC without a zone."""

import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from warehouse.errors import WarehouseError, WarehouseHeldError
from warehouse.migrate import migrate

Record = TypeVar("Record")
Seen = TypeVar("Seen")

STORAGE = "v1.5.0"
"""The oldest DuckDB that opens the files written here."""

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "storage_compatibility_version": STORAGE,
}
QUIET = "set enable_progress_bar = false"
"""Else what takes longer than two seconds draws a bar on the terminal, or into what a program reads."""

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


def copied(path: Path, patience: float, target: Path, look: Callable[[duckdb.DuckDBPyConnection], Seen]) -> Seen:
    """Puts the warehouse's file byte for byte at ``target``, whole and on disk; gives what ``look`` sees in it.

    Much faster than ``copy from database``, which compresses everything anew. A copy under way lies beside the target.
    """
    fresh = target.with_name(f"{target.stem}.new.duckdb")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WarehouseError(f"{target.parent} cannot be made: {error.strerror}") from error
    with _turn(path):
        con = _connect(path, patience)
        try:
            migrate(con, path)
            con.execute("checkpoint")  # all is in the file, and nobody else can write it
            with path.open("rb") as source:
                try:
                    with fresh.open("wb") as written:
                        shutil.copyfileobj(source, written, 1 << 20)
                        written.flush()
                        os.fsync(written.fileno())
                    seen = look(con)
                finally:
                    # Before the source: to close any handle of a file gives up the process's lock on it.
                    con.close()
        except OSError as error:
            raise WarehouseError(f"{target} cannot be written: {error.strerror}") from error
        except duckdb.IOException as error:
            raise WarehouseError(f"{path}: {error}") from error
        finally:
            con.close()
    for left in (fresh, target):  # a log that some tool left beside the copy before must not be replayed on this one
        log_of(left).unlink(missing_ok=True)
    fresh.replace(target)
    return seen


def log_of(path: Path) -> Path:
    """Where DuckDB keeps what is not in the file yet."""
    return path.with_name(f"{path.name}.wal")


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
def held(path: Path, patience: float) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """:func:`opened` without bringing it to this version's schema; None where there is no file, or no database in it.

    For who puts another file in its place.
    """
    with _turn(path):
        con = None
        try:
            con = _connect(path, patience) if path.exists() else None
        except WarehouseHeldError:
            raise
        except WarehouseError:
            con = None
        try:
            yield con
        finally:
            if con is not None:
                con.close()


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
            con = duckdb.connect(path, config=_CONFIG)
            con.execute(QUIET)
            return con
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise WarehouseError(f"{path} cannot be opened: {error}") from error
            if time.monotonic() >= give_up_at:
                raise WarehouseHeldError(_held(path, str(error), patience)) from error
        except duckdb.Error as error:
            raise WarehouseError(f"{path} cannot be opened: {error}") from error
        time.sleep(_PAUSE_S)


def _held(path: Path, message: str, patience: float) -> str:
    holder = _HOLDER.search(message)
    who = f"by process {holder['pid']} ({holder['program']})" if holder else "by another process"
    return f"{path} is held {who}, and was still after {patience:g} s: wait until that run ends, or stop it"
