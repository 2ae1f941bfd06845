"""How a feed fares: what a success and a failure make of its state, moves, silence, and whose fault an outage is.

Pure functions. Failures weigh differently: *hard* ones (404, 410, not a feed, refused) 1, *soft* ones (timeouts, no
connection, 5xx) a half, and *temporary* ones (429 or 503 that say when to come back) nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.plaintext import one_line
from flows.poll.schedule import SHORTEST, after_failure, after_success, asked_wait, host, learned
from warehouse.records import FeedState, PollOutcome

SIGHTINGS = 3
"""Polls in a row that are permanently redirected to one address, before the feed is polled there; and charged failures
there, before the old address is tried again."""

SILENT_AT_LEAST = timedelta(days=3)
SILENT_GAPS = 6.0  # usual gaps between entries
SILENT_UNKNOWN = timedelta(days=30)  # where no rhythm is known
GAP_WEIGHT = 0.2  # of the latest gap in the usual one

OUTAGE_HOSTS = 5
OUTAGE_SHARE = 0.8
_NO_CONNECTION = frozenset({"dns", "connect", "tls", "timeout", "robots_unreachable"})  # its robots.txt comes first
_CALLED_BACK = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Polled:
    """A feed before and after its poll. ``arrived`` is how many entries were new to it."""

    before: FeedState
    after: FeedState
    outcome: PollOutcome
    arrived: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """The states after a run's polls are looked at together, and whether the outage was on this side."""

    states: tuple[FeedState, ...]
    own_outage: bool


def reached(
    state: FeedState, now: datetime, *, ttl_seconds: int | None, fresh: timedelta | None, moved_to: str | None
) -> FeedState:
    """The state after an answer that could be used or said "unchanged": it heals whatever was.

    ``ttl_seconds`` is what the document says, ``fresh`` what the headers say, ``moved_to`` where permanent redirects
    led. The third poll in a row that is led to one address moves the feed there; its ``feed_id`` stays.
    """
    healed = replace(
        state,
        polled_at=now,
        succeeded_at=now,
        failures=0,
        failure=None,
        detail=None,
        charged=0.0,
        retry_at=None,
        gone_at=None,
        ttl_seconds=ttl_seconds,
        asked_seconds=asked_wait(ttl_seconds, fresh),
    )
    return after_success(_moved(healed, moved_to), now)


def failed(
    state: FeedState,
    now: datetime,
    *,
    kind: str,
    detail: str,
    status: int | None = None,
    temporary: bool = False,
    retry_after: timedelta | None = None,
) -> FeedState:
    """The state after a failure. ``temporary`` is what may be gone at another time, ``retry_after`` what was asked for.

    A 410 marks the feed as gone. One that has moved and then fails three times is polled where it was before.
    """
    charge = 0.5 if temporary else 1.0
    if status in _CALLED_BACK and retry_after is not None:
        charge = 0.0
    following = replace(
        state,
        polled_at=now,
        failures=state.failures + 1,
        failure=kind,
        detail=one_line(detail, 300),
        gone_at=(state.gone_at or now) if status == 410 else state.gone_at,
        moving_to=None,
        moving_seen=0,
    )
    if state.moved_from is not None and state.charged + charge >= SIGHTINGS:
        following = replace(
            following, url=state.moved_from, moved_from=None, gone_at=None, etag=None, last_modified=None
        )
    return after_failure(following, now, charge=charge, retry_after=retry_after)


def settled(polls: Sequence[Polled]) -> Settled:
    """What a run's polls come to when they are looked at together: successes teach, an own outage is not charged."""
    outage = own_outage(polls)
    states: list[FeedState] = []
    for poll in polls:
        if poll.outcome != "failed":
            states.append(_rhythm(poll.before, learned(poll.before, poll.after, poll.arrived), poll.arrived))
        elif outage and _unconnected(poll):
            states.append(_uncharged(poll))
        else:
            states.append(poll.after)
    return Settled(tuple(states), outage)


def own_outage(polls: Sequence[Polled]) -> bool:
    """Whether the outage is on this side: of at least five hosts four fifths cannot be connected to at all."""
    answered: dict[str, bool] = {}
    for poll in polls:
        answered[host(poll.before)] = answered.get(host(poll.before), False) or not _unconnected(poll)
    unreached = sum(not any_answer for any_answer in answered.values())
    return len(answered) >= OUTAGE_HOSTS and unreached >= OUTAGE_SHARE * len(answered)


def silent_since(last_new_at: datetime | None, usual_gap_seconds: int | None, now: datetime) -> datetime | None:
    """``last_new_at``, if nothing new came since for longer than six usual gaps and three days; else None.

    Where no usual gap is known, 30 days are long.
    """
    if last_new_at is None:
        return None
    long = SILENT_UNKNOWN
    if usual_gap_seconds is not None:
        long = max(SILENT_AT_LEAST, timedelta(seconds=SILENT_GAPS * usual_gap_seconds))
    return last_new_at if now - last_new_at > long else None


def _rhythm(before: FeedState, after: FeedState, arrived: int) -> FeedState:
    now = after.succeeded_at
    assert now is not None
    last, usual = before.last_new_at, before.usual_gap_seconds
    if arrived:
        if last is not None:
            gap = (now - last).total_seconds()
            usual = int(gap if usual is None else usual + GAP_WEIGHT * (gap - usual))
        last = now
    return replace(
        after,
        last_new_at=last,
        usual_gap_seconds=usual,
        silent_since_at=silent_since(last, usual, now),
    )


def _moved(state: FeedState, target: str | None) -> FeedState:
    if target is None or target == state.url:
        return replace(state, moving_to=None, moving_seen=0)
    seen = state.moving_seen + 1 if target == state.moving_to else 1
    if seen < SIGHTINGS:
        return replace(state, moving_to=target, moving_seen=seen)
    back = target == state.moved_from
    return replace(
        state, url=target, moved_from=None if back else state.listed_url, moving_to=None, moving_seen=0
    )  # fmt: skip


def _unconnected(poll: Polled) -> bool:
    return poll.outcome == "failed" and poll.after.failure in _NO_CONNECTION


def _uncharged(poll: Polled) -> FeedState:
    at = poll.after.polled_at
    assert at is not None
    return replace(poll.before, polled_at=at, due_at=at + SHORTEST)
