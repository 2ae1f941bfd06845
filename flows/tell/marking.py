"""Which words of a quoted sentence tell: those that its value was read from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|\w+(?:['’]\w+)?")
_FILLERS = {"a", "an", "and", "are", "at", "be", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "was"}
_DENIALS = {"no", "not", "never", "none", "nobody", "nor", "without", "cannot", "can't", "won't", "isn't", "wasn't"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, and whether it is to be marked."""

    text: str
    marked: bool


def pieces(sentence: str, article_value: str | None, fact_value: str | None) -> tuple[Piece, ...]:
    """The sentence cut into stretches, the words of the article's value marked; all of it together is the sentence.

    Of a value that shares words with the fact's ("60 days" and "30 days") those are marked that differ, unless none
    does. Values are normalised, so a word counts as found where one begins with the other ("Fri", "Friday"); what was
    written in other words stays unmarked.
    """
    told = _words(article_value)
    shared = _words(fact_value)
    spans = [(match.start(), match.end(), match[0].casefold()) for match in _WORD.finditer(sentence)]
    for wanted in (told - shared, told):
        found = [(start, end) for start, end, word in spans if any(_alike(word, other) for other in wanted)]
        if found:
            return tuple(_cut(sentence, found))
    return (Piece(sentence, False),) if sentence else ()


def _words(value: str | None) -> set[str]:
    return {word for match in _WORD.finditer(value or "") if (word := match[0].casefold()) not in _FILLERS}


def _alike(word: str, other: str) -> bool:
    if word == other or (word in _DENIALS and other in _DENIALS):
        return True
    short, long = sorted((word, other), key=len)
    return len(short) >= 3 and short.isalpha() and long.startswith(short) and len(long) - len(short) <= 6


def _cut(text: str, found: Iterable[tuple[int, int]]) -> Iterable[Piece]:
    spans: list[tuple[int, int]] = []
    for start, end in found:
        if spans and not re.search(r"\w", text[spans[-1][1] : start]):  # one mark over words with a space between
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    at = 0
    for start, end in spans:
        if at < start:
            yield Piece(text[at:start], False)
        yield Piece(text[start:end], True)
        at = end
    if at < len(text):
        yield Piece(text[at:], False)
