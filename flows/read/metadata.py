"""What a page says about itself: its meta and link tags and its JSON-LD, wherever they stand.

trafilatura's own metadata come with author and date heuristics over the whole tree (8 ms a page); this reads only what
sites declare (under 1 ms), and leaves the date's heuristics to htmldate for the pages that declare none.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
from lxml.html import HtmlElement

from flows.canonical import canonical_url
from flows.moments import read_moment
from flows.plaintext import one_line

_ARTICLES = frozenset(
    {"article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "liveblogposting"}
    | {"backgroundnewsarticle", "reviewnewsarticle", "blogposting", "report", "scholarlyarticle", "techarticle"}
    | {"satiricalarticle", "advertisercontentarticle", "askpublicnewsarticle", "socialmediaposting"}
)
_LISTINGS = frozenset({"collectionpage", "searchresultspage", "itemlist", "profilepage"})
_VIDEOS = frozenset({"videoobject"})
_DATES = (
    "article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate", "publish-date",
    "publish_date", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date",
    "cxenseparse:recs:publishtime",
)  # fmt: skip
_MAX_LD = 300_000  # characters of one JSON-LD block
_MAX_NODES = 500
_MAX_BLOCKS = 50
_MAX_TAGS = 500
# Both cases spelled out: ignoring case costs ten times as much.
_TAGS = re.compile(
    r"<(?:[mM][eE][tT][aA]|[lL][iI][nN][kK]|[hH][tT][mM][lL])\s(?:[^>\"'\0]|\"[^\"\0]*\"|'[^'\0]*')*+>"
    r"|<[tT][iI][tT][lL][eE](?:\s[^>]*)?>[^<\0]{0,2000}</[tT][iI][tT][lL][eE]>"
)
_LINE_ENDS = re.compile(r"^\s*(?:<!\[CDATA\[|<!--|//<!\[CDATA\[)|(?:\]\]>|-->|//\]\]>)\s*$")
# Of a body that swallowed the head, and of microdata; what stands around them is read too.
_IN_BODY = (("og:site_name", "og:site_name"), ("datepublished", 'itemprop="datePublished"'))
_NEAR = 4_000  # characters


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page declares; None where it declares nothing usable.

    ``window_title`` is the text of <title>. ``canonical`` is an address of the page's own site. ``language`` is a
    two- or three-letter code. ``is_article``, ``is_listing``, ``is_video``, ``is_live``: the page calls itself so.
    ``is_free`` is schema.org's isAccessibleForFree, of the article or of a part of it, or article:content_tier.
    """

    headline: str | None = None
    window_title: str | None = None
    site_name: str | None = None
    author: str | None = None
    canonical: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    is_article: bool = False
    is_listing: bool = False
    is_video: bool = False
    is_live: bool = False
    is_free: bool | None = None


def page_metadata(html: str, url: str) -> PageMetadata:
    """The declared metadata of the page at ``url``. Nothing a page holds makes it raise."""
    end = html.find("<body")
    head = html if end < 0 else html[:end]
    tree = _declarations(head)
    meta = _meta_tags(tree)
    if end > 0:
        in_body = [at for name, mark in _IN_BODY if name not in meta and (at := html.find(mark, end)) > 0]
        if in_body:
            tree = _declarations("".join((head, *(html[max(at - _NEAR, end) : at + _NEAR] for at in in_body))))
            meta = _meta_tags(tree)
    nodes = list(_linked_data(html))
    articles = [node for node in nodes if _types(node) & _ARTICLES]
    article = articles[0] if articles else {}
    kinds = frozenset().union(*map(_types, nodes)) if nodes else frozenset()
    og_type = meta.get("og:type", "").lower()
    title = tree.find(".//title")
    published = [
        _text(article.get("datePublished")),
        _text(article.get("dateCreated")),
        *(meta.get(name, "") for name in _DATES),
    ]
    return PageMetadata(
        headline=_line(_text(article.get("headline")) or meta.get("og:title") or meta.get("twitter:title"), 500),
        window_title=_line(title.text_content() if title is not None else None, 500),
        site_name=_site_name(meta.get("og:site_name"), _name(article.get("publisher")), meta.get("application-name")),
        author=_author(article, meta),
        canonical=_canonical(tree, meta, url),
        published_at=next(filter(None, map(read_moment, published)), None),
        language=_language(tree, meta, _text(article.get("inLanguage"))),
        is_article=bool(articles) or og_type == "article" or "article:published_time" in meta,
        is_listing=not articles and bool(kinds & _LISTINGS),
        is_video=og_type.startswith("video") or (not articles and bool(kinds & _VIDEOS)),
        is_live="liveblogposting" in kinds,
        is_free=_is_free(article, meta),
    )


def _meta_tags(tree: HtmlElement) -> dict[str, str]:
    tags: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = element.get("content")
        if name and content and content.strip():
            tags.setdefault(name.strip().lower(), content.strip()[:5_000])
    return tags


