"""When feeds are polled, and how they fare: pure functions, held against any sequence of outcomes."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.poll.freshness import stated_freshness, stated_ttl
from flows.poll.health import (
    OUTAGE_HOSTS,
    Polled,
    failed,
    own_outage,
    reached,
    settled,
    silent_since,
)
from flows.poll.schedule import (
    DAILY,
    EARLY,
    JITTER,
    LONGEST,
    RESTING,
    SHORTEST,
    back_off,
    interval,
    is_due,
    learned,
    select,
)
from warehouse.records import FeedState, content_id

NOW = datetime(2025, 5, 16, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def feed(url: str = "https://harbour.example/rss", **known: object) -> FeedState:
    return FeedState(content_id(url), url, **known)  # type: ignore[arg-type]


def success(
    state: FeedState,
    now: datetime,
    arrived: int = 0,
    *,
    ttl_seconds: int | None = None,
    fresh: timedelta | None = None,
    moved_to: str | None = None,
) -> FeedState:
    after = reached(state, now, ttl_seconds=ttl_seconds, fresh=fresh, moved_to=moved_to)
    (state,) = settled([Polled(state, after, "new" if arrived else "unchanged", arrived)]).states
    return state


def hard(state: FeedState, now: datetime, status: int = 404) -> FeedState:
    return failed(state, now, kind=f"http:{status}", detail="no", status=status)


def soft(state: FeedState, now: datetime) -> FeedState:
    return failed(state, now, kind="timeout", detail="slow", temporary=True)


# ---- any sequence of outcomes


@dataclass(frozen=True)
class Outcome:
    """What a server does at a poll."""

    arrived: int | None  # None: a failure
    asks: timedelta | None = None  # freshness of a success, Retry-After of a failure
    ttl_seconds: int | None = None
    status: int | None = None
    temporary: bool = False
    moved_to: str | None = None


waits = st.none() | st.timedeltas(timedelta(0), timedelta(days=400))
outcomes = st.builds(
    Outcome,
    arrived=st.integers(0, 2_000),
    asks=waits,
    ttl_seconds=st.none() | st.integers(1, 400 * 86_400),
    moved_to=st.sampled_from([None, "https://new.example/a", "https://new.example/b"]),
) | st.builds(
    Outcome,
    arrived=st.none(),
    asks=waits,
    status=st.sampled_from([None, 404, 410, 429, 500, 503]),
    temporary=st.booleans(),
)


def after(outcome: Outcome, state: FeedState, now: datetime) -> FeedState:
    if outcome.arrived is None:
        return failed(
            state, now, kind="some", detail="", status=outcome.status, temporary=outcome.temporary,
            retry_after=outcome.asks,
        )  # fmt: skip
    return success(
        state, now, outcome.arrived, ttl_seconds=outcome.ttl_seconds, fresh=outcome.asks, moved_to=outcome.moved_to
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(outcomes, st.timedeltas(timedelta(0), timedelta(days=40))), min_size=1, max_size=40))
def test_bounds_hold_for_any_sequence_of_outcomes(polls: list[tuple[Outcome, timedelta]]) -> None:
    state, now = feed(), NOW
    for outcome, late in polls:
        state = after(outcome, state, now)
        assert state.due_at is not None
        assert now + SHORTEST <= state.due_at <= now + RESTING
        assert SHORTEST <= timedelta(seconds=state.interval_seconds) <= LONGEST
        assert state.charged <= state.failures
        if outcome.arrived is not None:
            assert state.due_at <= now + LONGEST
            asked = max(timedelta(seconds=outcome.ttl_seconds or 0), outcome.asks or timedelta(0))
            assert state.due_at >= now + min(asked, LONGEST) - timedelta(seconds=1)
        elif outcome.asks:
            assert state.due_at >= now + min(outcome.asks, LONGEST)
            assert state.retry_at == now + min(outcome.asks, LONGEST)
        assert state.feed_id == content_id(state.listed_url) == feed().feed_id
        now = state.due_at + late
    healed = success(state, now)
    assert (healed.failures, healed.charged, healed.failure, healed.gone_at, healed.retry_at) == (
        0,
        0,
        None,
        None,
        None,
    )
    assert healed.due_at is not None
    assert healed.due_at <= now + LONGEST


@given(st.integers(0, 200), st.booleans())
def test_failures_alone_never_end_a_feed(failures: int, gently: bool) -> None:
    state, now, waited = feed(), NOW, timedelta(0)
    for _ in range(failures):
        state = soft(state, now) if gently else hard(state, now)
        assert state.due_at is not None
        waited, now = state.due_at - now, state.due_at
    assert waited <= RESTING
    assert state.failures == failures
    assert state.charged == failures * (0.5 if gently else 1)
    assert is_due(state, now)


# ---- back-off


def test_back_off_doubles_to_a_day_and_after_weeks_to_a_week() -> None:
    waits = [back_off(15 * MINUTE, float(charged)) for charged in range(30)]
    assert waits[:4] == [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR]
    assert waits[7 : int(DAILY) + 1] == [LONGEST] * (int(DAILY) - 6)
    assert waits[int(DAILY) + 1 : int(DAILY) + 4] == [2 * DAY, 4 * DAY, RESTING]
    assert waits[-1] == RESTING
    assert waits == sorted(waits)


def test_soft_failures_count_half() -> None:
    one_hard, two_soft = hard(feed(), NOW), soft(soft(feed(), NOW), NOW)
    assert (one_hard.charged, two_soft.charged) == (1, 1)
    assert (one_hard.failures, two_soft.failures) == (1, 2)


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_says_when_to_come_back_is_not_charged(status: int) -> None:
    state = failed(feed(), NOW, kind="busy", detail="", status=status, temporary=True, retry_after=2 * HOUR)
    assert state.charged == 0
    assert state.retry_at == NOW + 2 * HOUR
    assert state.due_at is not None
    assert NOW + 2 * HOUR <= state.due_at <= NOW + 2 * HOUR * (1 + JITTER)
    unsaid = failed(feed(), NOW, kind="busy", detail="", status=status, temporary=True)
    assert (unsaid.charged, unsaid.retry_at) == (0.5, None)


def test_gone_feeds_are_tried_weekly_and_come_back() -> None:
    gone = hard(feed(), NOW, 410)
    assert gone.gone_at == NOW
    assert gone.due_at is not None
    assert NOW + RESTING * (1 - JITTER) <= gone.due_at <= NOW + RESTING
    later = hard(gone, gone.due_at, 410)
    assert later.gone_at == NOW
    assert success(later, NOW + 30 * DAY).gone_at is None


# ---- the interval


def polled_every(state: FeedState, days: int, gap: timedelta) -> FeedState:
    """The state after a feed was polled whenever it was due, by a server that has something new each ``gap``."""
    now, seen = NOW, 0
    while now < NOW + timedelta(days=days):
        published = int((now - NOW) / gap)
        state = success(state, now, published - seen if state.polled_at else 9)
        seen = published
        assert state.due_at is not None
        now = state.due_at
    return state


@pytest.mark.parametrize(
    ("gap", "least", "most"),
    [
        (2 * MINUTE, SHORTEST, SHORTEST),
        (30 * MINUTE, 25 * MINUTE, 36 * MINUTE),
        (4 * HOUR, 2.5 * HOUR, 6 * HOUR),
        (10 * DAY, LONGEST, LONGEST),
    ],
)
def test_the_interval_aims_at_one_new_entry_a_poll(gap: timedelta, least: timedelta, most: timedelta) -> None:
    assert least <= interval(polled_every(feed(), 12, gap)) <= most


def test_the_first_document_is_no_yield() -> None:
    assert success(feed(), NOW, 500).entries_per_day == feed().entries_per_day


def test_a_burst_is_met_within_hours_and_a_night_is_survived() -> None:
    slow = feed(entries_per_day=2.0, succeeded_at=NOW - 6 * HOUR, polled_at=NOW - 6 * HOUR)
    assert interval(success(slow, NOW, 20)) < 45 * MINUTE
    busy = feed(entries_per_day=48.0, succeeded_at=NOW - 8 * HOUR, polled_at=NOW - 8 * HOUR)
    assert interval(success(busy, NOW, 0)) < HOUR


def test_what_is_asked_for_lengthens_and_never_shortens() -> None:
    busy = feed(entries_per_day=1_000.0)
    assert interval(success(busy, NOW)) == SHORTEST
    assert interval(success(busy, NOW, ttl_seconds=3_600)) == HOUR
    assert interval(success(busy, NOW, fresh=HOUR, ttl_seconds=60)) == HOUR
    assert interval(success(busy, NOW, ttl_seconds=366 * 86_400)) == LONGEST
    slow = feed(entries_per_day=1.0)
    assert interval(success(slow, NOW, fresh=MINUTE)) == LONGEST


def test_jitter_is_even_bounded_and_the_same_for_the_same() -> None:
    states = [feed(f"https://site{n}.example/rss", entries_per_day=24.0) for n in range(400)]
    shares = []
    for state in states:
        due = learned(state, reached(state, NOW, ttl_seconds=None, fresh=None, moved_to=None), 0).due_at
        again = learned(state, reached(state, NOW, ttl_seconds=None, fresh=None, moved_to=None), 0).due_at
        assert due == again
        assert due is not None
        shares.append((due - NOW) / HOUR - 1)
    assert -JITTER <= min(shares) < -0.9 * JITTER
    assert 0.9 * JITTER < max(shares) <= JITTER
    assert abs(sum(shares) / len(shares)) < 0.02


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({"cache-control": "public, max-age=600"}, 10 * MINUTE),
        ({"cache-control": "max-age=600, s-maxage=9000", "age": "120"}, 8 * MINUTE),
        ({"cache-control": "max-age=600", "expires": "Fri, 16 May 2025 23:00:00 GMT"}, 10 * MINUTE),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=999999999999"}, 366 * DAY),
        ({"expires": "Fri, 16 May 2025 13:00:00 GMT"}, HOUR),
        ({"expires": "Fri, 16 May 2025 13:00:00 GMT", "date": "Fri, 16 May 2025 12:30:00 GMT"}, HOUR / 2),
        ({"expires": "0"}, None),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_freshness_is_read_from_headers(headers: dict[str, str], fresh: timedelta | None) -> None:
    assert stated_freshness(headers, NOW) == fresh


@given(st.dictionaries(st.sampled_from(["cache-control", "expires", "age", "date"]), st.text(max_size=40)))
def test_freshness_of_any_headers_is_bounded(headers: dict[str, str]) -> None:
    fresh = stated_freshness(headers, NOW)
    assert fresh is None or timedelta(0) < fresh <= 366 * DAY


@pytest.mark.parametrize(
    ("ttl", "period", "frequency", "stated"),
    [
        ("60", None, None, HOUR),
        ("0", None, None, None),
        ("-5", "nonsense", "x", None),
        (None, "hourly", "2", HOUR / 2),
        (None, "daily", None, DAY),
        (None, None, "4", DAY / 4),
        ("30", "hourly", "1", HOUR),
        ("99999999999", None, None, 366 * DAY),
        (None, " Weekly ", "0", 7 * DAY),
    ],
)
def test_ttl_is_read_from_documents(
    ttl: str | None, period: str | None, frequency: str | None, stated: timedelta | None
) -> None:
    assert stated_ttl(ttl, period, frequency) == stated


# ---- moves


OLD, NEW = "https://harbour.example/rss", "https://new.example/feed"


def test_a_move_is_remembered_after_three_sightings_in_a_row() -> None:
    state = feed(OLD)
    for _ in range(2):
        state = success(state, NOW, moved_to=NEW)
    assert (state.url, state.moving_seen) == (OLD, 2)
    interrupted = success(success(state, NOW), NOW, moved_to=NEW)
    assert (interrupted.url, interrupted.moving_seen) == (OLD, 1)
    elsewhere = success(state, NOW, moved_to="https://third.example/")
    assert (elsewhere.url, elsewhere.moving_seen) == (OLD, 1)
    moved = success(state, NOW, moved_to=NEW)
    assert (moved.url, moved.moved_from, moved.listed_url, moved.feed_id) == (NEW, OLD, OLD, state.feed_id)
    assert (moved.moving_to, moved.moving_seen) == (None, 0)
    twice = moved
    for _ in range(3):
        twice = success(twice, NOW, moved_to="https://third.example/")
    assert (twice.url, twice.moved_from) == ("https://third.example/", OLD)
    for _ in range(3):
        twice = success(twice, NOW, moved_to=OLD)
    assert (twice.url, twice.moved_from) == (OLD, None)


def test_a_move_to_where_nothing_is_is_taken_back() -> None:
    state = feed(NEW, moved_from=OLD, etag='"x"')
    state = replace(state, feed_id=content_id(OLD))
    for _ in range(2):
        state = hard(state, NOW)
    assert state.url == NEW
    state = hard(state, NOW)
    assert (state.url, state.moved_from, state.etag) == (OLD, None, None)


# ---- silence


def test_silence_is_measured_by_the_feeds_own_rhythm() -> None:
    assert silent_since(None, 60, NOW) is None
    assert silent_since(NOW - 2 * DAY, 600, NOW) is None
    assert silent_since(NOW - 4 * DAY, 600, NOW) == NOW - 4 * DAY
    assert silent_since(NOW - 30 * DAY, 7 * 86_400, NOW) is None
    assert silent_since(NOW - 43 * DAY, 7 * 86_400, NOW) == NOW - 43 * DAY
    assert silent_since(NOW - 29 * DAY, None, NOW) is None
    assert silent_since(NOW - 31 * DAY, None, NOW) == NOW - 31 * DAY


def test_a_feed_falls_silent_and_speaks_again() -> None:
    state, now = feed(), NOW
    for hour in range(48):
        now = NOW + hour * HOUR
        state = success(state, now, 1)
    assert state.usual_gap_seconds == 3_600
    while state.silent_since_at is None:
        now += DAY
        state = success(state, now)
        assert now < NOW + 10 * DAY
    assert state.silent_since_at == state.last_new_at == NOW + 47 * HOUR
    assert soft(state, now).silent_since_at is not None
    assert success(state, now + DAY, 1).silent_since_at is None


# ---- own outage


def polls(unreached: int, answered: int, kind: str = "connect", hosts: int = 1000) -> list[Polled]:
    made = []
    for n in range(unreached + answered):
        before = feed(f"https://site{n % hosts}.example/{n}", entries_per_day=24.0, etag=f'"{n}"')
        if n < unreached:
            made.append(Polled(before, failed(before, NOW, kind=kind, detail="", temporary=True), "failed"))
        else:
            after = reached(before, NOW, ttl_seconds=None, fresh=None, moved_to=None)
            made.append(Polled(before, after, "unchanged"))
    return made


@pytest.mark.parametrize(
    ("run", "ours"),
    [
        (polls(OUTAGE_HOSTS, 0), True),
        (polls(OUTAGE_HOSTS - 1, 0), False),
        (polls(8, 2), True),
        (polls(7, 3), False),
        (polls(50, 0, hosts=4), False),
        (polls(10, 0, kind="http:500"), False),
        (polls(10, 0, kind="dns"), True),
        ([], False),
    ],
)
def test_an_own_outage_is_told_from_feeds_that_fail(run: list[Polled], ours: bool) -> None:
    assert own_outage(run) is settled(run).own_outage is ours


def test_an_own_outage_is_not_charged_and_is_over_soon() -> None:
    run = polls(9, 1)
    for poll, state in zip(run, settled(run).states, strict=True):
        assert (state.failures, state.charged, state.failure) == (0, 0, None)
        assert state.polled_at == NOW
        assert state.etag == poll.before.etag
        if poll.outcome == "failed":
            assert state.due_at == NOW + SHORTEST
    alone = polls(2, 8)
    assert [state.failures for state in settled(alone).states] == [1, 1] + [0] * 8


# ---- what a run polls


def test_due_feeds_are_chosen() -> None:
    states = [
        feed("https://a.example/never"),
        feed("https://a.example/past", due_at=NOW - DAY),
        feed("https://a.example/soon", due_at=NOW + EARLY),
        feed("https://a.example/later", due_at=NOW + EARLY + timedelta(seconds=1)),
    ]
    chosen = select(states, NOW, only_due=True)
    assert (chosen.polled, chosen.not_due) == (tuple(states[:3]), 1)
    every = select(states, NOW, only_due=False)
    assert (every.polled, every.not_due) == (tuple(states), 0)


@pytest.mark.parametrize("only_due", [True, False])
def test_paused_feeds_and_hosts_that_want_to_be_left_alone_are_never_polled(only_due: bool) -> None:
    asked = feed("https://busy.example/1", retry_at=NOW + HOUR)
    other = feed("https://busy.example/2")
    paused = feed("https://c.example/", paused_at=NOW - DAY)
    over = feed("https://d.example/", retry_at=NOW)
    chosen = select([asked, other, paused, over], NOW, only_due=only_due)
    assert chosen.polled == (over,)
    assert chosen.held == ((asked, NOW + HOUR), (other, NOW + HOUR))
    assert chosen.paused == (paused,)


def test_two_feeds_that_have_come_to_one_address_are_polled_once() -> None:
    moved = replace(feed("https://old.example/"), url="https://new.example/", moved_from="https://old.example/")
    chosen = select([feed("https://new.example/"), moved], NOW, only_due=False)
    assert (chosen.polled, chosen.doubles) == ((feed("https://new.example/"),), (moved,))
