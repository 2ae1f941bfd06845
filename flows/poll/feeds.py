"""A poll of one feed, as a value."""

import hashlib
from dataclasses import replace
from datetime import datetime

from flows.canonical import page_key
from flows.moments import not_future
from flows.poll import health
from flows.poll.fetch import FEED_TYPES, Fetched, Fetcher, FetchFailure
from flows.poll.formats import Parse, in_thread
from flows.poll.freshness import stated_freshness
from flows.poll.items import FeedItem, NotAFeed
from flows.poll.schedule import wants_whole
from warehouse.records import Entry, FeedPoll, FeedState, content_id


async def poll(fetcher: Fetcher, state: FeedState, now: datetime, parse: Parse = in_thread) -> FeedPoll:
    """Ask for a feed once, conditionally, and say what came: no failure of a server or document is raised.

    ``unchanged`` (304, or the same bytes as last time) lists no entries: the feed still lists what it listed before.
    """
    known = replace(state, etag=None, last_modified=None) if wants_whole(state, now) else state
    answer = await fetcher.get(state.url, etag=known.etag, last_modified=known.last_modified, accept=FEED_TYPES)
    if isinstance(answer, FetchFailure):
        return _failed(state, now, answer)
    unasked = known.etag is None and known.last_modified is None
    if answer.status == 304 and unasked:
        return _failed(state, now, FetchFailure("protocol", "304 without having been asked for changes", 304, True))
    digest = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
    if answer.status == 304 or digest == state.body_hash:
        return FeedPoll("unchanged", _reached(state, now, answer, state.ttl_seconds), status=answer.status)
    try:
        parsed = await parse(answer.body, answer.url, answer.headers.get("content-type", ""))
    except NotAFeed as error:
        return _failed(state, now, FetchFailure(f"not_a_feed:{error.kind}", str(error), answer.status))
    ttl_seconds = int(parsed.ttl.total_seconds()) if parsed.ttl else None
    following = replace(
        _reached(state, now, answer, ttl_seconds), title=parsed.title or state.title, body_hash=digest
    )  # fmt: skip
    entries = tuple(_entry(item, state.feed_id, now) for item in parsed.items)
    return FeedPoll("new", following, entries, answer.status, parsed.skipped)


def _reached(state: FeedState, now: datetime, answer: Fetched, ttl_seconds: int | None) -> FeedState:
    etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    if answer.status == 304:  # it may bring newer validators (RFC 9110, 15.4.5)
        etag, modified = etag or state.etag, modified or state.last_modified
    fresh = stated_freshness(answer.headers, now)
    reached = health.reached(state, now, ttl_seconds=ttl_seconds, fresh=fresh, moved_to=answer.permanent_url)
    return replace(reached, etag=etag, last_modified=modified)


def _failed(state: FeedState, now: datetime, failure: FetchFailure) -> FeedPoll:
    following = health.failed(
        state,
        now,
        kind=failure.kind,
        detail=failure.detail,
        status=failure.status,
        temporary=failure.temporary,
        retry_after=failure.retry_after,
    )
    return FeedPoll("failed", following, status=failure.status)


def _entry(item: FeedItem, feed_id: str, now: datetime) -> Entry:
    return Entry(
        entry_id=content_id(page_key(item.url)),
        feed_id=feed_id,
        url=item.url,
        guid=item.guid,
        title=item.title,
        summary=item.summary,
        author=item.author,
        published_at=not_future(item.published_at, now),
        seen_at=now,
    )
