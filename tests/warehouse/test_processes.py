"""More than one process, and one that is killed at any moment."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.warehouse.child import BATCH
from tests.warehouse.rows import NOON, SEED, begun, page, poll, report
from warehouse.errors import WarehouseError
from warehouse.read import Reader, published_path
from warehouse.store import Warehouse


@contextmanager
def child(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that has said its first line; killed at the end, if it has not been."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.warehouse.child", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_held_file_is_named_with_its_holder(full: Warehouse) -> None:
    with child("hold", full.path, 30) as holder:
        assert line(holder) == "held"
        began = time.monotonic()
        with pytest.raises(WarehouseError, match=rf"w\.duckdb is held by process {holder.pid} \(.*python.*\).*0\.3 s"):
            full.evidence(SEED)
        assert 0.3 <= time.monotonic() - began < 5


def test_a_file_held_for_a_moment_is_waited_for(full: Warehouse) -> None:
    with child("hold", full.path, 0.5) as holder:
        assert line(holder) == "held"
        assert len(Warehouse(full.path, patience=20).evidence(SEED)) == 3


def test_threads_take_turns(warehouse: Warehouse) -> None:
    begun(warehouse)

    def feed(n: int) -> None:
        warehouse.save_polls("r1", [poll(f"feed{n}", 0, n)], NOON)
        warehouse.save_readings("r1", [page(0), page(n)])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(feed, range(1, 9)))
    assert warehouse.uncompared_count(SEED, "v1", "e1") == 9
    assert warehouse.check() == []


def test_killed_while_writing_nothing_said_is_lost(warehouse: Warehouse) -> None:
    begun(warehouse)
    chance = random.Random(7)
    done = -1
    for _ in range(3):
        with child("write", warehouse.path, done + 1) as writer:
            done = int(line(writer))
            time.sleep(chance.uniform(0, 0.4))
            writer.kill()
            rest, _ = writer.communicate()
        done = max([done, *map(int, rest.split())])
        assert warehouse.check() == []
        health = warehouse.health(NOON)
        assert health.rows["entries"] >= (done + 1) * BATCH
        assert health.rows["findings"] >= (done + 1) * BATCH * 2
        assert len(warehouse.evidence(SEED)) == health.rows["findings"]
    # what the killed one left half done is done again by the next, and nothing is there twice
    with child("write", warehouse.path, 0) as writer:
        while int(line(writer)) <= done:
            pass
    health = warehouse.health(NOON)
    assert health.rows["findings"] <= 2 * health.rows["readings"] == 2 * health.rows["articles"]
    assert warehouse.check() == []


def test_killed_while_publishing_readers_have_a_whole_copy(full: Warehouse) -> None:
    fresh = published_path(full.path).with_name("w.read.new.duckdb")
    for delay in (0.0, 0.03, 0.06):
        with child("publish", full.path) as publisher:
            assert line(publisher) == "published"
            time.sleep(delay)
        assert len(Reader(full.path).rows("matches").rows) == 2
    fresh.write_bytes(b"left by a kill")
    fresh.with_name(f"{fresh.name}.wal").write_bytes(b"and its log")
    full.publish()
    assert sorted(p.name for p in fresh.parent.iterdir()) == ["w.duckdb", "w.read.duckdb"]
    assert full.check() == []


def test_readers_keep_the_copy_they_have_open(full: Warehouse) -> None:
    copy = full.publish()
    with child("read", copy) as reader:
        assert line(reader) == f"4 {SEED}"
        full.save_polls("r1", [poll("one", 5, 6)], NOON)
        assert full.publish() == copy
        assert reader.stdin is not None
        reader.stdin.write("again\n")
        assert line(reader) == f"4 {SEED}"
        assert Reader(full.path).sql("select count(*) from base.entries").rows == ((6,),)


def test_a_reader_in_the_same_process_sees_the_latest(full: Warehouse) -> None:
    full.publish()
    reader = Reader(full.path)
    count = "select count(*) from base.entries"
    with reader.opened() as before:
        full.save_polls("r1", [poll("one", 5, 6)], NOON)
        full.publish()
        assert reader.sql(count).rows == ((6,),)
        assert before.execute(count).fetchall() == [(4,)]


def test_a_log_beside_the_old_copy_is_not_replayed(full: Warehouse, tmp_path: Path) -> None:
    copy = full.publish()
    log = copy.with_name(f"{copy.name}.wal")
    log.write_bytes(b"of another file")
    full.publish()
    assert not log.exists()


def test_eight_readers_and_ten_runs_do_not_disturb_each_other(full: Warehouse) -> None:
    full.publish()
    with ExitStack() as readers:
        hammers = [readers.enter_context(child("hammer", full.path)) for _ in range(8)]
        assert {line(hammer) for hammer in hammers} == {"1"}
        for n in range(10):
            run_id = f"r{n + 2}"
            full.begin_run(run_id, [SEED], NOON, "test")
            full.save_polls(run_id, [poll("one", 10 + n)], NOON)
            full.save_readings(run_id, [page(10 + n)])
            full.finish_run(report(run_id, new=1, pages=1), "completed")
            full.publish()
            # never older than the last run
            assert Reader(full.path).sql("select count(*) from runs where state = 'completed'").rows == ((n + 2,),)
        said = [hammer.communicate("")[0].split("\n") for hammer in hammers]
        assert [hammer.returncode for hammer in hammers] == [0] * 8
    for lines in said:
        *runs, asked, _ = lines
        assert [int(run) for run in runs] == sorted({int(run) for run in runs})
        assert runs[-1:] == ["11"] or int(asked.split()[1]) > 0
    assert full.check() == []
