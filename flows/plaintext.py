"""Text from the outside world made harmless and comparable: what feeds and pages both need."""

import re
import unicodedata
from html import unescape

import lxml.html
from lxml import etree

# Control characters (tab and newline apart), the invisible ones that reorder or split words without a trace (bidi marks
# and overrides, soft hyphen, zero-width space, word joiner, byte order mark, tags), halves of surrogate pairs, which no
# database stores, and non-characters. The joiners U+200C and U+200D stay: Persian, Hindi and emoji need them.
_GONE = [
    *range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F,
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xD800, 0xE000),
    *range(0xFDD0, 0xFDF0), *range(0xE0000, 0xE0080),
    *(0x10000 * plane + end for plane in range(17) for end in (0xFFFE, 0xFFFF)),
]  # fmt: skip
_SPACES = [0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000]
_TABLE: dict[int, str | None] = {
    **dict.fromkeys(_GONE, None),
    **dict.fromkeys(_SPACES, " "),
    # NEL is a line end in some encodings; the others are line ends anywhere.
    **dict.fromkeys([0x0D, 0x85, 0x2028, 0x2029], "\n"),
}
# The same as a search, because most texts need no translation; ranges, since a class of 2,000 characters is slow.
_NOT_CLEAN = re.compile(
    "[\x00-\t\x0b-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U0001fffe-\U0001ffff\U0002fffe-\U0010ffff]"
)
_RUNS = re.compile(" {2,}")
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&(?:#\d|#[xX]|[a-zA-Z]\w*;)")
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    }
)
_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "iframe", "object", "svg", "head", "title", "select", "button"}
)
_MAX_MARKUP = 100_000  # a summary is wanted, not a book; also bounds the time of the parser


def clean(text: str) -> str:
    """The text in NFC without control, bidi and other invisible characters, single spaces, one newline per line end.

    Empty lines and spaces at the ends of lines are gone. Idempotent; nothing else is changed.
    """
    # Removal first: an invisible character between a letter and its accent would keep NFC from joining them.
    if _NOT_CLEAN.search(text):  # 10 times as fast as to translate what needs none
        text = text.replace("\r\n", "\n").translate(_TABLE)
    text = unicodedata.normalize("NFC", text)
    lines = (line.strip(" ") for line in _RUNS.sub(" ", text).split("\n"))
    return "\n".join(filter(None, lines))


def one_line(text: str, limit: int | None = None) -> str:
    """``clean`` text with spaces for newlines, cut at a word to at most ``limit`` characters (with an ellipsis)."""
    return shorten(clean(text).replace("\n", " "), limit)


def shorten(text: str, limit: int | None) -> str:
    """The text cut at a space to at most ``limit`` characters, the last being an ellipsis. None: not cut."""
    if limit is None or len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > limit // 2 else cut).rstrip() + "…"


def from_html(markup: str) -> str:
    """The text of an HTML fragment: ``clean``, a newline between blocks, entities resolved, no scripts.

    Text that only looks like markup ("a < b") comes back as it is. Never raises on hostile input.
    """
    markup = markup[:_MAX_MARKUP]
    if not _MARKUP.search(markup):
        return clean(markup)
    if not re.search(r"<[a-zA-Z/!?]", markup):
        return clean(unescape(markup))
    try:
        # Invalid characters first: the parser stops at a null byte and refuses halves of surrogate pairs.
        tree = lxml.html.fragment_fromstring(clean(markup), create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return clean(unescape(re.sub(r"<[^>]*>", " ", markup)))
    parts: list[str] = []
    _collect(tree, parts)
    return clean("".join(parts))


def _collect(root: etree._Element, parts: list[str]) -> None:
    # By events, not by recursion: nesting is the sender's choice.
    unseen = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else None
        if event == "start":
            unseen += tag in _UNSEEN
            if tag in _BLOCKS:
                parts.append("\n")
            if not unseen and element.text:
                parts.append(element.text)
            continue
        if event == "end":
            unseen -= tag in _UNSEEN
            if tag in _BLOCKS and tag != "br":
                parts.append("\n")
        if not unseen and element.tail and element is not root:
            parts.append(element.tail)
