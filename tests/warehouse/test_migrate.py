"""The schema: from nothing, twice, after a kill, from a newer version; and that everything says what it is."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.rows import state
from warehouse.connection import opened
from warehouse.errors import WarehouseError
from warehouse.migrate import migrate, scripts
from warehouse.store import Warehouse


def test_from_nothing_and_again(tmp_path: Path) -> None:
    con = duckdb.connect(tmp_path / "w.duckdb")
    assert migrate(con, tmp_path / "w.duckdb")
    applied = con.execute("select migration_id, sha256, applied_at from base.migrations order by 1").fetchall()
    assert [row[0] for row in applied] == [*scripts("migrations"), "views"]
    assert not migrate(con, tmp_path / "w.duckdb")
    assert con.execute("select migration_id, sha256, applied_at from base.migrations order by 1").fetchall() == applied


def test_a_database_of_the_first_version_is_brought_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.duckdb"
    shipped, first = scripts("migrations"), {"0001_first": scripts("migrations")["0001_first"]}
    monkeypatch.setattr("warehouse.migrate.scripts", lambda folder: first if folder == "migrations" else {})
    with duckdb.connect(path) as con:
        migrate(con, path)
        con.execute(
            "insert into base.feeds (feed_id, url, title, etag, failures, failure, polled_at, due_at, first_polled_at) "
            "values (?, 'https://one.example/rss', 'One', ?, 9, 'timeout', '2025-05-16', '2025-05-17', '2025-05-01')",
            [state("one").feed_id, '"1"'],
        )
        con.execute(
            "insert into base.feed_entries values (?, 'e', true, '2025-05-02', '2025-05-16')", [state("one").feed_id]
        )
    monkeypatch.undo()
    warehouse = Warehouse(path)
    (found,) = warehouse.feed_states(["https://one.example/rss"]).values()
    assert (found.title, found.etag, found.failures, found.failure) == ("One", '"1"', 9, "timeout")
    assert (found.charged, found.interval_seconds, found.moved_from, found.paused_at) == (7, 900, None, None)
    assert found.last_new_at == datetime(2025, 5, 2, tzinfo=UTC)
    with opened(path, 0) as con:
        applied = con.execute("select migration_id from base.migrations order by 1").fetchall()
        assert applied == [(name,) for name in [*shipped, "views"]]
        assert not migrate(con, path)
    assert [broken.check for broken in warehouse.check()] == ["feed_entry_without_entry"]  # the row made above


def test_changed_views_are_applied_again_and_dropped_ones_go(full: Warehouse) -> None:
    with opened(full.path, 0) as con:
        con.execute("create view stale as select 1 as one")
        con.execute("drop view matches")
        con.execute("update base.migrations set sha256 = 'older' where migration_id = 'views'")
    with opened(full.path, 0) as con:
        views = {row[0] for row in con.execute("select view_name from duckdb_views() where not internal").fetchall()}
    assert views == {name.replace("_current_findings", "current_findings") for name in scripts("views")}
    assert len(full.evidence("talks")) == 3


def test_a_failing_migration_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = {"0001_first": "create table base.runs (run_id text primary key); select no_such_thing"}
    monkeypatch.setattr("warehouse.migrate.scripts", lambda folder: shipped if folder == "migrations" else {})
    con = duckdb.connect(tmp_path / "w.duckdb")
    with pytest.raises(duckdb.Error, match="no_such_thing"):
        migrate(con, tmp_path / "w.duckdb")
    tables = con.execute("select table_name from duckdb_tables()").fetchall()
    assert tables == [("migrations",)]


def test_a_newer_database_is_refused(full: Warehouse) -> None:
    with opened(full.path, 0) as con:
        con.execute("insert into base.migrations values ('9999_later', 'x', now()::timestamp)")
    with pytest.raises(WarehouseError, match=r"written by a newer Seedwatch .*9999_later.*upgrade"):
        full.evidence("talks")


def test_another_text_of_a_migration_is_refused(full: Warehouse) -> None:
    with opened(full.path, 0) as con:
        con.execute("update base.migrations set sha256 = 'other' where migration_id = '0001_first'")
    with pytest.raises(WarehouseError, match="another text of migration 0001_first"):
        full.evidence("talks")


def test_another_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "sales.duckdb"
    with duckdb.connect(path) as con:
        con.execute("create table sales (n integer)")
    with pytest.raises(WarehouseError, match=r"no warehouse of Seedwatch \(it has main.sales\)"):
        Warehouse(path).feed_states([])
    with duckdb.connect(path) as con:
        assert con.execute("select table_name from duckdb_tables()").fetchall() == [("sales",)]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.duckdb"
    path.write_bytes(b"not a database" * 500)
    with pytest.raises(WarehouseError, match=r"notes\.duckdb cannot be opened"):
        Warehouse(path).feed_states([])


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "sub").write_text("a file")
    with pytest.raises(WarehouseError, match="cannot be made"):
        Warehouse(tmp_path / "sub" / "w.duckdb").feed_states([])


def test_everything_has_a_comment(full: Warehouse) -> None:
    with opened(full.path, 0) as con:
        silent = con.execute(
            """
            select 'table ' || schema_name || '.' || table_name from duckdb_tables() where comment is null
            union all
            select 'view ' || schema_name || '.' || view_name from duckdb_views() where comment is null and not internal
            union all
            select 'column ' || schema_name || '.' || table_name || '.' || column_name from duckdb_columns()
            where comment is null and not internal
            """
        ).fetchall()
        keyless = con.execute(
            """
            select table_name from duckdb_tables()
            where table_name not in (select table_name from duckdb_constraints() where constraint_type = 'PRIMARY KEY')
            """
        ).fetchall()
        foreign = con.execute(
            "select table_name from duckdb_constraints() where constraint_type = 'FOREIGN KEY'"
        ).fetchall()
    assert silent == []
    assert keyless == []
    assert foreign == []


def test_times_are_named_and_have_no_zone(full: Warehouse) -> None:
    with opened(full.path, 0) as con:
        odd = con.execute(
            """
            select table_name, column_name, data_type from duckdb_columns()
            where not internal
                and (column_name like '%\\_at' escape '\\') <> (data_type = 'TIMESTAMP')
            """
        ).fetchall()
    assert odd == []
