"""Looking after the file for years: texts that nothing needs go, it is packed, backed up, restored and exported.

Each verb is whole or not at all: what is written lies beside its place until it is complete, and then replaces it.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.connection import QUIET, STORAGE, copied, held, log_of, opened, stored_time, writing
from warehouse.errors import WarehouseError
from warehouse.migrate import fits
from warehouse.read import Reader, published_path, quoted
from warehouse.records import Violation
from warehouse.upkeep import violations

MARKER = "seedwatch-export.json"
"""The file in an exported folder that says it is one, and may be replaced."""

EXPORTED = {
    "matches": "found_at",
    "contradictions": "found_at",
    "articles": "fetched_at",
    "fact_timeline": "changed_at",
    "corrections": "changed_at",
    "unchecked": "compared_at",
    "refusals": "read_at",
    "runs": "started_at",
    "feed_health": "day",
    "coverage_by_day": "day",
    "facts": None,
    "fact_standing": None,
    "publishers": None,
    "feeds": None,
}
"""The views that are exported, each with the time by whose day it is partitioned; None is one file."""

# Compared and looked at for copies, so that no later step of a run would read it; and nothing was found in it.
_PRUNABLE = """
from base.articles
where pruned_at is null and fetched_at < $before
    and article_id in (select article_id from base.comparisons)
    and article_id in (select article_id from base.sketches)
    and article_id not in (select article_id from base.findings)
    and article_id not in (select article_id from base.unchecked)
