"""A page made into an article, or a named refusal; and the feed's own summary where the page cannot be had.

All of it is a function of its arguments and can run in another process: extraction is 15 ms of CPU a page.
"""

import logging
import re
import unicodedata
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

import lxml.html
from lxml import etree
from trafilatura import bare_extraction
from trafilatura.utils import decode_file, load_html

from flows.canonical import canonical_url, page_key
from flows.moments import not_future, read_moment
from flows.plaintext import clean, one_line
from flows.read.furniture import without
from flows.read.language import language_of
from flows.read.metadata import PageMetadata, page_metadata
from flows.read.refusals import MAX_PAGE, refusal, too_short
from warehouse.records import Article, Entry, Reading, content_id

MAX_TEXT = 200_000  # characters of one article
ONE_LINE = 1_500  # characters: longer texts come in paragraphs
MEAGRE = 600
MIN_SENTENCE = 5  # words
MIN_SUMMARY = 8  # words of a summary that says more than its headline
ENGLISH = ("en",)

_PARAGRAPHS = etree.XPath(
    ".//p[not(ancestor::aside or ancestor::nav or ancestor::footer or ancestor::form or ancestor::figure)]"
    "[not(contains(@class, 'byline') or contains(@class, 'author') or contains(@class, 'meta')"
    " or contains(@class, 'date') or contains(@class, 'caption') or contains(@class, 'copyright'))]"
)
_TEXTS = etree.XPath(".//text()[not(parent::script or parent::style or parent::noscript or parent::template)]")

