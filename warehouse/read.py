"""Reading what is known, from the copy that a run publishes at its end: no lock, no way to write or to reach a file."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from seeds.errors import InputError
from warehouse.errors import WarehouseError

SINCE = (
    "found_at",
    "fetched_at",
    "read_at",
    "compared_at",
    "changed_at",
    "marked_at",
    "last_reported_at",
    "raised_at",
    "composed_at",
    "started_at",
    "polled_at",
)
"""The columns that ``since`` may mean, in order: the first that a view has."""

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",  # else a query could read variables of this program as tables
}
_LOCKED = (
    "set enable_progress_bar = false; use seedwatch; set enable_external_access = false; set lock_configuration = true"
)
_READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI)  # MULTI is a pivot


@dataclass(frozen=True, slots=True)
class Table:
    """An answer: names of columns, and rows of as many values. Times are aware UTC."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def published_path(path: Path) -> Path:
    """Where the readers' copy of a warehouse is: ``x.read.duckdb`` beside ``x.duckdb``. A copy's path is itself."""
    if path.name.endswith(".read.duckdb"):
        return path
    return path.with_name(f"{path.name.removesuffix('.duckdb')}.read.duckdb")


class Reader:
    """Answers from the published copy of the warehouse at ``path``, opened for each question: the latest there is.

    As a context manager it is opened once: all questions are answered from one copy, and each takes 25 ms less.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = published_path(Path(path).expanduser().resolve())
        self._kept = ExitStack()
        self._con: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Self:
        self._con = self._kept.enter_context(self.opened())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._con = None
        self._kept.close()

    def rows(
        self,
        view: str,
        *,
        seed: str | None = None,
        fact: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> Table:
        """The rows of a view, in its order. Each filter is applied where the view has such a column, else left out.

        A view, seed or fact that the warehouse does not have raises :class:`InputError` naming those it has.
        """
        with self.opened() as con:
            columns = [
                row[0]
                for row in con.execute(
                    "select c.column_name from duckdb_columns() c join duckdb_views() v on c.table_oid = v.view_oid "
                    "and c.database_oid = v.database_oid where v.schema_name = 'main' and not v.internal "
                    "and v.view_name = ? order by c.column_index",
                    [view],
                ).fetchall()
            ]
            if not columns:
                raise InputError(f"no view {view!r}; there are: {', '.join(_views(con))}")
            if seed is not None:
                _known(con, "seed", seed, "select seed_id from base.seeds order by 1", {})
            if fact is not None:
                _known(
                    con,
                    "fact",
                    fact,
                    "select distinct fact_id from base.facts where $seed is null or seed_id = $seed order by 1",
                    {"seed": seed},
                )
            conditions: list[str] = []
            parameters: list[object] = []
            if seed is not None and "seed_id" in columns:
                conditions.append("seed_id = ?")
                parameters.append(seed)
            elif seed is not None and "seed_ids" in columns:
                conditions.append("list_contains(seed_ids, ?)")
                parameters.append(seed)
            if fact is not None and "fact_id" in columns:
                conditions.append("fact_id = ?")
                parameters.append(fact)
            time = next((column for column in SINCE if column in columns), None)
            if since is not None and time is not None:
                conditions.append(f"{time} >= ?")
                parameters.append(since.astimezone(UTC).replace(tzinfo=None))
            query = f'select * from "{view}"'  # noqa: S608  one of the views there are
            if conditions:
                query += " where " + " and ".join(conditions)
            if limit is not None:
                query += " limit ?"
                parameters.append(limit)
            return _table(con.execute(query, parameters))

    def sql(self, query: str, seconds: float | None = None) -> Table:
        """What one select answers. A query that DuckDB refuses, and one that does not only read, raises InputError.

        So does one that takes longer than so many seconds; None is as long as it takes.
        """
        with self.opened() as con, _timed(con, seconds) as over:
            try:
                statements = duckdb.extract_statements(query)
                if len(statements) != 1 or statements[0].type not in _READING:
                    raise InputError("answered is one query: select, from, with, describe, summarize, show, explain")
                return _table(con.execute(statements[0]))
            except duckdb.InterruptException as error:
                if not over.is_set():
                    raise KeyboardInterrupt from error
                raise InputError(f"stopped after {seconds:g} s: ask for less, or give it more time") from error
            except duckdb.Error as error:
                raise InputError(str(error)) from error

    @contextmanager
    def opened(self, writes: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection for questions that go together: all are answered from one copy. Nothing can be changed in it.

        No file can be reached but ``writes``, to which an answer may be copied, or what is in it if it is a folder.
        """
        if self._con is not None and writes is None:
            yield self._con
            return
        if not self.path.exists():
            raise WarehouseError(f"there is no {self.path} to read yet: `seedwatch run` makes it at its end")
        # In memory with the copy attached: opened by its path, DuckDB would give every thread of this process the copy
        # that the first of them opened, however often it was replaced since.
        con = duckdb.connect(":memory:", config=_CONFIG)
        try:
            try:
                con.execute(f"attach {quoted(self.path)} as seedwatch (read_only)")
            except duckdb.Error as error:
                raise WarehouseError(f"{self.path} cannot be read: {error}") from error
            if writes is not None:
                allowed = "allowed_directories" if writes.is_dir() else "allowed_paths"
                con.execute(f"set {allowed} = [{quoted(writes)}]")
            con.execute(_LOCKED)
            yield con
        finally:
            con.close()


@contextmanager
def _timed(con: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[threading.Event]:
    """Interrupts what the connection is doing once so much time is over, which the event says."""
    over = threading.Event()

    def stop() -> None:
        over.set()
        con.interrupt()

    timer = threading.Timer(seconds or 0, stop)
    timer.daemon = True
    if seconds is not None:
        timer.start()
    try:
        yield over
    finally:
        timer.cancel()


def quoted(path: Path) -> str:
    """A path as SQL has it, where it cannot be a parameter."""
    return "'" + str(path).replace("'", "''") + "'"


def _views(con: duckdb.DuckDBPyConnection) -> list[str]:
    query = "select view_name from duckdb_views() where schema_name = 'main' and not internal order by 1"
    return [row[0] for row in con.execute(query).fetchall()]


def _known(con: duckdb.DuckDBPyConnection, what: str, asked: str, query: str, parameters: dict[str, object]) -> None:
    known = [row[0] for row in con.execute(query, parameters).fetchall()]
    if asked not in known:
        raise InputError(f"no {what} {asked!r} in the warehouse; there are: {', '.join(known) or 'none yet'}")


def _table(con: duckdb.DuckDBPyConnection) -> Table:
    columns = tuple(column[0] for column in con.description or ())
    return Table(columns, tuple(tuple(_aware(value) for value in row) for row in con.fetchall()))


def _aware(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value
