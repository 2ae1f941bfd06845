"""A process for the tests to hold the file, or to be killed while it writes: ``python -m tests.warehouse.child``.

``write FILE FROM`` saves batch after batch and says the number of each once its verbs have returned, ``publish FILE``
publishes on and on, ``hold FILE SECONDS`` keeps the file open for writing, ``read FILE`` keeps a copy open for reading
and counts its entries whenever a line comes in, ``hammer FILE`` asks view after view until its input ends.
"""

import itertools
import sys
import time
from threading import Thread

import duckdb

from tests.warehouse.rows import ENGINE, NOON, SEED, article, comparison, finding, page, poll, standing
from warehouse.connection import opened
from warehouse.read import Reader
from warehouse.store import Warehouse

BATCH = 60


def write(path: str, first: int) -> None:
    warehouse = Warehouse(path)
    for batch in itertools.count(first):
        numbers = range(batch * BATCH, (batch + 1) * BATCH)
        warehouse.save_polls("r1", [poll(f"feed{batch}", *numbers)], NOON)
        warehouse.save_readings("r1", [page(n) for n in numbers])
        articles = [article(n) for n in numbers]
        findings = [(a, finding(a, "head"), finding(a, "hours", "contradicts", engine=ENGINE)) for a in articles]
        warehouse.save_comparisons("r1", [comparison(*found) for found in findings])
        warehouse.save_standings("r1", [standing("corroborated", NOON.replace(year=2026 + batch), supports=batch)])
        print(batch, flush=True)


def main(verb: str, path: str, *rest: str) -> None:
    if verb == "write":
        write(path, int(rest[0]))
    elif verb == "publish":
        while True:
            Warehouse(path).publish()
            print("published", flush=True)
    elif verb == "hold":
        with opened(Warehouse(path).path, 0):
            print("held", flush=True)
            time.sleep(float(rest[0]))
    elif verb == "hammer":
        hammer(path)
    elif verb == "read":
        with duckdb.connect(path, read_only=True) as con:
            for _ in itertools.chain([""], sys.stdin):
                print(*con.execute("select count(*) from base.entries").fetchall()[0], SEED, flush=True)


def hammer(path: str) -> None:
    """Says how many runs the copy had, whenever that changed, and at the end how many questions were answered."""
    reader, asked, runs = Reader(path), 0, -1
    until = Thread(target=sys.stdin.read)
    until.start()
    while until.is_alive():
        found = reader.sql("select count(*) from runs where state = 'completed'").rows[0][0]
        assert isinstance(found, int)
        assert found >= runs, "an older copy came after a newer one"
        if found != runs:
            print(found, flush=True)
        for view in ("facts", "matches", "publishers", "standing_by_day"):
            assert reader.rows(view, limit=5).rows
            asked += 1
        runs = found
    print("asked", asked, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