# It logs every page it can make nothing of; that is an outcome here, counted under its name.
for _name in ("trafilatura", "htmldate", "courlan"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def read_page(
    entry: Entry,
    html: bytes,
    url: str,
    now: datetime,
    publisher_hint: str | None = None,
    *,
    charset: str | None = None,
    furniture: Collection[str] = (),
    languages: Collection[str] | None = ENGLISH,
) -> Reading:
    """The article on a page, or why there is none: ``outcome`` is page or refused, never raised.

    ``url`` is where the page was found after redirects, ``publisher_hint`` the feed's title, for pages that do not name
    their publisher, ``charset`` what the HTTP header said. Titles and dates are the feed's where it states them.
    Paragraphs of these ids are ``furniture`` and count for nothing. ``languages`` are those that can be compared, None:
    all. Refusals are final (not temporary).
    """
    if len(html) > MAX_PAGE:
        return _refused(entry, now, "too_large", f"{len(html):,} bytes")
    markup = _without_scripts(_decoded(html, charset))
    if "<" not in markup:
        return _refused(entry, now, "unreadable", "no HTML")
    page = page_metadata(markup, url)
    text = _body(markup)
    if text is None:
        return _refused(entry, now, "unreadable", "the extraction failed")
    text = without(text, furniture)
    # Parsing again for the few pages that need it beats handing trafilatura a tree, which it would copy (1.3 ms).
    refused = refusal(page, text, entry.url, url, lambda: _link_share(load_html(markup)))
    if refused:
        return _refused(entry, now, *refused)
    language = language_of(text, page.language)
    if not _comparable(language, languages):
        # With the beginning of it, by which it is told whether it names a seed's event.
        return _refused(entry, now, f"language:{language}", f"in {language}, which cannot be compared: {text}")
    published_at, source = _published(entry, page, markup, now)
    return Reading(
        entry_id=entry.entry_id,
        outcome="page",
        read_at=now,
        article=_article(
            entry,
            url=page.canonical or canonical_url(url) or entry.url,
            title=_title(entry, page),
            text=text,
            basis="page",
            publisher=page.site_name or _publisher(publisher_hint, url),
            author=entry.author or page.author,
            language=language,
            published_at=published_at,
            source=source,
            now=now,
        ),
    )


def summary_reading(
    entry: Entry,
    reason: str,
    now: datetime,
    *,
    detail: str | None = None,
    temporary: bool = False,
    last_try: bool = False,
    publisher_hint: str | None = None,
    language: str | None = None,
    languages: Collection[str] | None = ENGLISH,
) -> Reading:
    """What is left of an entry whose page cannot be read, for ``reason``: the feed's own summary, or a refusal.

    ``outcome`` is summary, with the reason kept, if the summary has at least eight words that the title has not said
    already and is in one of the ``languages`` (``language`` being the feed's). It is refused otherwise, for a page in
    another language, and for a ``temporary`` reason, so that it is tried again, unless this was the ``last_try``.
    """
    waits = temporary and not last_try
    if waits or reason.startswith("language:") or not _says_more(entry):
        return _refused(entry, now, reason, detail, temporary=waits)
    text = clean(f"{entry.title}\n{entry.summary}")
    found = language_of(text, language or next(iter(languages or ENGLISH)))
    if not _comparable(found, languages):
        return _refused(entry, now, f"language:{found}", f"in {found}, which cannot be compared; page: {reason}")
    article = _article(
        entry,
        url=entry.url,
        title=entry.title,
        text=text,
        basis="summary",
        publisher=_publisher(publisher_hint, entry.url),
        author=entry.author,
        language=found,
        published_at=not_future(entry.published_at, now),
        source="feed" if not_future(entry.published_at, now) else None,
        now=now,
    )
    return Reading(entry.entry_id, "summary", now, article, reason, detail)


def read_or_summarise(
    entry: Entry,
    html: bytes,
    url: str,
    now: datetime,
    publisher_hint: str | None = None,
    *,
    charset: str | None = None,
    furniture: Collection[str] = (),
    languages: Collection[str] | None = ENGLISH,
) -> Reading:
    """:func:`read_page`, and :func:`summary_reading` where that refuses: what becomes of a page that was fetched."""
    reading = read_page(
        entry, html, url, now, publisher_hint, charset=charset, furniture=furniture, languages=languages
    )
    if reading.outcome == "page" or reading.reason is None:
        return reading
    return summary_reading(
        entry, reading.reason, now, detail=reading.detail, publisher_hint=publisher_hint, languages=languages
    )


def with_text(entry: Entry, reading: Reading, text: str, publisher_hint: str | None = None) -> Reading:
    """The reading of a page with this part of its text in place of it; where that is too short, as if it were all."""
    article = reading.article
    if article is None or reading.outcome != "page" or text == article.text:
        return reading
    if short := too_short(text, article.title):
        return summary_reading(entry, *short[:1], reading.read_at, detail=short[1], publisher_hint=publisher_hint)
    text_hash = content_id(text)
    article_id = content_id(page_key(article.url), text_hash)
    return replace(reading, article=replace(article, text=text, text_hash=text_hash, article_id=article_id))


def _refused(
    entry: Entry, now: datetime, reason: str, detail: str | None = None, *, temporary: bool = False
) -> Reading:
    return Reading(
        entry.entry_id, "refused", now, None, reason, one_line(detail, 300) if detail else None, temporary=temporary
    )


def _article(
    entry: Entry,
    *,
    url: str,
    title: str,
    text: str,
    basis: Literal["page", "summary"],
    publisher: str,
    author: str | None,
    language: str,
    published_at: datetime | None,
    source: Literal["feed", "page"] | None,
    now: datetime,
) -> Article:
    text_hash = content_id(text)
    return Article(
        article_id=content_id(page_key(url), text_hash),
        entry_id=entry.entry_id,
        url=url,
        title=title,
        text=text,
        basis=basis,
        publisher=publisher,
        author=author,
        language=language,
        published_at=published_at,
        published_at_source=source,
        fetched_at=now,
        text_hash=text_hash,
    )


def _decoded(html: bytes, charset: str | None) -> str:
    if html[:3] == b"\xef\xbb\xbf":
        html = html[3:]
    declared = re.search(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]+)", html[:4096], re.IGNORECASE)
    # UTF-8 first: bytes that are valid as UTF-8 are it, and headers and tags are wrong more often.
    for name in ("utf-8", charset, declared[1].decode("ascii") if declared else None):
        if name:
            try:
                return html.decode(name)
            except (UnicodeError, LookupError):
                continue
    return decode_file(html)


