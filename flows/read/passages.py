"""An article's text cut into passages: sentences with their place in the text and their neighbours."""

import re
from collections.abc import Iterator

from warehouse.records import Passage

MAX_LENGTH = 400  # characters of a passage
MAX_WORDS = 60

# Where an over-long sentence is cut, the best kind first; each is the end of the piece before it.
_CUTS = (re.compile(r"[.!?…][\"'”’)\]]*\s"), re.compile(r"[;:]\s|\s[–—-]\s|—"), re.compile(r",\s"), re.compile(r"\s"))


def split(text: str, language: str = "en") -> tuple[Passage, ...]:
    """The passages of a text in order: ``text[p.start:p.end] == p.text`` and the same for the context.

    A passage is a sentence, or a part of one that has more than 60 words or 400 characters; it never spans a newline,
    has no space at its ends and at least one letter or digit. Its context goes from the beginning of the passage before
    it to the end of the one after it. All letters and digits of the text are in exactly one passage.
    """
    spans = [
        piece
        for sentence in sentences(text, language)
        for piece in _short_enough(text, *sentence)
        if any(map(str.isalnum, text[piece[0] : piece[1]]))
    ]
    last = len(spans) - 1
    passages = []
    for index, (start, end) in enumerate(spans):
        context_start = spans[index - 1][0] if index else start
        context_end = spans[index + 1][1] if index < last else end
        context = text[context_start:context_end]
        passages.append(Passage(text[start:end], start, end, context, context_start, context_end))
    return tuple(passages)


def sentences(text: str, language: str = "en") -> Iterator[tuple[int, int]]:
    """Where the sentences of a text begin and end, however long they are: together they are the text, spaces included.

    None spans a newline.
    """
    for start, end in _lines(text):
        yield from _sentences(text, start, end, language)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for line in text.splitlines(keepends=True):
        yield position, position + len(line)
        position += len(line)


def _sentences(text: str, start: int, end: int, language: str) -> list[tuple[int, int]]:
    from sentencex import segment

    spans: list[tuple[int, int]] = []
    position = start
    for sentence in segment(language, text[start:end]):
        # Found again, not counted up: whatever the library leaves out or changes cannot shift what follows.
        found = text.find(sentence, position, end)
        if found < 0:
            continue
        spans.append((position, found + len(sentence)))
        position = found + len(sentence)
    if position < end:
        spans.append((position, end))
    return _joined(text, spans)


# Ends that are none: what came before is an abbreviation or the number of something, and what follows belongs to it.
_OPEN_END = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Sgt|Cmdr|Adm|Sen|Rep|Gov|Pres|St|Rev|Hon|vs|approx|No|Nos|Art"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.\s*$"
)
_NUMBERED = ("No", "Nos", "Art", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec")
_INITIALS = re.compile(r"\b[A-Z]\.$")  # "the ex-U." before "S. envoy"
_CLOSING = re.compile(r"[\"'”’»)\]]+(?=\s)")
_DATELINE = 80  # characters
_AGENCY = re.compile(r"/[A-Z][A-Za-z ]{1,14}/\.?\s*")  # "MOSCOW, May 21. /TASS/. The bank said": one sentence
_ENDS_IN_AGENCY = re.compile(rf"{_AGENCY.pattern}$")


def _joined(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and (quote := _CLOSING.match(text, start, end)):
            joined[-1] = (joined[-1][0], quote.end())
            start = quote.end()
        if joined and _continues(text[slice(*joined[-1])], text[start:end]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _continues(head: str, stretch: str) -> bool:
    tail = stretch.lstrip()
    if not any(map(str.isalnum, tail)):
        return True  # a dash, a row of dots
    if _AGENCY.match(tail) or (len(head) < _DATELINE and _ENDS_IN_AGENCY.search(head)):
        return True
    if tail == stretch and tail[:1].isalnum() and _INITIALS.search(head):
        return True
    match = _OPEN_END.search(head)
    if match is None:
        return False
    if match.group().split(".")[0] in _NUMBERED:
        return tail[:1].isdigit()
    return True


def _short_enough(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > MAX_LENGTH or len(text[start:end].split()) > MAX_WORDS:
        limit = _limit(text, start, end)
        cut = _cut(text, start, limit)
        stop = cut
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        yield start, stop
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _limit(text: str, start: int, end: int) -> int:
    """How far a piece may reach from ``start``, within the longest number of characters and of words."""
    limit = min(end, start + MAX_LENGTH)
    for count, word in enumerate(re.compile(r"\S+").finditer(text, start, limit), start=1):
        if count == MAX_WORDS:
            return word.end()
    return limit


def _cut(text: str, start: int, limit: int) -> int:
    for cuts in _CUTS:
        # In the second half, so that no piece is a scrap; the space after a piece may lie beyond its limit.
        found = cuts.finditer(text, start + (limit - start) // 2, limit + 1)
        ends = [match.end() for match in found if match.end() <= limit or text[limit].isspace()]
        if ends:
            return ends[-1]
    return limit
