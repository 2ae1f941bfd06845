"""Who and what a document names: persons by their full name, places, bodies; where each is mentioned, what it is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rapidfuzz import fuzz

from flows.draft.model import Known
from flows.draft.syntax import Doc, Token, child

Kind = Literal["person", "place", "body", "other"]

_KINDS: dict[str, Kind] = {"PERSON": "person", "GPE": "place", "LOC": "place", "ORG": "body", "NORP": "other",
                           "FAC": "place", "EVENT": "other", "PRODUCT": "other", "LAW": "other"}  # fmt: skip
TITLES = frozenset({"mr", "mrs", "ms", "dr", "sir", "lord", "lady", "prof", "gen", "col", "capt", "sen", "rep"})
_HE, _SHE = frozenset({"mr", "sir", "lord"}), frozenset({"mrs", "ms", "lady"})
ALIKE = 88
"""Percent from which two surnames with one initial are taken for two spellings: Zelensky, Zelenskyy."""


@dataclass(eq=False)
class Name:
    """Somebody or something that is named. ``posts`` are the words by which a person's post, or what kind of body or
    place it is, was called; ``described`` are the longer phrases."""

    kind: Kind
    full: str
    spellings: Counter[str] = field(default_factory=Counter)
    posts: set[str] = field(default_factory=set)
    described: dict[str, None] = field(default_factory=dict)
    gender: str = ""
    country: str = ""
    sentences: set[int] = field(default_factory=set)


@dataclass(frozen=True, eq=False)
class Mention:
    """The words ``[first:after]`` of a sentence that name somebody or something."""

    name: Name
    first: int
    after: int

    @property
    def last(self) -> int:
        return self.after - 1


class Names:
    """The names of a document. ``mentions[k]`` are those of sentence k, in order."""

    def __init__(self, docs: Sequence[Doc], known: Known) -> None:
        self.known = known
        found = [list(_spans(doc, known)) for doc in docs]
        self.all: list[Name] = []
        self._surnames: dict[str, Name] = {}
        self._others: dict[str, Name] = {}
        for kinds in (True, False):  # full names first, so that a surname alone is led back to them
            for doc, spans in zip(docs, found, strict=True):
                for kind, first, after in spans:
                    if kind == "person" and (after - first > 1) == kinds:
                        self._person(doc, first, after)
        self.mentions: list[list[Mention]] = []
        for index, (doc, spans) in enumerate(zip(docs, found, strict=True)):
            here = list(self._mentions(doc, spans))
            for mention in here:
                mention.name.sentences.add(index)
                mention.name.spellings[doc[mention.first : mention.after].text] += 1
                self._describe(doc, mention)
            self.mentions.append(here)

    def at(self, sentence: int, token: Token) -> Mention | None:
        """The mention that this word is part of."""
        return next((m for m in self.mentions[sentence] if m.first <= token.i < m.after), None)

    def within(self, text: str) -> list[Name]:
        """Whom and what this text names."""
        return [name for name in self.all if any(s in text for s in (name.full, *name.spellings))]

    def persons(self, sentence: int) -> list[Mention]:
        return [m for m in self.mentions[sentence] if m.name.kind == "person"]

    def called(self, post: str, kinds: Iterable[Kind]) -> list[Name]:
        """Those to whom the document gives this word: the minister, the company, the city."""
        return [name for name in self.all if name.kind in kinds and post in name.posts]

    def country(self, word: str) -> str:
        """The code of the country that a word stands for, "" for none."""
        return self.known.countries.get(word.lower(), "")

    def is_country(self, name: Name) -> bool:
        return name.kind == "place" and bool(self.country(name.full.removeprefix("the ").lower()))

    def _person(self, doc: Doc, first: int, after: int) -> Name:
        full, surname = doc[first:after].text, doc[after - 1].text
        name = self._surnames.get(surname) or next((
            n for s, n in self._surnames.items()
            if len(s) > 4 and len(surname) > 4 and s[0] == surname[0] and fuzz.ratio(s, surname) >= ALIKE
        ), None)  # fmt: skip
        if name is None or (after - first > 1 and " " in name.full and name.full.split()[0][0] != full[0]):
            name = Name("person", full)
            self.all.append(name)
        self._surnames.setdefault(surname, name)
        title = doc[first - 1].lower_.rstrip(".") if first else ""
        name.gender = name.gender or ("he" if title in _HE else "she" if title in _SHE else "")
        return name

    def _other(self, kind: Kind, text: str) -> Name:
        key = text.lower().removeprefix("the ")
        if key not in self._others:
            self._others[key] = Name(kind, text)
            self.all.append(self._others[key])
        return self._others[key]

    def _mentions(self, doc: Doc, spans: Sequence[tuple[Kind, int, int]]) -> Iterable[Mention]:
        position = 0
        for kind, first, after in sorted(spans, key=lambda span: span[1]):
            yield from self._bare(doc, position, first)
            last = doc[after - 1]
            if kind == "person" or (after - first == 1 and last.text in self._surnames):
                yield Mention(self._surnames[last.text] if last.text in self._surnames else
                              self._person(doc, first, after), first, after)  # fmt: skip
            else:
                yield Mention(self._other(kind, doc[first:after].text), first, after)
            position = after
        yield from self._bare(doc, position, len(doc))

    def _bare(self, doc: Doc, start: int, end: int) -> Iterable[Mention]:
        """Surnames and countries that the model has not marked as names."""
        for token in doc[start:end]:
            if token.text in self._surnames and token.pos_ == "PROPN":
                yield Mention(self._surnames[token.text], token.i, token.i + 1)
            elif token.pos_ == "PROPN" and self.country(token.text):
                yield Mention(self._other("place", token.text), token.i, token.i + 1)

    def _describe(self, doc: Doc, mention: Mention) -> None:
        head = doc[mention.last]
        while head.dep_ in ("compound", "nmod") and head.head.i < mention.after and head.head.i >= mention.first:
            head = head.head
        heads: list[Token] = [t for t in head.children if t.dep_ == "appos"]
        if head.dep_ == "appos":
            heads.append(head.head)
        if head.dep_ in ("nsubj",) and head.head.lemma_ == "be" and (attr := child(head.head, "attr")):
            heads.append(attr)
        if mention.name.kind == "person":
            heads += [t for t in doc[max(0, mention.first - 4) : mention.first] if t.lemma_.lower() in self.known.posts]
        for word in heads:
            if word.pos_ not in ("NOUN", "PROPN"):
                continue
            mention.name.posts.add(word.lemma_.lower())
            if word.pos_ == "NOUN" or word.lemma_.lower() in self.known.posts:
                near = [
                    t for t in word.lefts if t.dep_ in ("compound", "nmod") and t.i < word.i and t.ent_type_ != "GPE"
                ]
                mention.name.described[" ".join([*(t.text for t in near), word.text]).lower()] = None
        if mention.name.kind == "person" and not mention.name.country:
            codes = {self.country(t.text) for t in doc[max(0, mention.first - 4) : mention.first]} - {""}
            mention.name.country = codes.pop() if len(codes) == 1 else ""
        if mention.name.kind == "body":
            mention.name.posts.add(head.lemma_.lower())


def _first_name(doc: Doc, first: int, known: Known) -> int:
    """Where the name begins of whose last word alone the model took notice."""
    while first > 0:
        word = doc[first - 1]
        low = word.lower_.rstrip(".")
        plain = word.pos_ == "PROPN" and word.text.istitle() and word.dep_ == "compound" and word.head.i >= first
        if not plain or low in TITLES or word.lemma_.lower() in known.posts or low in known.countries or word.ent_type_:
            break
        first -= 1
    return first


def _spans(doc: Doc, known: Known) -> Iterable[tuple[Kind, int, int]]:
    for entity in doc.ents:
        kind = _KINDS.get(entity.label_)
        if kind is None:
            continue
        first, after = entity.start, entity.end
        while after > first and (doc[after - 1].tag_ == "POS" or doc[after - 1].text in ("’s", "'s", "’", "'", ",")):
            after -= 1
        while first < after and (doc[first].lower_ in ("the", "a", "an") or doc[first].lower_.rstrip(".") in TITLES):
            first += 1
        if kind == "person":
            while first < after and (doc[after - 1].lower_ in known.countries or doc[after - 1].text == "-"):
                after -= 1  # "the Trump-U.S. talks"
            while first < after - 1 and (
                doc[first].lemma_.lower() in known.posts or doc[first].pos_ not in ("PROPN", "PUNCT", "X")
            ):
                first += 1
            if first == after or doc[after - 1].lemma_.lower() in known.posts:
                continue
            if after - first == 1:
                first = _first_name(doc, first, known)
        if first < after and any(t.text[:1].isupper() or t.text[:1].isdigit() for t in doc[first:after]):
            yield kind, first, after