def _without_scripts(markup: str) -> str:
    """The markup without what scripts and style sheets hold, JSON-LD apart: half of an everyday page.

    An element of this kind ends at its first end tag whatever it holds, so that this needs no parser; to parse and walk
    through less pays for what is done besides the extraction.
    """
    for opening, closing in (("<script", "</script"), ("<style", "</style")):
        parts: list[str] = []
        kept = 0
        position = markup.find(opening)
        while position >= 0:
            begin = markup.find(">", position)
            end = markup.find(closing, begin)
            if begin < 0 or end < 0:
                break
            if markup.find("ld+json", position, begin) < 0 and markup.find("ld&#x2B;json", position, begin) < 0:
                parts.append(markup[kept : begin + 1])
                kept = end
            position = markup.find(opening, end)
        if parts:
            markup = "".join((*parts, markup[kept:]))
    return markup


def _comparable(language: str, languages: Collection[str] | None) -> bool:
    # What cannot be told is given the benefit of the doubt: it is a line or two of names and numbers.
    return languages is None or language in languages or language == "und"


def _body(markup: str) -> str | None:
    try:
        document = bare_extraction(markup, fast=True, include_comments=False, with_metadata=False)
    except MemoryError:  # not the page's alone: the process has to end
        raise
    # A library over whatever a stranger wrote: what it stumbles over is an outcome of this page, not of the batch.
    except Exception:
        return None
    text = document.text if document is not None and not isinstance(document, dict) else None
    text = clean(text or "")[:MAX_TEXT]
    if text and len(text) < (MEAGRE if "\n" in text else ONE_LINE):
        return _paragraphs(markup, text)
    return text


def _paragraphs(markup: str, text: str) -> str:
    """The paragraphs of a short article in place of its ``text``, where they are the better part of it; else the text.

    From pages with little text trafilatura takes everything there is: menus, or a headline, a name and a date that run
    into the first sentence and make one of it that nobody wrote.
    """
    tree = load_html(markup)
    if tree is None:
        return text
    for name in ("article", "main", "body"):
        for root in tree.iter(name):
            found = [clean(paragraph.text_content()).replace("\n", " ") for paragraph in _PARAGRAPHS(root)]
            kept = [paragraph for paragraph in found if paragraph and paragraph in text]
            words = sum(len(paragraph.split()) for paragraph in kept)
            if words >= MIN_SENTENCE and ("\n" not in text or 2 * words >= len(text.split())):
                return "\n".join(dict.fromkeys(kept))
    return text


def _link_share(tree: lxml.html.HtmlElement | None) -> float:
    if tree is None:
        return 0.0
    shown = sum(map(len, _TEXTS(tree)))
    linked = sum(len(link.text_content()) for link in tree.iter("a"))
    return min(linked / shown, 1.0) if shown else 0.0


def _published(
    entry: Entry, page: PageMetadata, markup: str, now: datetime
) -> tuple[datetime | None, Literal["feed", "page"] | None]:
    if stated := not_future(entry.published_at, now):
        return stated, "feed"
    if declared := not_future(page.published_at, now):
        return declared, "page"
    # Not where the page declares a date that cannot be: what is found then is a part of that one.
    if page.published_at is None and (found := not_future(_date_by_heuristics(markup, now), now)):
        return found, "page"
    return None, None


def _date_by_heuristics(markup: str, now: datetime) -> datetime | None:
    from htmldate import find_date  # imports dateparser (0.3 s): only few pages need it

    try:
        found = find_date(
            markup,
            original_date=True,
            extensive_search=False,  # which guesses, down to the first of a month
            outputformat="%Y-%m-%d",
            max_date=now.astimezone(UTC).date().isoformat(),
        )
    except MemoryError:
        raise
    except Exception:  # as above: a library over a stranger's page
        return None
    return read_moment(found) if found else None


def _title(entry: Entry, page: PageMetadata) -> str:
    stated = entry.title
    if stated and not stated.endswith(("…", "...")):
        return stated
    headline = page.headline or page.window_title
    return headline if headline and len(headline) > len(stated.rstrip(".…")) else stated


def _publisher(hint: str | None, url: str) -> str:
    named = one_line(hint or "", 100)
    # "BBC News - World", "World | The Guardian": the feed's title names section and publisher in either order.
    if named:
        return named
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _says_more(entry: Entry) -> bool:
    said = set(_words(entry.title))
    summary = _words(entry.summary)
    return len(summary) >= MIN_SUMMARY and sum(word not in said for word in summary) >= MIN_SUMMARY // 2


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())
