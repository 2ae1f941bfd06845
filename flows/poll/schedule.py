"""When a feed is polled: pure functions of what the polls left behind and of ``now``.

A success is followed by the learned interval, which aims at one new entry a poll; a failure by that interval doubled
with each failure, up to a day, and after weeks up to a week. No feed is ever given up, and one success heals it.
"""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from warehouse.records import FeedState

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(hours=24)
"""Bounds of the interval, and of what a server can ask for: a ``ttl`` of a year does not silence a feed."""

RESTING = timedelta(days=7)
"""Between polls of a feed that has failed for weeks, or says that it is gone."""

DAILY = 14.0
"""Charged failures from which on waiting grows beyond a day."""

MEMORY = timedelta(hours=12)
"""Over which the rate of new entries is smoothed: a night does not make a feed forgotten, a burst is met in hours."""

JITTER = 0.1
"""By so much of the interval a poll is earlier or later, lest feeds that were added together are polled together."""

EARLY = timedelta(minutes=1)
"""What is due so soon is due: a schedule that ticks every five minutes would miss by seconds a feed polled as often."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which feeds a run polls, and which not: those held back until a time, paused ones, those polled under another
    name of the same address, and how many are not due."""

    polled: tuple[FeedState, ...]
    held: tuple[tuple[FeedState, datetime], ...]
    paused: tuple[FeedState, ...]
    doubles: tuple[FeedState, ...]
    not_due: int


def select(states: Iterable[FeedState], now: datetime, *, only_due: bool) -> Selection:
    """The feeds to poll now, in their order: all, or with ``only_due`` those that are due.

    Never polled are paused feeds, and feeds of a host that asked to be left alone (``Retry-After``) for a time that is
    not over, whichever of its feeds it was asked for. Of two feeds that have come to one address the first is polled.
    """
    states = list(states)
    held_hosts: dict[str, datetime] = {}
    for state in states:
        if state.retry_at is not None and state.retry_at > now:
            held_hosts[host(state)] = max(state.retry_at, held_hosts.get(host(state), state.retry_at))
    polled: dict[str, FeedState] = {}
    held: list[tuple[FeedState, datetime]] = []
    paused: list[FeedState] = []
    doubles: list[FeedState] = []
    not_due = 0
    for state in states:
        if state.paused_at is not None:
            paused.append(state)
        elif only_due and not is_due(state, now):
            not_due += 1
        elif host(state) in held_hosts:
            held.append((state, held_hosts[host(state)]))
        elif state.url in polled:
            doubles.append(state)
        else:
            polled[state.url] = state
    return Selection(tuple(polled.values()), tuple(held), tuple(paused), tuple(doubles), not_due)


def is_due(state: FeedState, now: datetime) -> bool:
    """Whether a feed is to be polled: never polled, or its time has come within a minute."""
    return state.due_at is None or state.due_at <= now + EARLY


def wants_whole(state: FeedState, now: datetime) -> bool:
    """Whether a feed is asked for its document whatever its validators: some servers answer 304 for ever.

    Once a week, on a day of the week that its id decides, in the first poll that comes an hour or more after another.
    """
    if state.polled_at is None or now - state.polled_at < timedelta(hours=1):
        return False
    day = now.astimezone(UTC).date()
    return day.weekday() == int(state.feed_id, 16) % 7 and state.polled_at.astimezone(UTC).date() != day


def host(state: FeedState) -> str:
    """The host that a feed is polled at."""
    return urlsplit(state.url).hostname or state.url


def asked_wait(ttl_seconds: int | None, fresh: timedelta | None) -> int | None:
    """How long a feed asks to wait, by its document and its headers, in seconds; None where neither says."""
    stated = [ttl_seconds or 0, int(fresh.total_seconds()) if fresh else 0]
    return max(stated) or None


def interval(state: FeedState) -> timedelta:
    """Between polls that succeed: long enough for one new entry and for what the feed asks, from 5 minutes to a day."""
    days = 1 / state.entries_per_day if state.entries_per_day > 0 else math.inf
    learned = min(days * 86_400, LONGEST.total_seconds())
    return _within(timedelta(seconds=max(learned, state.asked_seconds or 0)), SHORTEST, LONGEST)


def after_success(state: FeedState, now: datetime) -> FeedState:
    """The state with the next poll set after an answer at ``now`` that could be used."""
    wait = interval(state)
    earliest = _within(timedelta(seconds=state.asked_seconds or 0), SHORTEST, LONGEST)
    due = now + _jittered(state.feed_id, now, wait, earliest, LONGEST)
    return replace(state, interval_seconds=int(wait.total_seconds()), due_at=due)


def learned(before: FeedState, after: FeedState, arrived: int) -> FeedState:
    """``after``, the state a successful poll left, with what the poll taught: ``arrived`` entries are new to the feed.

    The rate is an exponentially weighted moving average over uneven gaps: with w = 1 - exp(-gap / MEMORY) it becomes
    (1 - w) * rate + w * arrived / gap. A feed's first document is its stock and no yield.
    """
    now = after.succeeded_at
    assert now is not None, "only a success teaches"
    rate = before.entries_per_day
    if before.succeeded_at is not None and (gap := (now - before.succeeded_at) / timedelta(days=1)) > 0:
        kept = math.exp(-gap / (MEMORY / timedelta(days=1)))
        rate = kept * rate + (1 - kept) * arrived / gap
    return after_success(replace(after, entries_per_day=rate), now)


def after_failure(state: FeedState, now: datetime, *, charge: float, retry_after: timedelta | None = None) -> FeedState:
    """The state with the next poll set after a failure of this weight; ``retry_after`` is what the server asked for.

    The wait is the interval, doubled with each charged failure up to 24 hours, after fourteen of them further up to 7
    days; a feed that is gone waits 7 days at once. Never earlier than ``retry_after``, of which 24 hours are believed.
    """
    charged = state.charged + charge
    wait, most = back_off(interval(state), charged), LONGEST if charged <= DAILY else RESTING
    if state.gone_at is not None:
        wait = most = RESTING
    asked = _within(retry_after or timedelta(0), timedelta(0), LONGEST)
    due = now + _jittered(state.feed_id, now, max(wait, asked), max(SHORTEST, asked), most)
    return replace(state, charged=charged, due_at=due, retry_at=now + asked if asked else None)


def back_off(start: timedelta, charged: float) -> timedelta:
    """The wait after so many charged failures: ``start`` doubled with each, to a day, and from DAILY on to a week."""
    wait = min(start * 2 ** min(charged, DAILY), LONGEST)
    return min(LONGEST * 2 ** min(charged - DAILY, 8), RESTING) if charged > DAILY else wait


def _jittered(feed_id: str, now: datetime, wait: timedelta, least: timedelta, most: timedelta) -> timedelta:
    """The wait, up to a tenth longer or shorter as feed and time have it: the same for the same, even over feeds."""
    digest = hashlib.blake2b(f"{feed_id} {now.timestamp()}".encode(), digest_size=4).digest()
    share = int.from_bytes(digest) / 0xFFFFFFFF * 2 - 1
    return _within(wait * (1 + JITTER * share), least, most)


def _within(value: timedelta, least: timedelta, most: timedelta) -> timedelta:
    return min(max(value, least), most)
