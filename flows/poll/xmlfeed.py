"""RSS 0.9x to 2.0, RDF and Atom, whole or damaged."""

import calendar
import codecs
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import feedparser

from flows.moments import OLDEST
from flows.plaintext import one_line
from flows.poll.freshness import stated_ttl
from flows.poll.items import MAX_ITEMS, FeedItem, NotAFeed, ParsedFeed, feed, item

_START = re.compile(rb"<(?:\?xml|!DOCTYPE|rss|feed|rdf:RDF|RDF|channel)\b|<\w+:(?:feed|RDF)\b", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)\b", re.IGNORECASE)


def parse_xml(body: bytes, url: str, content_type: str) -> ParsedFeed:
    """The feed in ``body``, found at ``url``. Raises :class:`NotAFeed`."""
    first = _START.search(body[:4096])
    if first and first.start() and body[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        body = body[first.start() :]  # blank lines, warnings of some script
    # Sanitising and relative links inside texts would double the time, and only plain text is kept of them anyway.
    # Links of items are resolved all the same, xml:base included.
    try:
        parsed = feedparser.parse(
            _shortened(body),
            response_headers={"content-location": url, "content-type": _xml_type(body, content_type)},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except ValueError as error:  # a declared encoding with a null byte in its name
        raise NotAFeed("unreadable", f"broken XML: {error}") from error
    channel, entries = parsed.feed, parsed.entries
    if not entries and not parsed.version:
        if _HTML.search(body[:4096]):
            raise NotAFeed("html", "a web page in place of a feed")
        if b"<opml" in body[:4096]:
            raise NotAFeed("unreadable", "a list of feeds (OPML), not a feed")
        raise NotAFeed("unreadable", one_line(f"no feed format known ({parsed.get('bozo_exception', '')})", 300))
    items = (_item(entry, url) for entry in entries[:MAX_ITEMS])
    ttl = stated_ttl(channel.get("ttl"), channel.get("sy_updateperiod"), channel.get("sy_updatefrequency"))
    return feed(_kind(body, str(parsed.version)), str(channel.get("title", "")), items, ttl)


def _shortened(body: bytes) -> bytes:
    """Without what follows the last item that is taken: an archive of 50,000 items would cost half a minute."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body
    for count, match in enumerate(_ITEM.finditer(body)):
        if count == MAX_ITEMS:
            return body[: match.start()]
    return body


def _kind(body: bytes, version: str) -> Literal["rss", "rdf", "atom"]:
    if version.startswith("atom"):
        return "atom"
    # RSS 0.90 and 1.0 are RDF; of recovered entries the parser may know no version.
    return "rdf" if version in ("rss090", "rss10") or b"<rdf:RDF" in body[:4096] else "rss"


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


def _item(entry: Mapping[str, Any], base: str) -> FeedItem | None:
    guid = str(entry.get("id") or "")
    summary = entry.get("summary") or next((part.get("value") or "" for part in entry.get("content") or ()), "")
    return item(
        _links(entry, guid),
        base,
        guid=guid,
        title=str(entry.get("title") or ""),
        summary=str(summary),
        author=_author(entry),
        published_at=_moment(entry, "published") or _moment(entry, "updated") or _moment(entry, "created"),
    )


def _links(entry: Mapping[str, Any], guid: str) -> Iterator[str]:
    yield str(entry.get("feedburner_origlink") or "")
    yield str(entry.get("link") or "")
    for link in entry.get("links") or ():
        if link.get("rel", "alternate") == "alternate":
            yield str(link.get("href") or "")
    if guid.startswith(("http://", "https://")):
        yield guid


def _author(entry: Mapping[str, Any]) -> str:
    authors = entry.get("authors") or ()
    if len(authors) > 1:
        stated = ", ".join(filter(None, (str(author.get("name") or "") for author in authors)))
    else:
        stated = str(entry.get("author") or "")
    return re.sub(r"\S+@\S+", "", stated).strip(" ()<>,")  # RSS asks for an address of mail


def _moment(entry: Mapping[str, Any], name: str) -> datetime | None:
    parsed = entry.get(f"{name}_parsed")
    if parsed is None:
        return None
    try:
        moment = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment >= OLDEST else None
