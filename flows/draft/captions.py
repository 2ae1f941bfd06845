"""What is printed before or within a sentence and is none of it: datelines, headlines in capitals, credits of pictures."""

import re
from collections.abc import Iterator

_DATELINE = re.compile(
    r"[A-Z][A-Z.'’-]+(?:[ ,/]+[A-Z][A-Za-z.'’-]*){0,5}(?:,? \d{1,2}(?:, \d{4})?)?(?: ?\([^()]{2,40}\))?"
    r" ?(?:--|—|–|-|:) (?=[A-Z“\"])"
)
_CREDIT = re.compile(r"\([^()]{3,80}\) (?=[A-Z“\"])")
_HEADLINE = re.compile(r"(?<!\S)(?:[A-Z0-9$£€][A-Z0-9’'&.,;:$%-]*\s+){5,}(?=[“\"‘'(]?[A-Z][a-z]|$)")


def apart(sentence: str) -> Iterator[tuple[int, int]]:
    """The spans of a sentence and of what is printed with it, in order; what is all in capitals is one span."""
    starts = {0}
    if not sentence.isupper():
        for printed in (_DATELINE.match(sentence), _CREDIT.match(sentence)):
            if printed:
                starts.add(printed.end())
        for headline in _HEADLINE.finditer(sentence):
            starts |= {headline.start(), headline.end()}
    bounds = [*sorted(starts), len(sentence)]
    yield from ((first, after) for first, after in zip(bounds, bounds[1:], strict=False) if first < after)


def is_headline(sentence: str) -> bool:
    """Whether it is all in capitals, several words of it."""
    return sentence.isupper() and len(sentence.split()) >= 4
