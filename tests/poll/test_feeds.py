"""Feeds polled: what comes back is a value, whatever the server does."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.canonical import page_key
from flows.poll.feeds import poll
from flows.poll.schedule import JITTER, RESTING
from tests.poll.conftest import ETAG, FEEDS, MODIFIED, NewsServer, fetcher
from warehouse.records import FeedPoll, FeedState, content_id

NOW = datetime(2025, 5, 16, 12, tzinfo=UTC)


def polled(news: NewsServer, path: str, state: FeedState | None = None, now: datetime = NOW) -> FeedPoll:
    async def once() -> FeedPoll:
        async with fetcher() as client:
            return await poll(client, state or FeedState(content_id(news.url(path)), news.url(path)), now)

    return asyncio.run(once())


def within(state: FeedState, wait: timedelta) -> bool:
    """Whether the next poll is that far from now, up to the jitter."""
    assert state.due_at is not None
    return wait * (1 - JITTER) <= state.due_at - NOW <= wait * (1 + JITTER)


def test_first_poll(news: NewsServer) -> None:
    result = polled(news, "/conditional")
    assert (result.outcome, result.status, result.skipped, len(result.entries)) == ("new", 200, 1, 2)
    state = result.state
    assert (state.etag, state.last_modified, state.title) == (ETAG, MODIFIED, "The Harbour Gazette – World")
    assert state.polled_at == state.succeeded_at == NOW
    assert within(state, timedelta(minutes=20))  # the ttl of its document
    assert (state.failures, state.failure, state.detail) == (0, None, None)
    entry = result.entries[0]
    assert entry.entry_id == content_id(page_key(entry.url))
    assert (entry.feed_id, entry.seen_at) == (state.feed_id, NOW)


def test_304_is_unchanged(news: NewsServer) -> None:
    later = NOW + timedelta(hours=1)
    result = polled(news, "/conditional", polled(news, "/conditional").state, later)
    assert (result.outcome, result.status, result.entries) == ("unchanged", 304, ())
    assert (result.state.etag, result.state.last_modified, result.state.succeeded_at) == (ETAG, MODIFIED, later)


def test_same_bytes_are_unchanged_whatever_the_validators_say(news: NewsServer) -> None:
    first = polled(news, "/always-200")
    second = polled(news, "/always-200", first.state)
    assert (second.outcome, second.status, second.entries) == ("unchanged", 200, ())
    assert second.state.etag != first.state.etag
    news.feed = news.feed.replace(b"second term", b"third term")
    assert polled(news, "/always-200", second.state).outcome == "new"


def test_failures_are_counted_and_healed(news: NewsServer) -> None:
    start = polled(news, "/conditional").state
    broken = replace(start, url=news.url("/410"))
    once = polled(news, "", broken).state
    twice = polled(news, "", once).state
    assert (once.failures, twice.failures, twice.failure) == (1, 2, "http:410")
    assert twice.gone_at == NOW
    assert within(twice, RESTING)
    assert (twice.etag, twice.body_hash, twice.succeeded_at) == (ETAG, start.body_hash, NOW)
    healed = polled(news, "", replace(twice, url=news.url("/conditional")), NOW + timedelta(days=1))
    assert (healed.outcome, healed.state.failures, healed.state.failure, healed.state.detail) == (
        "unchanged",
        0,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("path", "failure"),
    [
        ("/html", "not_a_feed:html"),
        ("/blank", "not_a_feed:empty"),
        ("/429", "http:429"),
        ("/metadata", "private_address"),
        ("/loop", "redirect_loop"),
        ("/endless", "too_large"),
        ("/bomb-br", "too_large"),
    ],
)
def test_failures_are_states(news: NewsServer, path: str, failure: str) -> None:
    result = polled(news, path)
    assert (result.outcome, result.entries, result.state.failure) == ("failed", (), failure)
    assert result.state.detail
    assert "\n" not in result.state.detail
    assert result.state.succeeded_at is None


def test_retry_after_is_waited_for(news: NewsServer) -> None:
    state = polled(news, "/429").state
    assert (state.retry_at, state.charged) == (NOW + timedelta(hours=2), 0)
    assert within(state, timedelta(hours=2) * (1 + JITTER))


def test_what_headers_and_document_ask_for_is_waited_for(news: NewsServer) -> None:
    assert polled(news, "/fresh").state.asked_seconds == 7_200
    news.feed = news.feed.replace(b"<ttl>20<", b"<ttl>180<")
    first = polled(news, "/conditional").state
    assert (first.ttl_seconds, first.asked_seconds) == (10_800, 10_800)
    again = polled(news, "/conditional", first)  # a 304 repeats no document
    assert (again.status, again.state.asked_seconds) == (304, 10_800)


def test_a_feed_that_moved_is_polled_where_it_is(news: NewsServer) -> None:
    state = polled(news, "/moved").state
    for _ in range(2):
        assert state.url == news.url("/moved")
        state = polled(news, "", state).state
    assert state.url.endswith("/elsewhere")
    assert (state.moved_from, state.feed_id) == (news.url("/moved"), content_id(news.url("/moved")))
    asked = len(news.asked("/moved"))
    assert polled(news, "", state).outcome == "unchanged"
    assert len(news.asked("/moved")) == asked


def test_a_304_that_nobody_asked_for_is_a_failure(news: NewsServer) -> None:
    assert polled(news, "/ever-304").state.failure == "protocol"


def test_once_a_week_a_feed_is_asked_for_its_document(news: NewsServer) -> None:
    state, statuses = polled(news, "/conditional").state, []
    for hours in range(12, 14 * 24 + 12, 12):
        result = polled(news, "/conditional", state, NOW + timedelta(hours=hours))
        assert (result.outcome, result.state.etag) == ("unchanged", ETAG)
        statuses.append(result.status)
        state = result.state
    assert statuses.count(200) == 2
    assert statuses.count(304) == 26


@pytest.mark.parametrize("path", ["/truncated", "/wrong-charset", "/latin", "/br", "/zstd", "/gzip"])
def test_odd_feeds_give_entries(news: NewsServer, path: str) -> None:
    result = polled(news, path)
    assert result.outcome == "new"
    assert result.entries
    assert "�" not in "".join(entry.title for entry in result.entries)


def test_dates_of_tomorrow_are_not_believed(news: NewsServer) -> None:
    news.feed = (FEEDS / "atom.xml").read_bytes()
    entries = polled(news, "/plain").entries
    assert [entry.published_at for entry in entries] == [datetime(2025, 5, 15, 22, tzinfo=UTC), None]
