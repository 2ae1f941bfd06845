"""What is kept of a feed for its next poll: moves, pauses, rhythm, and what people see of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.warehouse.rows import NOON, SEED, begun, poll, state
from warehouse.connection import opened
from warehouse.read import Reader
from warehouse.records import FeedPoll, FeedState, content_id
from warehouse.store import Warehouse

HOUR = timedelta(hours=1)
OLD, NEW = "https://one.example/rss", "https://moved.example/feed"


def test_everything_scheduling_knows_comes_back(warehouse: Warehouse) -> None:
    begun(warehouse)
    known = replace(
        state("one"), url=NEW, moved_from=OLD, charged=1.5, failures=2, failure="dns", detail="no", due_at=NOON + HOUR,
        retry_at=NOON + HOUR, gone_at=NOON, entries_per_day=0.25, interval_seconds=86_400, ttl_seconds=60,
        asked_seconds=600, moving_to="https://third.example/", moving_seen=2, last_new_at=NOON - HOUR,
        usual_gap_seconds=3_600, silent_since_at=NOON - HOUR,
    )  # fmt: skip
    warehouse.save_polls("r1", [FeedPoll("failed", known)], NOON)
    assert warehouse.feed_states([OLD, NEW]) == {OLD: known}
    learned = replace(known, entries_per_day=2.0, interval_seconds=43_200)
    warehouse.save_feed_states([learned], NOON)
    assert warehouse.feed_states([OLD]) == {OLD: learned}
    assert warehouse.check() == []


def test_a_moved_feed_keeps_its_entries(warehouse: Warehouse) -> None:
    begun(warehouse)
    warehouse.save_polls("r1", [poll("one", 1, 2)], NOON)
    moved = replace(poll("one", 2, 3), state=replace(state("one"), url=NEW, moved_from=OLD))
    told = warehouse.save_polls("r1", [moved], NOON + HOUR)
    assert [(line.listed, line.arrived) for line in told.lines] == [(2, 1)]
    with opened(warehouse.path, 0) as con:
        assert con.execute("select count(*), min(url) from base.feeds").fetchall() == [(1, NEW)]


def test_what_arrives_is_counted_per_feed(warehouse: Warehouse) -> None:
    begun(warehouse)
    told = warehouse.save_polls("r1", [poll("one", 1, 2), poll("two", 2)], NOON)
    assert [(line.new, line.arrived) for line in told.lines] == [(2, 2), (0, 1)]
    told = warehouse.save_polls("r1", [poll("one", 1, 3), poll("two", outcome="unchanged")], NOON + HOUR)
    assert [line.arrived for line in told.lines] == [1, 0]
    told = warehouse.save_polls("r1", [poll("one", 2, 1)], NOON + 2 * HOUR)  # what was away for a while is not new
    assert [line.arrived for line in told.lines] == [0]


def test_a_pause_outlives_what_a_run_writes(warehouse: Warehouse) -> None:
    begun(warehouse)
    before = state("one")
    warehouse.save_polls("r1", [FeedPoll("unchanged", before)], NOON)
    assert warehouse.knows_feed(OLD)
    assert warehouse.pause_feed(OLD, NOON)
    assert not warehouse.pause_feed(OLD, NOON + HOUR)
    warehouse.save_polls("r1", [FeedPoll("unchanged", before)], NOON + HOUR)  # it was under way when the pause came
    warehouse.save_feed_states([before], NOON + HOUR)
    assert warehouse.feed_states([OLD])[OLD].paused_at == NOON
    assert warehouse.pause_feed(OLD, None)
    assert not warehouse.pause_feed(OLD, None)
    assert warehouse.feed_states([OLD])[OLD].paused_at is None


def test_a_feed_can_be_paused_before_its_first_poll(warehouse: Warehouse) -> None:
    assert not warehouse.knows_feed(OLD)
    assert not warehouse.pause_feed(OLD, None)
    assert warehouse.pause_feed(OLD, NOON)
    assert warehouse.feed_states([OLD]) == {OLD: FeedState(content_id(OLD), OLD, paused_at=NOON)}
    begun(warehouse)
    warehouse.save_polls("r1", [poll("one", 1)], NOON + HOUR)
    with opened(warehouse.path, 0) as con:
        assert con.execute("select first_polled_at from base.feeds").fetchall() == [
            ((NOON + HOUR).replace(tzinfo=None),)
        ]
    assert warehouse.check() == []


@pytest.mark.parametrize(
    ("changed", "health"),
    [
        ({}, "ok"),
        ({"failures": 2, "charged": 1.0, "failure": "timeout"}, "failing"),
        ({"failures": 1, "charged": 1.0, "failure": "http:410", "gone_at": NOON}, "gone"),
        ({"last_new_at": NOON - 99 * HOUR, "silent_since_at": NOON - 99 * HOUR}, "silent"),
        ({"succeeded_at": None}, "never answered"),
        ({"polled_at": NOON - 9 * 24 * HOUR}, "not polled"),
    ],
)
def test_health_is_named(warehouse: Warehouse, changed: dict[str, object], health: str) -> None:
    begun(warehouse)
    warehouse.save_polls("r1", [FeedPoll("unchanged", state("one", **changed)), poll("other")], NOON)
    warehouse.publish()
    table = Reader(warehouse.path).rows("feeds")
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert {row["url"]: row["health"] for row in rows} == {OLD: health, "https://other.example/rss": "ok"}


def test_the_share_of_304_is_of_the_last_month(warehouse: Warehouse) -> None:
    begun(warehouse)
    for n, status in enumerate([200, 200, 304, 304, 304, 503]):
        at = NOON + n * 24 * HOUR if n else NOON - 40 * 24 * HOUR
        warehouse.begin_run(f"p{n}", [SEED], at, "test")
        outcome = {200: "new", 304: "unchanged", 503: "failed"}[status]
        polled = FeedPoll(outcome, state("one", polled_at=at, entries_per_day=1.234), status=status)  # type: ignore[arg-type]
        warehouse.save_polls(f"p{n}", [polled], at)
    warehouse.save_feed_states([replace(state("one", polled_at=at), url=NEW, moved_from=OLD)], at)
    warehouse.publish()
    (row,) = Reader(warehouse.path).sql("select url, moved_to, not_modified_share, interval_seconds from feeds").rows
    assert row == (OLD, NEW, 0.75, 900)


@pytest.mark.parametrize(
    "wrong",
    [
        {"interval_seconds": 60},
        {"charged": 1.0},
        {"failures": 1},
        {"moving_seen": 1},
        {"gone_at": NOON},
        {"silent_since_at": NOON, "last_new_at": NOON - HOUR},
        {"due_at": NOON - HOUR},
    ],
)
def test_a_schedule_that_does_not_fit_together_is_told(warehouse: Warehouse, wrong: dict[str, object]) -> None:
    begun(warehouse)
    warehouse.save_polls("r1", [FeedPoll("unchanged", state("one", **wrong))], NOON)
    assert [broken.check for broken in warehouse.check()] == ["feed_schedule"]
