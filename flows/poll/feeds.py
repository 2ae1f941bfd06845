"""Feeds: their documents parsed whatever their format, and a poll of one feed as a value."""

import asyncio
import calendar
import codecs
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urljoin

import feedparser

from flows.canonical import MAX_URL, canonical_url
from flows.plaintext import from_html, one_line, shorten
from flows.poll.fetch import FEED_TYPES, Fetched, Fetcher, FetchFailure
from flows.poll.schedule import next_due
from warehouse.records import Entry, FeedPoll, FeedState, content_id

MAX_ITEMS = 2_000
MAX_TITLE = 500  # characters
MAX_SUMMARY = 5_000
MAX_GUID = 1_000
MAX_AUTHOR = 200
_TITLE_FROM_SUMMARY = 120
_JSON = json.JSONDecoder(strict=False)  # control characters in strings: they are dropped later
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # before it, a date is a default value of some software
_AHEAD = timedelta(days=1)

_START = re.compile(rb"<(?:\?xml|!DOCTYPE|rss|feed|rdf:RDF|RDF|channel)\b|<\w+:(?:feed|RDF)\b", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)


class NotAFeed(Exception):  # noqa: N818  (an outcome, which poll() turns into a value)
    """A document from which no feed came: ``html`` (a web page), ``empty`` (nothing), or ``unreadable``."""

    def __init__(self, kind: Literal["html", "empty", "unreadable"], detail: str = "") -> None:
        super().__init__(detail or kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An item as the feed states it, cleaned: ``url`` is canonical, texts are plain, ``published_at`` may be wrong."""

    url: str
    guid: str | None
    title: str
    summary: str
    author: str | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed document says: at most 2,000 items in its order, none twice.

    ``skipped`` counts the items without a usable link or any text. ``ttl`` is how long the feed says it may be kept.
    """

    title: str | None
    items: tuple[FeedItem, ...]
    skipped: int = 0
    ttl: timedelta | None = None


def parse_feed(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """The feed in ``body``, which was found at ``url``: RSS 0.9x to 2.0, RDF, Atom or JSON Feed.

    Judged by what comes out: damaged XML gives the items that can be recovered, the declared encoding and
    ``content_type`` are believed only where the bytes do not say otherwise. Raises :class:`NotAFeed`.
    """
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if not start:
        raise NotAFeed("empty", "the document is empty")
    if start[:1] == b"{":
        return _parse_json(start, url)
    return _parse_xml(body, url, content_type)


async def poll(fetcher: Fetcher, state: FeedState, now: datetime) -> FeedPoll:
    """Ask for a feed once, conditionally, and say what came: no failure of a server or document is raised.

    ``unchanged`` (304, or the same bytes as last time) lists no entries: the feed still lists what it listed before.
    """
    answer = await fetcher.get(state.url, etag=state.etag, last_modified=state.last_modified, accept=FEED_TYPES)
    if isinstance(answer, FetchFailure):
        return _failed(state, now, answer.kind, answer.detail, answer.status, answer.retry_after)
    reached = replace(
        state, polled_at=now, succeeded_at=now, due_at=next_due(now, 0), failures=0, failure=None, detail=None
    )
    if answer.status == 304:
        # A 304 may bring newer validators (RFC 9110, 15.4.5).
        return FeedPoll("unchanged", _with_validators(reached, answer, keep=True), status=304)
    digest = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
    if digest == state.body_hash:
        return FeedPoll("unchanged", _with_validators(reached, answer), status=answer.status)
    try:
        parsed = await asyncio.to_thread(
            parse_feed, answer.body, url=answer.url, content_type=answer.headers.get("content-type", "")
        )
    except NotAFeed as error:
        return _failed(state, now, f"not_a_feed:{error.kind}", str(error), answer.status, None)
    following = replace(_with_validators(reached, answer), title=parsed.title or state.title, body_hash=digest)
    entries = tuple(_entry(item, state.feed_id, now) for item in parsed.items)
    return FeedPoll("new", following, entries, answer.status, parsed.skipped)


def _with_validators(state: FeedState, answer: Fetched, *, keep: bool = False) -> FeedState:
    etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    if keep:
        etag, modified = etag or state.etag, modified or state.last_modified
    return replace(state, etag=etag, last_modified=modified)


def _failed(
    state: FeedState, now: datetime, kind: str, detail: str, status: int | None, retry_after: timedelta | None
) -> FeedPoll:
    failures = state.failures + 1
    due = next_due(now, failures, retry_after)
    following = replace(state, polled_at=now, due_at=due, failures=failures, failure=kind, detail=one_line(detail, 300))
    return FeedPoll("failed", following, status=status)


def _entry(item: FeedItem, feed_id: str, now: datetime) -> Entry:
    published = item.published_at if item.published_at is not None and item.published_at <= now + _AHEAD else None
    return Entry(
        entry_id=content_id(item.url),
        feed_id=feed_id,
        url=item.url,
        guid=item.guid,
        title=item.title,
        summary=item.summary,
        author=item.author,
        published_at=published,
        seen_at=now,
    )


def _collect(found: Iterable[FeedItem | None], title: str | None, ttl: timedelta | None) -> ParsedFeed:
    items: dict[str, FeedItem] = {}
    skipped = 0
    for item in found:
        if item is None:
            skipped += 1
        else:
            items.setdefault(item.url, item)
    return ParsedFeed(title, tuple(items.values()), skipped, ttl)


def _item(
    links: Iterable[str], base: str, guid: str, title: str, summary: str, author: str, published_at: datetime | None
) -> FeedItem | None:
    url = next(filter(None, (_address(link, base) for link in links)), None)
    title = one_line(from_html(title), MAX_TITLE)
    summary = shorten(from_html(summary), MAX_SUMMARY)
    # Notes of a line or two have no title; their beginning is what readers know them by.
    title = title or one_line(summary, _TITLE_FROM_SUMMARY)
    if url is None or not title:
        return None
    return FeedItem(
        url=url,
        guid=one_line(guid)[:MAX_GUID] or None,
        title=title,
        summary=summary,
        author=one_line(from_html(author), MAX_AUTHOR) or None,
        published_at=published_at,
    )


def _address(link: str, base: str) -> str | None:
    if not link or len(link) > 2 * MAX_URL:
        return None
    try:
        return canonical_url(urljoin(base, link.strip()))
    except ValueError:
        return None


# -- XML -------------------------------------------------------------------------------------------------------------


def _parse_xml(body: bytes, url: str, content_type: str) -> ParsedFeed:
    first = _START.search(body[:4096])
    if first and first.start() and body[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        body = body[first.start() :]  # blank lines, warnings of some script
    # Sanitising and relative links inside texts would double the time, and only plain text is kept of them anyway.
    # Links of items are resolved all the same, xml:base included.
    parsed = feedparser.parse(
        body,
        response_headers={"content-location": url, "content-type": _xml_type(body, content_type)},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    feed, entries = parsed.feed, parsed.entries
    if not entries and not parsed.version:
        if _HTML.search(body[:4096]):
            raise NotAFeed("html", "a web page in place of a feed")
        raise NotAFeed("unreadable", one_line(f"no feed format known ({parsed.get('bozo_exception', '')})", 300))
    ttl = _minutes(feed.get("ttl"))
    items = (_xml_item(entry, url) for entry in entries[:MAX_ITEMS])
    return _collect(items, one_line(from_html(feed.get("title", "")), MAX_TITLE) or None, ttl)


def _xml_type(body: bytes, content_type: str) -> str:
    """A Content-Type that makes the parser read the bytes as what they are.

    Bytes that are UTF-8 throughout are UTF-8, whatever header and prolog claim: they never are by chance. Otherwise the
    prolog knows better than the header, which servers give to all files alike.
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)  # one that minds no character cut off at the end
    except UnicodeDecodeError:
        charset = re.search(r"charset=[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
        if charset and b"encoding" not in body[:200] and not charset[1].lower().startswith("utf"):
            return f"application/xml; charset={charset[1]}"
        return "application/xml"
    return "application/xml; charset=utf-8"


def _xml_item(entry: Mapping[str, Any], base: str) -> FeedItem | None:
    guid = str(entry.get("id") or "")
    summary = entry.get("summary") or next((part.get("value") or "" for part in entry.get("content") or ()), "")
    published = _from_struct(entry, "published") or _from_struct(entry, "updated") or _from_struct(entry, "created")
    return _item(
        _xml_links(entry, guid), base, guid, str(entry.get("title") or ""), str(summary), _xml_author(entry), published
    )


def _xml_links(entry: Mapping[str, Any], guid: str) -> Iterator[str]:
    yield str(entry.get("feedburner_origlink") or "")
    yield str(entry.get("link") or "")
    for link in entry.get("links") or ():
        if link.get("rel", "alternate") == "alternate":
            yield str(link.get("href") or "")
    if guid.startswith(("http://", "https://")):
        yield guid


def _xml_author(entry: Mapping[str, Any]) -> str:
    authors = entry.get("authors") or ()
    if len(authors) > 1:
        stated = ", ".join(filter(None, (str(author.get("name") or "") for author in authors)))
    else:
        stated = str(entry.get("author") or "")
    return re.sub(r"\S+@\S+", "", stated).strip(" ()<>,")  # RSS asks for an address of mail


def _from_struct(entry: Mapping[str, Any], name: str) -> datetime | None:
    parsed = entry.get(f"{name}_parsed")
    if parsed is None:
        return None
    try:
        return _plausible(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _plausible(moment: datetime) -> datetime | None:
    return moment if moment >= _OLDEST else None


def _minutes(stated: object) -> timedelta | None:
    text = str(stated or "").strip()
    return timedelta(minutes=min(int(text[:6]), 60 * 24 * 7)) if text.isdecimal() and int(text[:6]) else None


# -- JSON ------------------------------------------------------------------------------------------------------------


def _parse_json(body: bytes, url: str) -> ParsedFeed:
    text = body.decode("utf-8", "replace")
    try:
        document = _JSON.decode(text)
    except (ValueError, RecursionError) as error:
        document = {"items": list(_recovered(text))}
        if not document["items"]:
            raise NotAFeed("unreadable", f"broken JSON: {error}") from error
    items = document.get("items")
    if not isinstance(items, list) or "jsonfeed.org" not in str(document.get("version", "https://jsonfeed.org")):
        raise NotAFeed("unreadable", "JSON, but no JSON Feed")
    base = urljoin(url, _text(document.get("home_page_url")))
    found = (_json_item(item, base) if isinstance(item, dict) else None for item in items[:MAX_ITEMS])
    return _collect(found, one_line(_text(document.get("title")), MAX_TITLE) or None, None)


def _recovered(text: str) -> Iterator[dict[str, Any]]:
    """The whole items of a document that was cut off, if they look like those of a JSON Feed."""
    start = re.search(r'"items"\s*:\s*\[\s*', text)
    position = start.end() if start else len(text)
    while text[position : position + 1] == "{":
        try:
            item, position = _JSON.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        if "content_html" in item or "content_text" in item:
            yield item
        following = re.compile(r"\s*,\s*").match(text, position)
        position = following.end() if following else len(text)


def _json_item(item: Mapping[str, Any], base: str) -> FeedItem | None:
    guid = _text(item.get("id"))
    links = [_text(item.get("url")), _text(item.get("external_url")), guid if guid.startswith("http") else ""]
    summary = next(filter(None, (_text(item.get(name)) for name in ("summary", "content_text", "content_html"))), "")
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [_text(author.get("name")) for author in authors or () if isinstance(author, dict)]
    published = _from_iso(_text(item.get("date_published"))) or _from_iso(_text(item.get("date_modified")))
    return _item(links, base, guid, _text(item.get("title")), summary, ", ".join(filter(None, names)), published)


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _from_iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
        return _plausible((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC))
    except (ValueError, OverflowError):
        return None
