"""Who is meant by "he", "the minister", "the two countries", "these talks", where the document makes it plain."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flows.draft.entities import Mention, Name, Names
from flows.draft.parts import quoted
from flows.draft.syntax import SUBJECTS, Doc, Token, child
from flows.draft.words import BODY_WORDS, BOTH_COUNTRIES, PLACE_WORDS

_MEASURED = ("DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "CARDINAL", "ORDINAL")

BACK = 2
"""Sentences before one in which a pronoun's name is looked for."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What words stand for. ``check`` None: it is plain. ``sentence`` is where the name stands."""

    text: str
    sentence: int
    check: str | None = None


class References:
    """What the sentences of a document refer to; asked for one word at a time."""

    def __init__(self, docs: Sequence[Doc], names: Names, paragraphs: Sequence[int]) -> None:
        self._docs, self._names, self._paragraphs = docs, names, paragraphs
        self._countries = self._two_countries()
        self._place = self._one_place()
        self.topic = self._topic()

    def pronoun(self, sentence: int, token: Token) -> Resolution | None:
        """The name that a pronoun of the third person stands for; None if the document does not make it plain."""
        low = token.lower_
        if low in ("he", "him", "his", "she", "her", "hers"):
            return self._person(sentence, token, "he" if low in ("he", "him", "his") else "she")
        if low in ("it", "its"):
            return self._thing(sentence, token)
        if low in ("they", "them", "their"):
            return self._several(sentence, token)
        return None

    def described(self, sentence: int, head: Token) -> Resolution | None:
        """Whom or what "the minister", "the company", "the two countries" or "these talks" names; else None."""
        noun = head.lemma_.lower()
        both = any(t.lower_ in ("two", "both") for t in head.children)
        if noun in BOTH_COUNTRIES and both:
            if self._countries is None:
                return None
            text = " and ".join(name.full for name in self._countries)
            return Resolution(text, sentence, f"“{_group(head)}” is taken for {text}")
        if both or any(t.dep_ in ("amod", "compound", "prep", "relcl", "poss", "nummod", "acl") for t in head.children):
            return None
        kinds = ("person",) if noun in self._names.known.posts else ("body",) if noun in BODY_WORDS else (
            ("place",) if noun in PLACE_WORDS else ())  # fmt: skip
        if not kinds:
            return None
        called = self._names.called(noun, kinds)  # type: ignore[arg-type]
        before = [(k, m.name) for k in range(sentence, -1, -1) for m in reversed(self._names.mentions[k])
                  if m.name.kind in kinds and (k < sentence or m.after <= head.i)]  # fmt: skip
        if not before:
            return None
        if kinds == ("place",):
            wants_country = noun in ("country", "state", "nation")
            before = [(k, n) for k, n in before if self._names.is_country(n) == wants_country]
            only = {n for _, n in before}
            if len(only) != 1:
                return None
            return Resolution(before[0][1].full, before[0][0], f"“the {noun}” is taken for {before[0][1].full}")
        found = [(k, n) for k, n in before if n in called] or (before if len({n for _, n in before}) == 1 else [])
        if not found:
            return None
        where, name = found[0]
        sure = len(called) == 1 and called[0] is name and kinds == ("person",)
        return Resolution(name.full, where, None if sure else f"“the {noun}” is taken for {name.full}")

    def spoken_of(self, sentence: int, head: Token) -> bool:
        """Whether a sentence before this one has the same noun."""
        return any(t.lemma_ == head.lemma_ and t.tag_ in ("NN", "NNS") for doc in self._docs[:sentence] for t in doc)

    def place_of(self, sentence: int, head: Token) -> Resolution | None:
        """Where "the talks" are, if the document is about one event at one place: "in Istanbul"."""
        if head.lemma_.lower() not in self.topic or self._place is None:
            return None
        if any(t.dep_ not in ("det", "punct", "amod", "compound") or t.ent_type_ for t in head.children):
            return None
        return Resolution(f"in {self._place.full}", sentence, "the place is taken from the document")

    def _person(self, sentence: int, token: Token, gender: str) -> Resolution | None:
        inside = quoted(self._docs[sentence])  # whoever is named in a quotation is not the one who said it
        here = [m for m in self._names.persons(sentence) if m.after <= token.i and self._may(m.name, gender)]
        here = [m for m in here if token.i in inside or m.last not in inside]
        names = {m.name for m in here}
        if len(names) == 1:
            name = names.pop()
            name.gender = name.gender or gender
            return Resolution(name.full, sentence)
        if len(names) > 1:
            chief = next((m.name for m in here if self._is_subject(sentence, m)), None)
            if chief is None:
                return None
            return Resolution(chief.full, sentence, f"“{token.text}” is taken for {chief.full}")
        for k in range(sentence - 1, max(-1, sentence - 1 - BACK), -1):
            if self._paragraphs[k] < self._paragraphs[sentence] - 1:
                return None
            if told := self._goes_on(k, gender):
                return Resolution(told.text, told.sentence, f"“{token.text}” is taken for {told.text}")
            those = [m for m in self._names.persons(k) if self._may(m.name, gender)]
            if not those:
                continue
            chief = next((m.name for m in those if self._is_subject(k, m)), None)
            alone = {m.name for m in those}
            if chief is None and len(alone) != 1:
                return None
            name = chief or next(iter(alone))
            same = self._paragraphs[k] == self._paragraphs[sentence]
            sure = same and k == sentence - 1 and len(alone) == 1 and chief is not None
            if sure:
                name.gender = name.gender or gender
            return Resolution(name.full, k, None if sure else f"“{token.text}” is taken for {name.full}")
        return None

    def _goes_on(self, sentence: int, gender: str) -> Resolution | None:
        """Whom the "he" stands for that is the subject of a sentence: the next "he" is the same."""
        root = next(t for t in self._docs[sentence] if t.dep_ == "ROOT")
        subject = child(root, *SUBJECTS)
        if subject is None or subject.lower_ != gender:
            return None
        return self._person(sentence, subject, gender)

    def _thing(self, sentence: int, token: Token) -> Resolution | None:
        if sentence == 0 or self._paragraphs[sentence - 1] != self._paragraphs[sentence]:
            return None
        before = [m for m in self._names.mentions[sentence - 1] if m.name.kind in ("place", "body")]
        chief = next((m for m in before if self._is_subject(sentence - 1, m)), None)
        if chief is None:
            return None
        text = self._with_article(sentence - 1, chief)
        things = [t for t in self._docs[sentence - 1] if t.tag_ == "NN" and t.dep_ in (*SUBJECTS, "dobj", "pobj")]
        sure = len({m.name for m in before}) == 1 and not things
        return Resolution(text, sentence - 1, None if sure else f"“{token.text}” is taken for {text}")

    def _several(self, sentence: int, token: Token) -> Resolution | None:
        """Plural subjects before it in the sentence, else of the sentence before: a pair of names, or a group of it."""
        doc = self._docs[sentence]
        heads = [t for t in doc[: token.i] if t.tag_ in ("NNS", "NNPS") and t.dep_ in (*SUBJECTS, "pobj", "dobj")]
        heads = [t for t in heads if t.ent_type_ not in _MEASURED]
        heads = [t for t in heads if t.dep_ in SUBJECTS] or heads
        if heads:
            return self._group_of(heads[-1], token, sentence)
        if sentence == 0 or self._paragraphs[sentence - 1] != self._paragraphs[sentence]:
            return None
        root = next(t for t in self._docs[sentence - 1] if t.dep_ == "ROOT")
        before = child(root, *SUBJECTS)
        if before is None or not self._is_plural(before, root):
            return None
        return self._group_of(before, token, sentence - 1)

    def _group_of(self, head: Token, token: Token, sentence: int) -> Resolution | None:
        """A group of the text in place of "they", without what is only told of it."""
        cut = head.i + 1 < len(head.doc) and head.nbor().text == "-"
        if cut or head.pos_ == "PRON" or any(t.lower_ in ("this", "that", "these", "those") for t in head.children):
            return None
        aside = {t.i for t in head.children if t.dep_ in ("relcl", "acl", "appos", "punct") for t in t.subtree}
        mine = [t for t in head.subtree if t.i not in aside and (t.doc is not token.doc or t.i < token.i)]
        if any(t.pos_ == "PRON" and t.tag_ != "DT" for t in mine):
            return None
        group = "".join(t.text_with_ws for t in mine).strip()
        name = self._names.at(sentence, head)
        if name is not None and len(mine) == 1:
            group = name.name.full
        if mine[0].pos_ != "PROPN" and mine[0].ent_type_ == "":
            group = group[:1].lower() + group[1:]
        return Resolution(group, sentence, f"“{token.text}” is taken for {group}")

    def _is_plural(self, subject: Token, verb: Token) -> bool:
        several = any(
            t.tag_ == "VBP" or t.lower_ == "were" for t in (verb, *verb.children) if t.pos_ in ("VERB", "AUX")
        )
        return subject.tag_ in ("NNS", "NNPS") or child(subject, "conj") is not None or several

    def _may(self, name: Name, gender: str) -> bool:
        return name.gender in ("", gender)

    def _is_subject(self, sentence: int, mention: Mention) -> bool:
        head = self._docs[sentence][mention.last]
        while (
            head.dep_ in ("compound", "nmod")
            and head.head != head
            and (
                mention.name.kind == "person" or head.head.i < mention.after  # not the "company" of "company leader X"
            )
        ):
            head = head.head
        return head.dep_ in SUBJECTS and head.head.dep_ in ("ROOT", "conj", "ccomp")

    def _with_article(self, sentence: int, mention: Mention) -> str:
        doc = self._docs[sentence]
        the = mention.first > 0 and doc[mention.first - 1].lower_ == "the"
        return ("the " if the else "") + mention.name.full

    def _two_countries(self) -> tuple[Name, Name] | None:
        counted: Counter[str] = Counter()
        for k, doc in enumerate(self._docs):
            words = {self._names.country(t.text) for t in doc if t.pos_ in ("PROPN", "ADJ", "NOUN")} - {""}
            words |= {self._names.known.capitals.get(m.name.full.lower(), "") for m in self._names.mentions[k]} - {""}
            counted.update(words)
        most = counted.most_common(3)
        if len(most) < 2 or (len(most) > 2 and (most[1][1] < 2 or most[2][1] * 2 > most[1][1])):
            return None
        codes = [code for code, _ in most[:2]]
        countries = [n for n in self._names.all if self._names.is_country(n)]
        named = [next((n for n in countries if self._names.country(n.full) == code), None) for code in codes]
        first, second = named
        if first is None or second is None:
            return None
        return (first, second) if first.full < second.full else (second, first)

    def _one_place(self) -> Name | None:
        """The town that is named most, if by twice as many sentences as any other."""
        towns = [n for n in self._names.all if n.kind == "place" and not self._names.is_country(n)]
        towns = [n for n in towns if n.full.lower() not in self._names.known.capitals]
        towns.sort(key=lambda n: -len(n.sentences))
        if not towns or len(towns[0].sentences) < 2:
            return None
        return towns[0] if len(towns) == 1 or len(towns[0].sentences) >= 2 * len(towns[1].sentences) else None

    def event(self) -> str | None:
        """The one event of the document by its commonest noun and place: "the talks in Istanbul"."""
        return f"the {self.topic[0]}s in {self._place.full}" if self.topic and self._place else None

    def _topic(self) -> tuple[str, ...]:
        """The nouns for the event, the commonest first: those that the document points at by "the talks", "these"."""
        counted: Counter[str] = Counter()
        for doc in self._docs:
            for token in doc:
                det = child(token, "det")
                if token.tag_ == "NNS" and det is not None and det.lower_ in ("the", "these", "those"):
                    counted[token.lemma_.lower()] += 1
        return tuple(noun for noun, count in counted.most_common() if count >= 2 and noun in _EVENTS)


_EVENTS = frozenset(("talk", "negotiation", "discussion", "meeting", "celebration", "election", "protest", "clash"))


def _group(head: Token) -> str:
    return " ".join(t.text for t in head.subtree if t.dep_ in ("det", "nummod", "preconj") or t == head)