"""


@dataclass(frozen=True, slots=True)
class Texts:
    """Full texts and their characters."""

    articles: int
    chars: int


@dataclass(frozen=True, slots=True)
class Space:
    """The file's size, and how much of it is free for what is written next."""

    size_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was verified: opened, counted, and held against the rules of ``checks/*.sql``.

    ``broken`` is None where an older Seedwatch wrote it, to which the rules do not apply.
    """

    path: Path
    size_bytes: int
    rows: dict[str, int]  # table -> rows
    broken: tuple[Violation, ...] | None


@dataclass(frozen=True, slots=True)
class Export:
    """A folder of Parquet files."""

    path: Path
    files: int
    size_bytes: int
    rows: dict[str, int]  # view -> rows


class Maintenance:
    """Looks after the warehouse at ``path``, which must exist; ``patience`` as in ``Warehouse``."""

    def __init__(self, path: Path | str, patience: float = 10.0) -> None:
        self.path = Path(path).expanduser().resolve()
        self.patience = patience

    def prunable(self, before: datetime) -> Texts:
        """The full texts fetched before then that :meth:`prune` would drop."""
        with opened(self._there(), self.patience) as con:
            return _texts(con, before)

    def prune(self, before: datetime, at: datetime) -> Texts:
        """Drops the full texts fetched before then in which nothing was found. Titles, counts and hashes stay.

        A text that waits to be compared or grouped, or that left a fact unchecked, is kept.
        """
        with writing(self._there(), self.patience) as con:
            found = _texts(con, before)
            con.execute(
                "update base.articles set text = '', pruned_at = $at, pruned_chars = length(text) "  # noqa: S608
                f"where article_id in (select article_id {_PRUNABLE})",
                {"before": stored_time(before), "at": stored_time(at)},
            )
            return found

    def space(self) -> Space:
        """How large the file is once all is in it."""
        with opened(self._there(), self.patience) as con:
            con.execute("checkpoint")
            return _space(con, self.path)

    def pack(self) -> Space:
        """Writes the file anew, without what is free in it, and gives its space after that."""
        with self._replaced() as (con, fresh):
            if con is None:
                raise WarehouseError(f"{self._there()} cannot be opened")
            _copy_database(con, fresh)
        return self.space()

    def back_up(self, to: Path) -> Copy:
        """Copies the warehouse to this file, in place of what is there, and verifies it; a bad copy is removed."""
        rows, broken = copied(self._there(), self.patience, to, lambda con: (counted(con), tuple(violations(con))))
        try:
            copy = verified(to)
            if (copy.rows, copy.broken) != (rows, broken):
                raise WarehouseError(f"{to}: the copy is not what {self.path} was")
        except WarehouseError:
            to.unlink(missing_ok=True)
            raise
        return copy

    def restore(self, backup: Path) -> tuple[Copy, Path | None]:
        """Puts a backup, once verified, in the warehouse's place, and gives it and where the file before it went.

        The readers' copy is not touched: publish it afterwards.
        """
        if backup.resolve() == self.path:
            raise WarehouseError(f"{backup} is the warehouse itself")
        verified(backup)
        kept = self.path.with_suffix(".before-restore.duckdb") if self.path.exists() else None
        try:
            with self._replaced(kept) as (_, fresh):
                shutil.copyfile(backup, fresh)
                copy = verified(fresh)
        except OSError as error:
            raise WarehouseError(f"{self.path} cannot be written: {error.strerror}") from error
        return replace(copy, path=self.path), kept

    def export(self, folder: Path) -> Export:
        """Writes the views from the readers' copy as Parquet files, by day, in place of an earlier export.

        A folder that holds anything else is refused with :class:`WarehouseError`.
        """
        if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
            raise WarehouseError(f"{folder} holds other things than an export of Seedwatch: name another folder")
        fresh = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        rows = _exported(published_path(self.path), fresh)
        files = list(fresh.rglob("*.parquet"))
        size = sum(path.stat().st_size for path in files)
        (fresh / MARKER).write_text(json.dumps({"rows": rows}, indent=1) + "\n", "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
        return Export(folder, len(files), size, rows)

    def _there(self) -> Path:
        if not self.path.exists():
            raise WarehouseError(f"there is no warehouse at {self.path} yet: `seedwatch run` makes it")
        return self.path

    @contextmanager
    def _replaced(self, kept: Path | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection | None, Path]]:
        """The warehouse, held so that nobody writes it, and where to put the file that then takes its place.

        With ``kept`` the file before goes there. What is no database any more is None, and is replaced as it is.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(f"{self.path.stem}.packed.duckdb")
        fresh.unlink(missing_ok=True)
        with held(self.path, self.patience) as con:
            if con is not None:
                con.execute("checkpoint")
            try:
                yield con, fresh
                if kept is not None:
                    self.path.replace(kept)
                    if log_of(self.path).exists():
                        log_of(self.path).replace(log_of(kept))
                fresh.replace(self.path)
            finally:
                fresh.unlink(missing_ok=True)
                log_of(fresh).unlink(missing_ok=True)


def verified(path: Path) -> Copy:
    """A warehouse file as it is, only read. One that is none, or that a newer Seedwatch wrote, raises."""
    if not path.exists():
        raise WarehouseError(f"there is no {path}")
    con = duckdb.connect(":memory:")
    try:
        con.execute(f"{QUIET}; attach {quoted(path)} as copy (read_only); use copy")
        current, rows = fits(con, path), counted(con)
        broken = tuple(violations(con)) if current else None
    except duckdb.Error as error:
        raise WarehouseError(f"{path} cannot be read: {error}") from error
    finally:
        con.close()
    if not rows:
        raise WarehouseError(f"{path} is an empty database and no warehouse of Seedwatch")
    return Copy(path, path.stat().st_size, rows, broken)


def counted(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The rows of each table of the warehouse that is open."""
    tables = con.execute(
        "select table_name from duckdb_tables() "
        "where database_name = current_database() and schema_name = 'base' order by table_name"
    ).fetchall()
    rows = {}
    for (table,) in tables:
        ((rows[table],),) = con.execute(f"select count(*) from base.{table}").fetchall()  # noqa: S608
    return rows


def _texts(con: duckdb.DuckDBPyConnection, before: datetime) -> Texts:
    query = f"select count(*), coalesce(sum(length(text)), 0)::bigint {_PRUNABLE}"
    ((articles, chars),) = con.execute(query, {"before": stored_time(before)}).fetchall()
    return Texts(articles, chars)


def _space(con: duckdb.DuckDBPyConnection, path: Path) -> Space:
    answer = con.execute("select free_blocks * block_size from pragma_database_size()").fetchall()
    return Space(path.stat().st_size, int(answer[0][0]))


def _copy_database(con: duckdb.DuckDBPyConnection, fresh: Path) -> None:
    ((name,),) = con.execute("select current_database()").fetchall()
    con.execute(f"attach {quoted(fresh)} as \"seedwatch copy\" (storage_version '{STORAGE}')")
    con.execute(f'copy from database "{name.replace(chr(34), chr(34) * 2)}" to "seedwatch copy"')
    con.execute('detach "seedwatch copy"')


def _exported(copy: Path, folder: Path) -> dict[str, int]:
    rows = {}
    reader = Reader(copy)
    with reader.opened(writes=folder) as con:
        for view, time in EXPORTED.items():
            target, chosen, place = folder / view, "*", ", partition_by (day)"
            if time is None:
                target.mkdir()
                target, place = target / "data_0.parquet", ""
            elif time != "day":
                chosen = f"*, {time}::date as day"
            query = f"select {chosen} from {view}"  # noqa: S608  of the names above
            form = f"to {quoted(target)} (format parquet, compression zstd{place})"
            ((rows[view],),) = con.execute(f"copy ({query}) {form}").fetchall()
    return rows
