"""Feeds of a site, found from an address that a person knows: the feed itself, a page that names it, or neither."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin, urlsplit

import lxml.etree
import lxml.html

from flows.plaintext import one_line
from flows.poll.fetch import FEED_TYPES, Fetched, Fetcher, FetchFailure
from flows.poll.formats import in_thread
from flows.poll.items import NotAFeed

WELL_KNOWN = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json")
"""Tried in this order, up to the first that is a feed, where the page names none."""

MAX_NAMED = 12  # feeds that a page names and that are looked at
MAX_PAGE = 5_000_000  # bytes
_PAGE_ONLY = frozenset({"robots", "too_large"})  # failures of a page whose site may have a feed all the same
_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        "application/xml",
        "text/xml",
    }
)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that answers as one. ``url`` is where to poll it, ``named_by`` how it was found."""

    url: str
    title: str | None
    entries: int
    named_by: Literal["address", "page", "well-known path"]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found: feeds, best first, or none. ``failure`` says why the address itself could not be fetched."""

    feeds: tuple[FoundFeed, ...]
    failure: FetchFailure | None = None


async def discover(fetcher: Fetcher, url: str) -> Discovery:
    """The feeds to be had from ``url``: that one if it is a feed, else those its page names, else a well-known path.

    Each was fetched and parsed. Feeds of comments come last. A host that cannot be reached is asked nothing more.
    """
    answer = await fetcher.get(url, accept=f"{FEED_TYPES}, text/html;q=0.9", max_body=MAX_PAGE)
    if isinstance(answer, FetchFailure):
        if not answer.kind.startswith("http:") and answer.kind not in _PAGE_ONLY:
            return Discovery((), answer)
        found = await _well_known(fetcher, url)
        return Discovery(found, None if found else answer)
    itself = await _as_feed(answer, url, "address")
    if itself is not None:
        return Discovery((itself,))
    addresses = await asyncio.to_thread(lambda: list(dict.fromkeys(named_feeds(answer.body, answer.url)))[:MAX_NAMED])
    looked_at = await asyncio.gather(*(_look(fetcher, address, "page") for address in addresses))
    feeds = {feed.url: feed for feed in looked_at if feed is not None}
    ordered = sorted(feeds.values(), key=lambda feed: "comment" in f"{feed.url} {feed.title}".lower())
    return Discovery(tuple(ordered) or await _well_known(fetcher, answer.url))


def named_feeds(body: bytes, url: str) -> Iterator[str]:
    """The addresses that the web page in ``body``, found at ``url``, names as feeds (link rel=alternate), in its order.

    Absolute, http or https, not fetched yet. Bytes that are no page name none.
    """
    try:
        page = lxml.html.document_fromstring(body, parser=lxml.html.HTMLParser(huge_tree=False))
    except (lxml.etree.LxmlError, ValueError):
        return
    base = next((str(element.get("href")) for element in page.iter("base") if element.get("href")), "")
    for link in page.iter("link"):
        relations = str(link.get("rel") or "").lower().split()
        kind = str(link.get("type") or "").partition(";")[0].strip().lower()
        if "feed" in relations or ("alternate" in relations and kind in _TYPES):
            address = _absolute(str(link.get("href") or ""), url, base)
            if address is not None:
                yield address


async def _well_known(fetcher: Fetcher, url: str) -> tuple[FoundFeed, ...]:
    for path in WELL_KNOWN:
        feed = await _look(fetcher, urljoin(url, path), "well-known path")
        if feed is not None:
            return (feed,)
    return ()


async def _look(fetcher: Fetcher, url: str, named_by: Literal["page", "well-known path"]) -> FoundFeed | None:
    answer = await fetcher.get(url, accept=FEED_TYPES)
    return None if isinstance(answer, FetchFailure) else await _as_feed(answer, url, named_by)


async def _as_feed(
    answer: Fetched, url: str, named_by: Literal["address", "page", "well-known path"]
) -> FoundFeed | None:
    try:
        parsed = await in_thread(answer.body, answer.url, answer.headers.get("content-type", ""))
    except NotAFeed:
        return None
    return FoundFeed(answer.permanent_url or url, one_line(parsed.title or "") or None, len(parsed.items), named_by)


def _absolute(href: str, url: str, base: str) -> str | None:
    try:
        address = urljoin(urljoin(url, base.strip()), href.strip())
        usable = urlsplit(address).scheme in ("http", "https") and bool(urlsplit(address).hostname)
    except ValueError:
        return None
    return address if href.strip() and usable else None
