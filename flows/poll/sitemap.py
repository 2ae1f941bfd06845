"""Google-News sitemaps: how sites without a feed announce what they have published in two days."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import islice

from lxml import etree

from flows.moments import read_moment
from flows.poll.items import MAX_ITEMS, FeedItem, NotAFeed, ParsedFeed, feed, item

_ROOT = re.compile(rb"<(?:\w+:)?(urlset|sitemapindex)\b")
_NAMED = 3  # of an index's sitemaps, in the message


def is_sitemap(body: bytes) -> bool:
    """Whether the document's beginning is that of a sitemap or of an index of sitemaps."""
    return _ROOT.search(body[:4096]) is not None


def parse_sitemap(body: bytes, url: str) -> ParsedFeed:
    """The news in a sitemap, found at ``url``, damaged or not. Raises :class:`NotAFeed`.

    Pages that are not marked as news are skipped; a sitemap that has only such is ``sitemap``. An index is not
    followed, since it may name hundreds of thousands of pages: it is ``sitemap_index``, and the message names the
    sitemaps in it that are about news.
    """
    root = _ROOT.search(body[:4096])
    assert root is not None, "asked is_sitemap before"
    body = body[body.rfind(b"<?xml", 0, root.start()) if b"<?xml" in body[: root.start()] else root.start() :]
    if root[1] == b"sitemapindex":
        named = [loc for element in _elements(body, "sitemap") if (loc := _child(element, "loc"))]
        some = sorted(named, key=lambda loc: "news" not in loc.lower())[:_NAMED]
        raise NotAFeed("sitemap_index", f"a list of {len(named)} sitemaps; poll one of news: {', '.join(some)}")
    titles: list[str] = []
    pages = 0

    def items() -> Iterator[FeedItem | None]:
        nonlocal pages
        for element in _elements(body, "url"):
            pages += 1
            news = next(_named(element, "news"), None)
            if news is None:
                continue
            publication = next(_named(news, "publication"), None)
            titles.append(_child(publication, "name") if publication is not None else "")
            yield item(
                [_child(element, "loc")],
                url,
                title=_child(news, "title"),
                published_at=read_moment(_child(news, "publication_date")) or read_moment(_child(element, "lastmod")),
            )

    found = list(islice(items(), MAX_ITEMS))
    if not found:
        raise NotAFeed("sitemap", f"a sitemap of {pages} pages, none of them marked as news")
    return feed("sitemap", next(filter(None, titles), ""), found)


def _elements(body: bytes, name: str) -> Iterator[etree._Element]:
    """The elements of this local name as they end, each given up after its turn: memory holds one."""
    events = etree.iterparse(
        BytesIO(body), events=("end",), tag=f"{{*}}{name}", recover=True, resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False,
    )  # fmt: skip
    try:
        for _, element in events:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError:
        return  # cut off: what came before is whole


def _named(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    yield from parent.iterchildren(f"{{*}}{name}")


def _child(parent: etree._Element, name: str) -> str:
    found = next(_named(parent, name), None)
    return "".join(found.itertext()).strip() if found is not None else ""
