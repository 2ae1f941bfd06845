"""The draft of a seed, made of a document's parsed sentences. Pure: the same document gives the same draft."""

import re
from collections.abc import Sequence

from flows.draft import assess
from flows.draft.captions import furniture
from flows.draft.entities import Names
from flows.draft.event import Event
from flows.draft.model import Known, LeftOut, Sentence, Statement
from flows.draft.parts import Part, parts, quoted
from flows.draft.references import References
from flows.draft.syntax import Doc, parse
from flows.draft.wording import write

LEAST_WORDS = 4
"""Of a statement."""


_CUT = re.compile(r"[“\"](?:\W|and|or|to|the|a|of|in|that)*[”\"]\W*$")
"""Where a quotation was cut off at its beginning."""


class Document:
    """A document's sentences with their grammar and names."""

    def __init__(self, sentences: Sequence[Sentence], known: Known, title: str | None = None) -> None:
        self.sentences = sentences
        self.docs: list[Doc] = [parse(sentence.text) for sentence in sentences]
        self.names = Names(self.docs, known)
        self._references = References(self.docs, self.names, [s.paragraph for s in sentences])
        self._around = furniture([sentence.text for sentence in sentences])
        self.text = [sentence for sentence in sentences if sentence.index not in self._around]
        """Its sentences without those of the page around it."""
        self.event = Event(self.docs, self.names, [sentence.index for sentence in self.text], title)

    def statements(self) -> tuple[list[Statement], list[LeftOut]]:
        """What the sentences state, and what was left out and why: each sentence is in one or the other."""
        stated: list[Statement] = []
        left: list[LeftOut] = []
        seen: set[str] = set()
        for sentence, doc in zip(self.sentences, self.docs, strict=True):
            if sentence.index in self._around:
                left.append(LeftOut(sentence, "furniture"))
                continue
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
        cut = _CUT.search(wording.text)
        if cut or len(wording.text.split()) < LEAST_WORDS or len(wording.text) > 2000:
            return LeftOut(sentence, "no_sentence", wording.text)
        if not any(n for n in self.names.within(wording.text)) and not any(c.isdigit() for c in wording.text):
            return LeftOut(sentence, "nothing_to_check", wording.text)
        sources = (sentence, *(self.sentences[k] for k in dict.fromkeys(wording.sentences)))
        return Statement(wording.text, sources, tuple(dict.fromkeys(wording.checks)), self.aliases(wording.text))

    def aliases(self, text: str) -> tuple[str, ...]:
        """Other words of the document for those whom a statement names: their posts."""
        return tuple(dict.fromkeys(
            words for name in self.names.within(text) if name.kind == "person" and name.full in text
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
