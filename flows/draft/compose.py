"""The draft of a seed, made of a document's parsed sentences. Pure: the same document gives the same draft."""

from collections import Counter
from collections.abc import Sequence

from flows.draft import assess
from flows.draft.entities import Name, Names
from flows.draft.model import Known, LeftOut, Sentence, Statement
from flows.draft.parts import Part, parts, quoted
from flows.draft.references import References
from flows.draft.syntax import Doc, parse
from flows.draft.wording import write

SUMMED = 3
"""Statements of which the event's summary is made."""

LEAST_WORDS = 4
"""Of a statement."""


class Document:
    """A document's sentences with their grammar and names."""

    def __init__(self, sentences: Sequence[Sentence], known: Known) -> None:
        self.sentences = sentences
        self.docs: list[Doc] = [parse(sentence.text) for sentence in sentences]
        self.names = Names(self.docs, known)
        self._references = References(self.docs, self.names, [s.paragraph for s in sentences])

    def statements(self) -> tuple[list[Statement], list[LeftOut]]:
        """What the sentences state, and what was left out and why: each sentence is in one or the other."""
        stated: list[Statement] = []
        left: list[LeftOut] = []
        seen: set[str] = set()
        for sentence, doc in zip(self.sentences, self.docs, strict=True):
            made, out = self._of(sentence, doc, seen)
            stated += made
            left += out if not made else [one for one in out if one.part]
            if not made and not out:
                left.append(LeftOut(sentence, "no_sentence"))
        return stated, left

    def _of(self, sentence: Sentence, doc: Doc, seen: set[str]) -> tuple[list[Statement], list[LeftOut]]:
        inside = quoted(doc)
        found = parts(doc, self.names, sentence.index)
        reason = assess.whole(doc, inside)
        made: list[Statement] = []
        out: list[LeftOut] = []
        if reason is not None:
            out.append(LeftOut(sentence, reason))
            found = [part for part in found if part.kind == "post" and reason != "question"]
        for part in found:
            result = self._part(part, sentence, doc, inside)
            if isinstance(result, LeftOut):
                out.append(result)
            elif result.text.lower() in seen:
                out.append(LeftOut(sentence, "repeated", result.text))
            else:
                seen.add(result.text.lower())
                made.append(result)
        if not made and out:
            out = [LeftOut(sentence, out[0].reason, None, out[0].detail)]
        return made, out

    def _part(self, part: Part, sentence: Sentence, doc: Doc, inside: frozenset[int]) -> Statement | LeftOut:
        wording = write(part, doc, sentence, self.names, self._references)
        reason = assess.clause(part, self.names, sentence.index, inside)
        if reason is not None:
            return LeftOut(sentence, reason, wording.text)
        if wording.unresolved is not None:
            return LeftOut(sentence, "not_self_contained", wording.text, f"“{wording.unresolved}”")
        if len(wording.text.split()) < LEAST_WORDS or len(wording.text) > 2000:
            return LeftOut(sentence, "no_sentence", wording.text)
        if not any(n for n in self._named(wording.text)) and not any(c.isdigit() for c in wording.text):
            return LeftOut(sentence, "nothing_to_check", wording.text)
        sources = (sentence, *(self.sentences[k] for k in dict.fromkeys(wording.sentences)))
        return Statement(wording.text, sources, tuple(dict.fromkeys(wording.checks)), self._aliases(wording.text))

    def _named(self, text: str) -> list[Name]:
        return [n for n in self.names.all if any(s in text for s in (n.full, *n.spellings))]

    def _aliases(self, text: str) -> tuple[str, ...]:
        """Other words of the document for those whom a statement names: their posts."""
        return tuple(dict.fromkeys(
            words for name in self._named(text) if name.kind == "person" and name.full in text
            for words in name.described if words not in text.lower() and len(words) > 3
        ))[:4]  # fmt: skip

    def spellings(self) -> tuple[tuple[str, ...], ...]:
        """For each person who is named in several ways: the full name and the others."""
        found = []
        for name in self.names.all:
            if name.kind == "person":
                short = {s.split()[-1] for s in (name.full, *name.spellings)}
                forms = dict.fromkeys((name.full, *sorted(short), *sorted(name.spellings)))
                if len(forms) > 1:
                    found.append(tuple(forms))
        return tuple(found)

    def about(self) -> tuple[tuple[str, ...], ...]:
        """Groups of words that tell the event: each of the two countries, with those who belong to it, or the names
        that most sentences have; and the nouns of the event."""
        central = self.central()
        countries = [n for n in central if self.names.is_country(n)][:2]
        groups: list[tuple[str, ...]] = []
        if len(countries) == 2:
            for country in countries:
                code = self.names.country(country.full)
                towns = [n.full for n in self.names.all if self.names.known.capitals.get(n.full.lower()) == code]
                people = [n.full.split()[-1] for n in self.names.all if n.kind == "person" and n.country == code]
                groups.append(tuple(dict.fromkeys((country.full, *towns, *people))))
        elif central:
            groups.append(
                tuple(dict.fromkeys(n.full.split()[-1] if n.kind == "person" else n.full for n in central[:4]))
            )
        if nouns := self._nouns():
            groups.append(nouns)
        return tuple(groups)

    def central(self) -> list[Name]:
        """The names in the order of how many sentences have them."""
        return sorted((n for n in self.names.all if n.kind != "other"), key=lambda n: (-len(n.sentences), n.full))

    def _nouns(self) -> tuple[str, ...]:
        counted: Counter[str] = Counter()
        for doc in self.docs:
            counted.update(
                {t.lemma_.lower() for t in doc if t.tag_ in ("NN", "NNS") and len(t.text) > 3 and not t.ent_type_}
            )
        return tuple(word for word, count in counted.most_common(6) if count >= 3)

    def title(self) -> str:
        """A title for a document without one: its main noun, and whom it names most."""
        nouns = self._nouns()
        names = ", ".join(n.full for n in self.central()[:3])
        return f"{nouns[0].capitalize()}: {names}" if nouns and names else names or "Draft"

    def summary(self, statements: Sequence[Statement]) -> str:
        """The statements that have most of the central names, in their order."""
        weight = {n: len(n.sentences) for n in self.central()[:8]}
        taken: list[Statement] = []
        covered: set[Name] = set()
        for _ in range(SUMMED):
            best = max(
                (s for s in statements if s not in taken),
                key=lambda s: (sum(weight.get(n, 0) for n in set(self._named(s.text)) - covered), -s.sentence.index),
                default=None,
            )
            if best is None:
                break
            taken.append(best)
            covered |= set(self._named(best.text))
        return " ".join(s.text for s in sorted(taken, key=lambda s: s.sentence.start))
