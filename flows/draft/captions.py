"""What is printed before or within a sentence and is none of it: datelines, headlines, credits of pictures."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

_DATELINE = re.compile(
    r"[A-Z][A-Z.'’-]+(?:[ ,/]+[A-Z][A-Za-z.'’-]*){0,5}(?:,? \d{1,2}(?:, \d{4})?)?(?: ?\([^()]{2,40}\))?"
    r" ?(?:--|—|–|-|:) (?=[A-Z“\"])"
)
_CREDIT = re.compile(r"\([^()]{3,80}\) (?=[A-Z“\"])")
_HEADLINE = re.compile(r"(?<!\S)(?:[A-Z0-9$£€][A-Z0-9’'&.,;:$%-]*\s+){5,}(?=[“\"‘'(]?[A-Z][a-z]|$)")

_NOTICE = re.compile(
    r"©|\(c\) ?(?:19|20)\d\d|^copyright\b|\ball rights reserved\b|\bcopyright (?:19|20)\d\d", re.IGNORECASE
)

AFTER = 0.6
"""Of a document's sentences are before a copyright notice that ends its text."""


def apart(sentence: str) -> Iterator[tuple[int, int]]:
    """The spans of a sentence and of what is printed with it, in order; what is all in capitals is one span."""
    starts = {0}
    if not sentence.isupper():
        first = len(sentence) - len(sentence.lstrip())
        for printed in (_DATELINE.match(sentence, first), _CREDIT.match(sentence, first)):
            if printed:
                starts.add(printed.end())
        for headline in _HEADLINE.finditer(sentence):
            starts |= {headline.start(), headline.end()}
    bounds = [*sorted(starts), len(sentence)]
    yield from ((first, after) for first, after in pairwise(bounds) if first < after)


def furniture(sentences: Sequence[str]) -> frozenset[int]:
    """Which sentences belong to the page around a text: its copyright notices, and what follows one near the end."""
    notices = [k for k, sentence in enumerate(sentences) if _NOTICE.search(sentence)]
    last = next((k for k in notices if k >= len(sentences) * AFTER), len(sentences))
    return frozenset(notices) | frozenset(range(last, len(sentences)))


def is_headline(sentence: str) -> bool:
    """Whether it is all in capitals, several words of it."""
    return sentence.isupper() and len(sentence.split()) >= 4