def _declarations(html: str) -> HtmlElement:
    """The tags that declare something, without the scripts and text around them: parsing less makes it cheap."""
    tags = "".join(match.group() for match in islice(_TAGS.finditer(html), _MAX_TAGS))
    markup = (tags or "<html>").encode("utf-8", "replace")
    # A parser of its own each time: they are cheap, and one that is shared is locked.
    return lxml.html.document_fromstring(markup, parser=lxml.html.HTMLParser(encoding="utf-8"))


def _ld_blocks(html: str) -> Iterator[str]:
    kind = "/ld+json"
    position = html.find(kind)
    if position < 0:
        kind = "/ld&#x2B;json"
        position = html.find(kind)
    for _ in range(_MAX_BLOCKS):
        if position < 0:
            return
        opened = html.rfind("<", max(position - 500, 0), position)
        begin = html.find(">", position)
        end = html.find("</", begin)
        if html[opened : opened + 7].lower() == "<script" and -1 < begin < end:
            # The end tag is the next "</script"; "</" within a string is rare, and written "<\\/" where it is.
            while end != -1 and html[end : end + 8].lower() != "</script":
                end = html.find("</", end + 2)
            yield html[begin + 1 : end if end != -1 else None]
        position = html.find(kind, position + 1)


def _linked_data(html: str) -> Iterator[dict[str, Any]]:
    count = 0
    for block in _ld_blocks(html):
        text = _LINE_ENDS.sub("", block).strip()
        if len(text) > _MAX_LD:
            continue
        try:
            stack = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        while stack:
            node = stack.pop(0)
            if isinstance(node, list):
                stack[:0] = node[:100]
            elif isinstance(node, dict):
                count += 1
                if count > _MAX_NODES:
                    return
                yield node
                # Only what the page is, not what it mentions: an article may hold videos and lists.
                stack[:0] = [node[key] for key in ("@graph", "mainEntity") if isinstance(node.get(key), list | dict)]


def _types(node: dict[str, Any]) -> frozenset[str]:
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return frozenset(name.rpartition("/")[2].lower() for name in names if isinstance(name, str))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _line(value: str | None, limit: int) -> str | None:
    return one_line(value, limit) or None if value else None


def _name(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, list):
        value = value[0] if value else None
    return _text(value)


def _site_name(*candidates: str | None) -> str | None:
    for candidate in candidates:
        name = one_line((candidate or "").lstrip("@"), 100)
        if len(name) > 1 and "://" not in name and not name.isdecimal():
            return name
    return None


def _author(article: dict[str, Any], meta: dict[str, str]) -> str | None:
    stated = article.get("author")
    names = [_name(author) for author in (stated if isinstance(stated, list) else [stated])[:10]]
    if not any(names):
        names = [meta.get("author", "") or meta.get("parsely-author", "") or meta.get("article:author", "")]
    kept = [name for name in (one_line(name, 100) for name in names) if name and "://" not in name and "@" not in name]
    return one_line(", ".join(dict.fromkeys(kept)), 200) or None


def _is_free(article: dict[str, Any], meta: dict[str, str]) -> bool | None:
    parts = article.get("hasPart")
    told = [part.get("isAccessibleForFree") for part in (parts if isinstance(parts, list) else [parts])[:20]
            if isinstance(part, dict)]  # fmt: skip
    # A part that is not free makes the whole not free, unless the whole says otherwise.
    for stated in (article.get("isAccessibleForFree"), *told):
        if stated is not None:
            return str(stated).rpartition("/")[2].strip().lower() not in ("false", "no", "0")
    tier = meta.get("article:content_tier", "").lower()
    return tier == "free" if tier in ("free", "locked", "metered") else None


def _canonical(tree: HtmlElement, meta: dict[str, str], url: str) -> str | None:
    links = (link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical")
    stated = next(filter(None, links), None) or meta.get("og:url")
    if not stated:
        return None
    try:
        address = canonical_url(urljoin(url, stated.strip()[:4_000]))
    except ValueError:
        return None
    if address is None:
        return None
    there, here = urlsplit(address), urlsplit(url)
    # A front page as canonical address is a broken template, another site's is a copy that we did not read.
    same_site = _site(there.hostname or "") == _site(here.hostname or "")
    return address if same_site and (there.path.strip("/") or not here.path.strip("/")) else None


def _site(host: str) -> str:
    if re.fullmatch(r"[\d.]+|.*:.*", host):
        return host
    labels = host.lower().split(".")
    # "bbc.co.uk" and "news.com.au": a short second label belongs to the suffix.
    return ".".join(labels[-3:] if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2 else labels[-2:])


def _language(tree: HtmlElement, meta: dict[str, str], linked: str) -> str | None:
    root = tree.getroottree().getroot()
    candidates = (root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang"))
    for stated in (*candidates, meta.get("content-language"), meta.get("og:locale"), linked):
        match = re.match(r"([a-zA-Z]{2,3})(?:[-_,;\s]|$)", (stated or "").strip())
        if match:
            return match[1].lower()
    return None
