"""A document that a person names, read: a text, Markdown, HTML or PDF file, or the address of a page."""

import asyncio
import calendar
import io
import itertools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from flows.canonical import page_key
from flows.errors import InputError, UnreachableError
from flows.plaintext import clean, one_line
from flows.plan import loopback, ports
from flows.poll.fetch import PAGE_TYPES, Fetcher, FetchFailure
from flows.poll.opml import FeedSource
from flows.read.articles import read_page
from flows.read.language import language_of
from flows.settings import Settings
from warehouse.records import Entry, content_id

MAX_BYTES = 15_000_000
MAX_TEXT = 200_000  # characters
MAX_PDF_PAGES = 200
HEADLINE = 140
"""Characters up to which a first line without a full stop is taken for the title."""

WRAPPED = 120
"""Characters up to which all lines of a text are taken for paragraphs that were broken into lines."""


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document as it was read. ``text`` has no newline within a paragraph; of a text or Markdown file each character
    stands where it does in the file, and what is no text is a space. ``published_at`` None: it does not say."""

    name: str
    text: str
    title: str | None
    published_at: datetime | None


def read_document(source: str, settings: Settings, now: datetime) -> SourceDocument:
    """The document at this path or http(s) address. InputError names it and says why it cannot be used, and
    UnreachableError that its address cannot be fetched."""
    if re.match(r"https?://", source):
        body, url, kind = _fetched(source, settings)
    else:
        body, url, kind = _file(Path(source)), f"https://document.invalid/{Path(source).name}", ""
    suffix = Path(source).suffix.lower()
    if body[:1024].lstrip().startswith(b"%PDF-"):
        found = _pdf(source, body)
    elif suffix in (".html", ".htm", ".xhtml") or "html" in kind or re.match(rb"\s*<(!doctype|html)", body[:512], re.I):
        found = _page(source, body, url, now)
    else:
        found = _text(source, body, markdown=suffix in (".md", ".markdown"))
    if not any(map(str.isalpha, found.text)):
        raise InputError(f"{source}: has no text")
    language = language_of(found.text, None)
    if language not in ("en", "und"):
        raise InputError(f"{source}: is in another language ({language}); only English can be compared")
    return found


def _file(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: {path.stat().st_size:,} bytes; a document has at most {MAX_BYTES:,}")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def _fetched(url: str, settings: Settings) -> tuple[bytes, str, str]:
    async def get() -> tuple[bytes, str, str]:
        allowed = (*settings.allow_private, *loopback([FeedSource(url)]))
        async with Fetcher(settings.user_agent, allow_private=allowed, ports=ports([url])) as fetcher:
            answer = await fetcher.get(url, accept=f"{PAGE_TYPES}, application/pdf", max_body=MAX_BYTES)
        if isinstance(answer, FetchFailure):
            raise UnreachableError(f"{url}: cannot be fetched: {answer.kind}: {answer.detail}")
        return answer.body, answer.url, answer.headers.get("content-type", "")

    return asyncio.run(get())


def _page(source: str, body: bytes, url: str, now: datetime) -> SourceDocument:
    entry = Entry(content_id(page_key(url)), "", url, None, "", "", None, None, now)
    reading = read_page(entry, body, url, now, languages=None)
    article = reading.article
    if article is None:
        raise InputError(
            f"{source}: no article can be read: {reading.reason}" + (f": {reading.detail}" if reading.detail else "")
        )
    return SourceDocument(source, article.text, article.title or None, article.published_at)


def _pdf(source: str, body: bytes) -> SourceDocument:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted:
            raise InputError(f"{source}: the PDF is encrypted")
        pages = [page.extract_text() for page in reader.pages[:MAX_PDF_PAGES]]
        meta = reader.metadata
        title, made = (one_line(meta.title or "", 200), meta.creation_date) if meta else ("", None)
    except InputError:
        raise
    # The library over whatever a stranger wrote: what it stumbles over is a fault of this file.
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise InputError(f"{source}: the PDF cannot be read: {error}") from error
    text = re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", "\n".join(map(clean, pages)))[:MAX_TEXT]
    return _titled(source, _unwrapped(text), title or None, made and made.replace(tzinfo=made.tzinfo or UTC))


def _text(source: str, body: bytes, *, markdown: bool) -> SourceDocument:
    if b"\0" in body[:4096]:
        raise InputError(f"{source}: is no text, and neither HTML nor PDF")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
    text = "".join(c if c == "\n" or c.isprintable() else " " for c in text[:MAX_TEXT])
    title: str | None = None
    stated: datetime | None = None
    if markdown:
        front = re.match(r"---\s*\n(.*?)\n---\s*(?=\n)", text, re.DOTALL)
        if front:
            if named := re.search(r"^date:\s*['\"]?(\d{4}-\d\d-\d\d)", front[1], re.MULTILINE):
                stated = _day(named[1])
            if named := re.search(r"^title:\s*['\"]?(.+?)['\"]?\s*$", front[1], re.MULTILINE):
                title = one_line(named[1], 200)
            text = _blank(text, *front.span())
        if heading := re.search(r"^#\s+(.+)$", text, re.MULTILINE):
            title = title or one_line(heading[1].strip("# "), 200)
        text = _without_marks(text)
    return _titled(source, _unwrapped(text), title, stated)


def _without_marks(text: str) -> str:
    """Markdown with spaces for its marks, so that every word stays where it stands."""
    for pattern in (r"```.*?(?:```|\Z)", r"<!--.*?-->", r"<[a-zA-Z/][^>\n]*>", r"!\[[^\]\n]*\]\([^)\n]*\)",
                    r"(?<=\])\([^)\n]*\)", r"(?m)^\s*(?:#{1,6}|>+|[-*+]|\d{1,3}[.)])(?=\s)", r"(?m)^\s*[-=*_|: ]{3,}$",
                    r"[*`\[\]|]|(?<!\w)_+|_+(?!\w)"):  # fmt: skip
        text = re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.DOTALL)
    return text


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def _unwrapped(text: str) -> str:
    """The text with a space for each line break within a paragraph, if its lines are short. Its length stays."""
    lines = text.split("\n")
    if max(map(len, lines)) > WRAPPED:
        return text
    joined = lines[0]
    for before, line in itertools.pairwise(lines):
        ended = before.rstrip()
        apart = not ended or not line.strip() or (len(ended) < WRAPPED // 2 and not line.lstrip()[:1].islower())
        joined += ("\n" if apart else " ") + line
    return joined


def _titled(source: str, text: str, title: str | None, stated: datetime | None) -> SourceDocument:
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    if (
        title is None
        and len(first) <= HEADLINE
        and not first.endswith((".", "!", "?", "”", '"'))
        and len(text) > 3 * len(first)
    ):
        title = first
    return SourceDocument(source, text, title, stated or _dated(text))


_MONTHS = list(calendar.month_name)[1:]
_WRITTEN = re.compile(
    rf"\b(?:(\d{{1,2}}) ({'|'.join(_MONTHS)})|({'|'.join(_MONTHS)}) (\d{{1,2}})),? (\d{{4}})\b|\b(\d{{4}}-\d\d-\d\d)\b"
)


def _dated(text: str) -> datetime | None:
    """The day that one of the first lines gives and says little else: a date line, not a sentence."""
    for line in [line for line in text[:2_000].split("\n") if line.strip()][:6]:
        found = _WRITTEN.search(line)
        if found is None or len(line.strip()) > len(found[0]) + 40 or line.rstrip().endswith("."):
            continue
        if found[6]:
            return _day(found[6])
        day, month = int(found[1] or found[4]), _MONTHS.index(found[2] or found[3]) + 1
        try:
            return datetime(int(found[5]), month, day, tzinfo=UTC)
        except ValueError:
            continue
    return None


def _day(iso: str) -> datetime | None:
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
