"""The gate: is an article about a seed's event at all? A wrong event is the main source of false contradictions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from flows.compare.model import Embedding, Vector
from flows.compare.subject import central
from seeds.model import Seed

LEAD = 700
"""Characters of the text that are likened to the summary: headline and first paragraphs say what it is about."""

NAMED = 300
"""Characters of them in which the groups of words are looked for: what is named further down is background. On 1,100
articles of real coverage of two events this left out 9 of 28 that are about something else, and 2 of 146 that are not.
"""

ALIKE = 0.35
"""Cosine of headline and lead with the seed's summary from which a text passes, for a seed without ``about`` groups."""

SHARE = 0.6
"""Of the weight of a seed's three commonest names, what the names in headline and lead must have to pass for a seed
without ``about`` groups. Likeness alone let 427 of 1,461 texts pass for an event that ten of them are about."""

VERY_ALIKE = 0.50
"""Cosine from which one group of words may stand in the lead: a headline rarely has them all."""

DENSE = 400
"""Characters of a text for each of its words of such a group: what it comes back to so often, it is about."""

UNLIKE = 0.10
"""Cosine below which a text is about something else even if it has the words."""


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether a text is about the event; ``score`` is the cosine with its summary, and the reason says why not."""

    relevant: bool
    score: float
    reason: str | None = None


class Gate:
    """Decides for one seed. Construct once; calls cost a tenth of a millisecond."""

    def __init__(self, seed: Seed, embedding: Embedding) -> None:
        self._embedding = embedding
        self._summary: Vector = embedding(seed.event.summary)
        self._starts = seed.event.starts
        self._groups = tuple(_pattern(group, seed.spellings) for group in seed.event.about)
        stated = (fact.statement for fact in seed.facts)
        names = {} if self._groups else central(seed.title, seed.event.summary, stated)
        self._names = [(_pattern(_short(name), seed.spellings), weight) for name, weight in names.items()]
        self._wanted = SHARE * sum(sorted(names.values(), reverse=True)[:3])

    def __call__(self, title: str, text: str, published_at: datetime | None) -> Relevance:
        """The decision for an article by its headline, lead and time of publication."""
        opening = f"{title}\n{text[:LEAD]}"
        score = float(self._embedding(opening) @ self._summary)
        if self._starts and published_at and published_at < self._starts:
            return Relevance(False, score, "published before the event")
        if self._groups:
            named = f"{title}\n{text[:NAMED]}"
            missing = [group for group in self._groups if not group.search(named)]
            later = len(missing) == 1 and score >= VERY_ALIKE and _comes_back(missing[0], text)
            if missing and not later:
                return Relevance(False, score, "does not name what the event is about")
            return Relevance(score >= UNLIKE, score, None if score >= UNLIKE else "about something else")
        if sum(weight for name, weight in self._names if name.search(opening)) < self._wanted:
            return Relevance(False, score, "does not name what the event is about")
        return Relevance(score >= ALIKE, score, None if score >= ALIKE else "about something else")


def _comes_back(group: re.Pattern[str], text: str) -> bool:
    """Whether a text has a word of the group in its lead, or has them all through."""
    return group.search(text[:LEAD]) is not None or len(group.findall(text)) * DENSE > len(text)


def _short(name: str) -> tuple[str, ...]:
    """A name, and the last word of it where that is long enough to be told from others."""
    last = name.split()[-1]
    return (name, last) if len(last) > 5 else (name,)


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...], names: tuple[tuple[str, ...], ...]) -> re.Pattern[str]:
    """Any of the words or of their other spellings, with an ending (Russia: Russian, Russia's; talk: talks)."""
    spellings = dict.fromkeys(words)
    for group in names:
        if any(word in group for word in words):
            spellings |= dict.fromkeys(group)
    ordered = sorted(spellings, key=len, reverse=True)
    # Without its last vowel a name has its adjective's beginning too: Ukraine, Ukrainian; Turkey, Turkish.
    # Short all-capital names (US, EU) are matched as they stand: "us" is a word.
    exact = [re.escape(w) for w in ordered if len(w) <= 4 and w.isupper()]
    loose = [_open(w) for w in ordered if not (len(w) <= 4 and w.isupper())]
    parts = [rf"(?i:{'|'.join(loose)})"] * bool(loose) + exact
    return re.compile(rf"\b(?:{'|'.join(parts)})(?!\w)")


def _open(word: str) -> str:
    if len(word) <= 4:
        return re.escape(word) + r"s?"
    return re.escape(re.sub(r"(ey|[aey])$", "", word)) + r"\w{0,5}"


def names_event(seed: Seed, text: str) -> bool:
    """Whether a text in any language with Latin letters names what the event is about: two of the names in its
    ``about`` groups or its lists of names, or the one there is. Common words say nothing, for they differ by language.
    """
    names = dict.fromkeys(_proper(seed))
    found = sum(bool(_pattern(group, seed.spellings).search(text)) for group in names)
    return bool(names) and found >= min(2, len(names))


def _proper(seed: Seed) -> Iterator[tuple[str, ...]]:
    """The names by which an event is known, each with the spellings that are known of it."""
    listed = [group for group in seed.spellings if any(name[:1].isupper() and len(name) > 3 for name in group)]
    yield from listed
    known = {name for group in listed for name in group}
    for group in seed.event.about:
        for word in group:
            if word[:1].isupper() and len(word) > 3 and word not in known:
                yield (word,)
