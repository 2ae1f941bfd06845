"""Looking after the file: what pruning leaves alone, copies that are verified, Parquet that others read."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.rows import ENGINE, NOON, SEED, VERSION, article, comparison, page, poll
from warehouse.connection import opened
from warehouse.errors import WarehouseError
from warehouse.maintenance import EXPORTED, Maintenance
from warehouse.read import Reader
from warehouse.records import Sketch
from warehouse.store import Warehouse

LATER = NOON + timedelta(days=100)


def sketched(warehouse: Warehouse, *numbers: int) -> None:
    sketches = [Sketch(article(n).article_id, f"house{n}", None, NOON, (7, 8, 9)) for n in numbers]
    warehouse.save_stories(sketches, [], [], [], NOON)


@pytest.fixture
def old(full: Warehouse) -> Warehouse:
    """Articles 1 and 2 have findings, 3 was compared and says nothing, 5 was not compared yet, 6 is undecided."""
    full.begin_run("r2", [SEED], NOON, "test")
    full.save_polls("r2", [poll("one", 5, 6)], NOON)
    full.save_readings("r2", [page(5), page(6)])
    nothing = comparison(article(3))
    full.save_comparisons("r2", [replace(nothing, unchecked=()), comparison(article(6))])
    sketched(full, 1, 2, 3, 5, 6)
    return full


def pruned(warehouse: Warehouse) -> list[str]:
    with opened(warehouse.path, 1) as con:
        rows = con.execute("select title from base.articles where pruned_at is not null order by 1").fetchall()
    return [title for (title,) in rows]


def test_only_old_texts_that_were_decided_and_say_nothing_go(old: Warehouse) -> None:
    keeper = Maintenance(old.path)
    assert keeper.prunable(NOON).articles == 0
    found = keeper.prunable(LATER)
    assert (found.articles, found.chars) == (1, len(article(3).text))
    assert pruned(old) == []
    assert keeper.prune(LATER, LATER) == found
    assert pruned(old) == ["Story 3"]
    assert keeper.prune(LATER, LATER).articles == 0
    assert old.check() == []


def test_what_was_pruned_stays_counted_and_is_named(old: Warehouse) -> None:
    Maintenance(old.path).prune(LATER, LATER)
    old.publish()
    query = "select chars, text, pruned_at, publisher from articles where title = 'Story 3'"
    assert Reader(old.path).sql(query).rows == ((len(article(3).text), None, LATER, "Paper 3"),)
    with opened(old.path, 1) as con:
        assert con.execute("select text_hash from base.articles where title = 'Story 3'").fetchall() == [
            (article(3).text_hash,)
        ]


def test_pruned_texts_are_neither_compared_again_nor_visited_nor_taken_for_copies(old: Warehouse) -> None:
    def compared() -> set[str]:
        return {a.title for a in old.uncompared(SEED, "v2", ENGINE, None)}

    def visited() -> set[str]:
        return {one.entry.title for one in old.revisits([timedelta(hours=1)], 10, LATER)}

    def likely() -> set[str]:
        fresh = Sketch(article(9).article_id, "house9", None, NOON, (7, 8, 9))
        pairs, texts = old.candidates([fresh], timedelta(days=7))
        assert "" not in texts.values()
        return {one for pair in pairs for one in pair} - {fresh.article_id}

    assert "Story 3" in compared()
    assert "Story 3" in visited()
    assert article(3).article_id in likely()
    Maintenance(old.path).prune(LATER, LATER)
    assert "Story 3" not in compared()
    assert old.uncompared_count(SEED, "v2", ENGINE) == len(compared()) == 4
    assert "Story 3" not in visited()
    assert likely() == {article(n).article_id for n in (1, 2, 5, 6)}
    assert old.unsketched(10) == []


def test_reading_the_same_text_again_leaves_it_pruned_and_another_text_is_new(old: Warehouse) -> None:
    Maintenance(old.path).prune(LATER, LATER)
    old.save_readings("r1", [page(3, LATER)])
    assert pruned(old) == ["Story 3"]
    old.save_readings("r1", [page(3, LATER + timedelta(hours=1), text="Another text now. It says more than before.")])
    assert [a.text for a in old.uncompared(SEED, VERSION, ENGINE, None) if a.title == "Story 3"] == [
        "Another text now. It says more than before."
    ]
    assert old.check() == []


def test_a_backup_is_the_warehouse_and_comes_back(full: Warehouse, tmp_path: Path) -> None:
    keeper = Maintenance(full.path)
    backup = tmp_path / "there" / "b.duckdb"
    made = keeper.back_up(backup)
    assert made.rows == full.health(NOON).rows
    assert made.broken == ()
    full.save_polls("r1", [poll("one", 7, 8)], NOON)
    assert full.health(NOON).rows != made.rows
    copy, kept = keeper.restore(backup)
    assert copy.path == full.path
    assert full.health(NOON).rows == made.rows
    assert kept is not None
    assert Warehouse(kept).health(NOON).rows["entries"] == made.rows["entries"] + 2
    full.publish()
    assert len(Reader(full.path).rows("matches").rows) == 2
    full.save_polls("r1", [poll("one", 9)], NOON)  # and it can be written
    assert {path.name for path in tmp_path.rglob("*.duckdb*")} == {
        "w.duckdb", "w.read.duckdb", "w.before-restore.duckdb", "b.duckdb",
    }  # fmt: skip


def test_a_warehouse_that_is_damaged_or_gone_is_restored(full: Warehouse, tmp_path: Path) -> None:
    keeper = Maintenance(full.path)
    keeper.back_up(tmp_path / "b.duckdb")
    full.path.write_bytes(b"x" * 9000)
    keeper.restore(tmp_path / "b.duckdb")
    assert full.check() == []
    full.path.unlink()
    assert keeper.restore(tmp_path / "b.duckdb")[1] is None
    assert full.health(NOON).rows["findings"] == 3


def test_what_is_no_backup_replaces_nothing(full: Warehouse, tmp_path: Path) -> None:
    before = full.health(NOON).rows
    bad = tmp_path / "bad.duckdb"
    bad.write_bytes(b"x" * 9000)
    other = tmp_path / "other.duckdb"
    with duckdb.connect(other) as con:
        con.execute("create table t (n integer)")
    for backup, said in ((bad, "cannot be read"), (other, "no warehouse"), (tmp_path / "none", "there is no"),
                         (full.path, "itself")):  # fmt: skip
        with pytest.raises(WarehouseError, match=said):
            Maintenance(full.path).restore(backup)
    assert full.health(NOON).rows == before


def test_packing_gives_back_what_is_free(warehouse: Warehouse, tmp_path: Path) -> None:
    keeper = Maintenance(warehouse.path)
    with opened(warehouse.path, 1) as con:
        con.execute(
            "insert into base.paragraphs select 's' || i, md5(i::text) || sha256(i::text), [], now()::timestamp "
            "from range(60_000) t(i)"
        )
        con.execute("checkpoint")
        con.execute("delete from base.paragraphs")
    space = keeper.space()
    assert space.free_bytes > space.size_bytes / 2
    rows = warehouse.health(NOON).rows
    packed = keeper.pack()
    assert packed.size_bytes < space.size_bytes / 2
    assert warehouse.health(NOON).rows == rows
    assert warehouse.check() == []
    assert [path.name for path in tmp_path.iterdir()] == ["w.duckdb"]


def test_parquet_by_day_is_what_the_views_say(full: Warehouse, tmp_path: Path) -> None:
    full.publish()
    made = Maintenance(full.path).export(tmp_path / "out")
    reader = Reader(full.path)
    assert made.rows == {view: len(reader.rows(view).rows) for view in EXPORTED}
    assert (tmp_path / "out/contradictions/day=2025-05-16").is_dir()
    assert made.files == len(list((tmp_path / "out").rglob("*.parquet")))
    with duckdb.connect() as con:
        read = con.execute(
            "select fact_id, article_value, found_at, day from read_parquet(?, hive_partitioning = true)",
            [str(tmp_path / "out/contradictions/*/*.parquet")],
        ).fetchall()
    naive = NOON.astimezone(UTC).replace(tzinfo=None)
    assert read == [("hours", None, naive, naive.date())]
    again = Maintenance(full.path).export(tmp_path / "out")
    assert (again.rows, again.files) == (made.rows, made.files)


def test_an_export_replaces_nothing_else(full: Warehouse, tmp_path: Path) -> None:
    full.publish()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("keep")
    with pytest.raises(WarehouseError, match="other things"):
        Maintenance(full.path).export(tmp_path / "mine")
    assert (tmp_path / "mine/letter.txt").read_text() == "keep"


def test_a_backup_of_an_older_version_is_taken_and_brought_up(full: Warehouse, tmp_path: Path) -> None:
    backup = tmp_path / "b.duckdb"
    shutil.copy(full.path, backup)
    with duckdb.connect(backup) as con:
        con.execute("delete from base.migrations where migration_id = 'views'")
    copy, _ = Maintenance(full.path).restore(backup)
    assert copy.broken is None
    assert full.check() == []
    assert full.health(datetime.now(UTC)).rows["entries"] == 4
