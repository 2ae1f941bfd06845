"""What a document is about: the names and nouns that an article on the same event has in its headline and lead."""

from collections import Counter
from collections.abc import Iterable, Sequence

from flows.draft.entities import Name, Names
from flows.draft.model import Statement
from flows.draft.syntax import Doc
from flows.draft.words import VAGUE_NOUNS

LEAD = 3
"""Sentences of a document that tell what it is about; being named there, or in the title, counts as much as being
named in three further sentences."""

SUMMED = 3
"""Statements of which the event's summary is made."""

LONGEST = 60
"""Words of a statement that may stand in a summary."""


class Event:
    """The event of a document. ``text`` are the indexes of the sentences that belong to its text, in their order."""

    def __init__(self, docs: Sequence[Doc], names: Names, text: Sequence[int], title: str | None) -> None:
        self._docs, self._names, self._text, self._title = docs, names, text, (title or "").lower()
        self._lead = frozenset(text[:LEAD])
        self.central = self._central()
        self._nouns = self._counted()

    def about(self) -> tuple[tuple[str, ...], ...]:
        """Groups of words that tell the event: each of two countries with those who belong to it, if the document is
        about these two, else whom and what it names most; and its nouns."""
        groups = [self._of(country) for country in self._two_countries()]
        if not groups and self.central:
            most = [name for name in self.central[:4] if self._weight(name) >= LEAD] or self.central[:1]
            groups = [tuple(dict.fromkeys(_short(name) for name in most))]
        return (*groups, self._nouns) if self._nouns else tuple(groups)

    def title(self) -> str:
        """A title for a document without one: its main noun, and whom it names most."""
        names = ", ".join(name.full for name in self.central[:3])
        return f"{self._nouns[0].capitalize()}: {names}" if self._nouns and names else names or "Draft"

    def summary(self, statements: Iterable[Statement]) -> str:
        """The statements that have most of the central names, those of the lead first, in their order."""
        fit = [s for s in statements if len(s.text.split()) <= LONGEST and s.text[0] not in "“\"'"]
        taken: list[Statement] = []
        covered: set[Name] = set()
        for _ in range(SUMMED):
            best = max(
                (s for s in fit if s not in taken),
                key=lambda s: (self._worth(s, covered), -s.sentence.index),
                default=None,
            )
            if best is None:
                break
            taken.append(best)
            covered |= set(self._names.within(best.text))
        return " ".join(s.text for s in sorted(taken, key=lambda s: s.sentence.start))

    def _worth(self, statement: Statement, covered: set[Name]) -> float:
        new = set(self._names.within(statement.text)) & set(self.central[:8]) - covered
        told = sum(self._weight(name) for name in new)
        return told * (2 if statement.sentence.index in self._lead else 1)

    def _weight(self, name: Name) -> int:
        titled = any(word.lower() in self._title for word in (name.full, _short(name)) if self._title)
        return len(name.sentences & set(self._text)) + LEAD * bool(name.sentences & self._lead) + LEAD * titled

    def _central(self) -> list[Name]:
        there = set(self._text)
        names = [n for n in self._names.all if n.kind != "other" and n.sentences & there]
        return sorted(names, key=lambda name: (-self._weight(name), name.full))

    def _two_countries(self) -> list[Name]:
        """The two countries that a document is about: no place or body is named more, and each in three sentences."""
        most = [n for n in self.central if n.kind != "person"][:2]
        two = len(most) == 2 and all(self._names.is_country(n) and len(n.sentences) >= LEAD for n in most)
        return most if two else []

    def _of(self, country: Name) -> tuple[str, ...]:
        code = self._names.country(country.full)
        towns = [n.full for n in self._names.all if self._names.known.capitals.get(n.full.lower()) == code]
        people = [_short(n) for n in self._names.all if n.kind == "person" and n.country == code]
        return tuple(dict.fromkeys((country.full, *towns, *people)))

    def _counted(self) -> tuple[str, ...]:
        """The commonest nouns, of at least three sentences or one and the title."""
        counted: Counter[str] = Counter()
        for index in self._text:
            nouns = {t.lemma_.lower() for t in self._docs[index] if t.tag_ in ("NN", "NNS") and not t.ent_type_}
            counted.update(word for word in nouns if len(word) > 2 and word.isalpha() and word not in VAGUE_NOUNS)
        for word in counted:
            counted[word] += LEAD * (word in self._title)
        most = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:6]
        return tuple(word for word, count in most if count >= LEAD)


def _short(name: Name) -> str:
    return name.full.split()[-1] if name.kind == "person" else name.full
