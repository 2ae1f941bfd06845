"""Furniture: paragraphs that a publisher repeats on its pages, such as newsletter boxes and related headlines.

Left in, a headline of another story would be taken for a sentence of this one. What is furniture shows only when
several pages have been seen: the first pages of a publisher are cleaned by what the pages read together with them have
in common, later ones by what is remembered.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from warehouse.records import Paragraph, content_id

ARTICLES = 3
"""A paragraph that so many different articles of a publisher have is furniture."""

LONG = 40
"""Words. So long a paragraph stays in the article that had it first: if it is background rather than furniture, it is
told once."""

MAX_PARAGRAPHS = 2_000
"""Remembered of a publisher, the last seen: those of some 50 articles."""

_PROSE = 15  # words of a paragraph by which copies are told
_COPIED = 3  # such paragraphs
_HEADLINE = 4  # words: below it, a line that equals some headline may be a crosshead


def paragraph_id(paragraph: str) -> str:
    """By which a paragraph is known: the same for spellings in other case."""
    return content_id(paragraph.casefold())


def headline_ids(headlines: Iterable[str]) -> frozenset[str]:
    """The ids of headlines that can be told from a crosshead when they stand in a text."""
    return frozenset(paragraph_id(headline) for headline in headlines if len(headline.split()) >= _HEADLINE)


def without(text: str, furniture: Collection[str]) -> str:
    """The text without the paragraphs (lines) of these ids."""
    if not furniture:
        return text
    return "\n".join(line for line in text.split("\n") if paragraph_id(line) not in furniture)


class Furniture:
    """What is remembered of the paragraphs of publishers' pages; a publisher is known by a site, such as its host.

    Grows by :meth:`learn`; :meth:`changed` gives what has to be kept for the next run.
    """

    def __init__(self) -> None:
        self._sites: dict[str, dict[str, Paragraph]] = {}
        self._changed: dict[tuple[str, str], Paragraph] = {}

    def remember(self, paragraphs: Iterable[Paragraph]) -> None:
        """Takes up what earlier runs kept, the least recently seen first."""
        for paragraph in paragraphs:
            self._sites.setdefault(paragraph.site, {})[paragraph.paragraph_id] = paragraph

    def known(self, site: str) -> frozenset[str]:
        """The ids of the site's furniture, to be left out of a page that has not been learnt from."""
        found = self._sites.get(site, {})
        return frozenset(key for key, paragraph in found.items() if len(paragraph.entry_ids) >= ARTICLES)

    def learn(self, site: str, entry_id: str, text: str, now: datetime) -> None:
        """Counts the paragraphs of an article's text, once an article; a copy of an article met before is none."""
        paragraphs = self._sites.setdefault(site, {})
        lines = {paragraph_id(line): len(line.split()) for line in text.split("\n") if line}
        if self._is_copy(paragraphs, entry_id, lines):
            return
        for key in lines:
            before = paragraphs.pop(key, None)  # it goes to the end, as the last seen
            had = before.entry_ids if before else ()
            more = () if entry_id in had or len(had) >= ARTICLES else (entry_id,)
            paragraphs[key] = self._changed[site, key] = Paragraph(site, key, (*had, *more), now)
        while len(paragraphs) > MAX_PARAGRAPHS:
            paragraphs.pop(next(iter(paragraphs)))

    def stripped(self, site: str, entry_id: str, text: str) -> str:
        """An article's text that was learnt from, without furniture."""
        paragraphs = self._sites.get(site, {})
        kept = []
        for line in text.split("\n"):
            known = paragraphs.get(paragraph_id(line))
            own = known is not None and known.entry_ids[0] == entry_id and len(line.split()) > LONG
            if known is None or len(known.entry_ids) < ARTICLES or own:
                kept.append(line)
        return "\n".join(kept)

    def changed(self) -> tuple[Paragraph, ...]:
        """The paragraphs counted since this was asked last."""
        changed, self._changed = tuple(self._changed.values()), {}
        return changed

    @staticmethod
    def _is_copy(paragraphs: dict[str, Paragraph], entry_id: str, lines: dict[str, int]) -> bool:
        shared: Counter[str] = Counter()
        words: Counter[str] = Counter()
        for key, count in lines.items():
            for other in paragraphs[key].entry_ids if key in paragraphs and count >= _PROSE else ():
                shared[other] += 1
                words[other] += count
        return any(
            shared[other] >= _COPIED and 2 * words[other] >= sum(lines.values())
            for other in shared
            if other != entry_id
        )
