"""A feed's document parsed, whatever its format and condition: the one door to the parsers."""

import asyncio
import zlib
from typing import Protocol

from flows.poll.items import NotAFeed, ParsedFeed
from flows.poll.jsonfeed import parse_json
from flows.poll.sitemap import is_sitemap, parse_sitemap
from flows.poll.xmlfeed import parse_xml

MAX_UNPACKED = 15_000_000  # bytes of a file that is gzip itself, whatever the transfer's encoding was


class Parse(Protocol):
    """Parses a document somewhere else: what :func:`parse_feed` does."""

    async def __call__(self, body: bytes, url: str, content_type: str, /) -> ParsedFeed: ...


async def in_thread(body: bytes, url: str, content_type: str) -> ParsedFeed:
    """:func:`parse_feed` beside the event loop. Nothing can stop it: for documents that are not hostile."""
    return await asyncio.to_thread(parse_feed, body, url=url, content_type=content_type)


def parse_feed(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """The feed in ``body``, found at ``url``: RSS 0.9x to 2.0, RDF, Atom, JSON Feed or a news sitemap, plain or gzip.

    Judged by what comes out: damaged documents give the items that can be recovered, the declared encoding and
    ``content_type`` are believed only where the bytes do not say otherwise. Raises :class:`NotAFeed`.
    """
    if body[:2] == b"\x1f\x8b":
        body = _unpacked(body)
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if not start:
        raise NotAFeed("empty", "the document is empty")
    if start[:1] == b"{":
        return parse_json(start, url)
    if is_sitemap(start):
        return parse_sitemap(start, url)
    return parse_xml(body, url, content_type)


def _unpacked(body: bytes) -> bytes:
    """What is in a gzip file; of one that was cut off, what came before."""
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(body, MAX_UNPACKED + 1)
    except zlib.error as error:
        raise NotAFeed("unreadable", f"broken gzip: {error}") from error
    if len(unpacked) > MAX_UNPACKED:
        raise NotAFeed("unreadable", f"more than {MAX_UNPACKED:,} bytes when unpacked")
    return unpacked
