"""What feeds of all formats come to: items with plain, bounded texts and canonical addresses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urljoin

from flows.canonical import MAX_URL, canonical_url, page_key
from flows.plaintext import from_html, one_line, shorten

MAX_ITEMS = 2_000
MAX_TITLE = 500  # characters
MAX_SUMMARY = 5_000
MAX_GUID = 1_000
MAX_AUTHOR = 200
_TITLE_FROM_SUMMARY = 120

NoFeed = Literal["html", "empty", "unreadable", "sitemap", "sitemap_index"]


class NotAFeed(Exception):  # noqa: N818  (an outcome, which poll() turns into a value)
    """A document from which no feed came.

    ``html`` is a web page, ``empty`` nothing at all, ``sitemap`` a sitemap that lists pages but no news,
    ``sitemap_index`` a list of sitemaps (the message names some of them), ``unreadable`` anything else.
    """

    def __init__(self, kind: NoFeed, detail: str = "") -> None:
        super().__init__(kind, detail)  # both, or it could not come back from another process
        self.kind: NoFeed = kind
        self.detail = detail or kind

    def __str__(self) -> str:
        return self.detail


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

    ``kind`` is its format. ``skipped`` counts the items without a usable link or any text. ``ttl`` is how long the feed
    says it may be kept (RSS's ttl, or the syndication module's period by frequency).
    """

    kind: Literal["rss", "rdf", "atom", "json", "sitemap"]
    title: str | None
    items: tuple[FeedItem, ...]
    skipped: int = 0
    ttl: timedelta | None = None


def feed(
    kind: Literal["rss", "rdf", "atom", "json", "sitemap"],
    title: str,
    found: Iterable[FeedItem | None],
    ttl: timedelta | None = None,
) -> ParsedFeed:
    """The feed of these items; None stands for one that could not be used."""
    items: dict[str, FeedItem] = {}
    skipped = 0
    for each in found:
        if each is None:
            skipped += 1
        else:
            items.setdefault(page_key(each.url), each)
    return ParsedFeed(kind, one_line(from_html(title), MAX_TITLE) or None, tuple(items.values()), skipped, ttl)


def item(
    links: Iterable[str],
    base: str,
    *,
    guid: str = "",
    title: str = "",
    summary: str = "",
    author: str = "",
    published_at: datetime | None = None,
) -> FeedItem | None:
    """The item with the first of these links that is an address (relative ones begin at ``base``); None without one.

    The other texts may be HTML. An item that has neither title nor summary is None too.
    """
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
