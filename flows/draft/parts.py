"""A parsed sentence taken apart: each clause, apposition, title and relative clause as a sentence of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from flows.draft import inflect
from flows.draft.entities import TITLES, Mention, Names
from flows.draft.syntax import SUBJECTS, Doc, Token, child, children, subject, within
from flows.draft.words import COMMENTING, PARTICIPLE_COMMENT, PLACE_WORDS, PORTFOLIOS, PRESUPPOSED, SAYING

Kind = Literal["clause", "post", "relative", "participle", "presupposed", "fragment"]
Piece = Token | str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sentence that can stand alone: its words in their new order, some of them new, and its verb.

    ``whole`` is whether it is the sentence's own main clause; ``check`` says what a person should look at.
    """

    kind: Kind
    pieces: tuple[Piece, ...]
    verb: Token | None
    whole: bool = False
    check: str | None = None


_CONTRASTING = frozenset({"while", "whereas", "although", "though", "albeit"})
_FORMERLY = frozenset({"formerly", "previously", "once", "then"})
_FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})


def parts(doc: Doc, names: Names, sentence: int) -> list[Part]:
    """The parts of one sentence, its main clause first. A sentence without a verb that says something has none."""
    cut = _Cut(doc, names, sentence)
    return [*cut.main(), *cut.asides()]


def quoted(doc: Doc) -> frozenset[int]:
    """The positions of the words between quotation marks."""
    inside, found = False, set()
    for token in doc:
        if token.text in ("“", "”", '"', "«", "»") or token.tag_ in ("``", "''"):
            inside = token.text in ("“", "«") or (token.text not in ("”", "»") and not inside)
        elif inside:
            found.add(token.i)
    return frozenset(found)


def is_finite(verb: Token) -> bool:
    """Whether a verb has a tense: its own, or that of a verb that helps it."""
    return verb.tag_ in _FINITE or any(t.tag_ in _FINITE for t in verb.children if t.dep_ in ("aux", "auxpass"))


def title_of(doc: Doc, mention: Mention, names: Names) -> tuple[int, int] | None:
    """The words just before a person's name that say his post: "former U.S. President"."""
    if mention.name.kind != "person":
        return None
    first = mention.first
    while first > 0:
        token = doc[first - 1]
        joined = token.dep_ in ("compound", "amod", "nmod", "advmod", "poss", "case", "punct") or token.tag_ == "NNP"
        if not joined or (token.dep_ == "punct" and token.text != "-") or token.head.i >= mention.after:
            break
        first -= 1
    if not any(t.lemma_.lower() in names.known.posts for t in doc[first : mention.first]):
        return None
    return first, mention.first


class _Cut:
    def __init__(self, doc: Doc, names: Names, sentence: int) -> None:
        self.doc, self.names, self.sentence = doc, names, sentence
        self.quoted = quoted(doc)
        self.root = next(t for t in doc if t.dep_ == "ROOT")

    def main(self) -> Iterator[Part]:
        root = self.root
        if root.pos_ in ("VERB", "AUX") and (is_finite(root) or subject(root) is not None):
            yield from self._clauses(root, None, (), whole=True)
            return
        told = child(root, "acl")
        if root.pos_ in ("NOUN", "PROPN") and told is not None and told.tag_ == "VBG" and len(self.doc) > 7:
            group = within(root, told)
            verb = "are" if root.tag_ in ("NNS", "NNPS") else "is"
            yield Part("fragment", (*_trimmed(group), verb, *_trimmed(list(told.subtree))), told, True,
                       "the sentence has no finite verb; this one is supplied")  # fmt: skip

    def _clauses(
        self, verb: Token, shared: Token | None, helping: Sequence[Piece], *, whole: bool = False
    ) -> Iterator[Part]:
        own = subject(verb)
        joined = [t for t in children(verb, "conj") if t.pos_ in ("VERB", "AUX") and t.i not in self.quoted]
        joined = [t for t in joined if is_finite(t) or t.tag_ == verb.tag_ or (t.tag_ == "VBN" and helping)]
        away = [*joined, *self._away(verb)]
        joining = [t for t in children(verb, "cc") if t.i not in self.quoted] if joined else []
        words = _trimmed(self._without(verb, [*away, *joining]))
        if own is None and shared is not None:
            words = [t for t in words if t.dep_ != "cc" or t.head != verb]
            yield Part("clause", (*self.group(shared), *helping, *words), verb)
        elif verb.i in self.quoted or own is not None or whole:
            yield Part("clause", tuple(words), verb, whole)
        for other in joined:
            helps: tuple[Piece, ...] = ()
            if subject(other) is None and not is_finite(other):
                helps = tuple(
                    t for t in verb.children if t.dep_ in ("aux", "auxpass", "neg") and t.i < verb.i
                ) or tuple(helping)
            yield from self._clauses(other, own or shared, helps)
        for other in away:
            if other.dep_ in ("advcl", "acl") and other.tag_ == "VBG" and subject(other) is None:
                yield from self._participle(other, verb, own or shared)
            elif other.dep_ == "advcl" and subject(other) is not None:
                mark = child(other, "mark")
                words = [t for t in within(other) if mark is None or t.i != mark.i]
                yield Part("clause", tuple(_trimmed(words)), other)

    def _away(self, verb: Token) -> Iterator[Token]:
        """What is taken out of a clause: asides, comments, and what becomes a sentence of its own."""
        for token in verb.subtree:
            if token.i in self.quoted or token == verb:
                continue
            comma = token.left_edge.i > 0 and self.doc[token.left_edge.i - 1].text in (",", "—", "–", "(")
            if (
                (token.dep_ == "relcl" and comma)
                or (token.dep_ == "appos" and self._is_aside(token))
                or (token.dep_ == "advcl" and token.head == verb and self._apart(token, comma))
                or (token.dep_ == "acl" and comma and token.tag_ == "VBG" and token.lemma_.lower() in SAYING)
                or (token.head == verb and token.i < verb.i and self._comments(token))
            ):
                yield token

    def _is_aside(self, appos: Token) -> bool:
        """Whether an apposition tells of its noun, and is neither an item of a list nor cut at a hyphen."""
        if not self._set_off(appos) or appos.head.pos_ not in ("PROPN", "NOUN"):
            return False
        if appos.i + 1 < len(self.doc) and self.doc[appos.i + 1].text == "-":
            return False
        listed = child(appos, "conj") is not None or child(appos.head, "conj") is not None
        return not listed or self.names.at(self.sentence, appos.head) is not None

    def _set_off(self, appos: Token) -> bool:
        """Whether an apposition has a comma before it, or before the "formerly" that opens it."""
        before = self.doc[max(0, appos.left_edge.i - 1)]
        return before.text == "," or (before.lower_ in _FORMERLY and self.doc[max(0, before.i - 1)].text == ",")

    def _without(self, head: Token, away: Sequence[Token]) -> list[Token]:
        """The words below a head without these asides and the commas that set them off."""
        gone: set[int] = set()
        for other in away:
            first, last = other.left_edge.i, other.right_edge.i
            if other.dep_ == "appos" and self.doc[max(0, first - 1)].lower_ in _FORMERLY:
                first -= 1
            gone |= {t.i for t in other.subtree} | {first}
            if first and self.doc[first - 1].text == ",":
                gone.add(first - 1)
                if last + 1 < len(self.doc) and self.doc[last + 1].text == ",":
                    gone.add(last + 1)
        return [t for t in within(head) if t.i not in gone]

    def _apart(self, advcl: Token, comma: bool) -> bool:
        mark = child(advcl, "mark")
        if mark is not None:
            return mark.lower_ in _CONTRASTING
        return advcl.tag_ == "VBG" and comma and advcl.i > advcl.head.i

    def _comments(self, token: Token) -> bool:
        """Whether an adverbial before the verb only connects or judges: "However", "In a notable gesture"."""
        if token.dep_ == "advmod" and token.lower_ in COMMENTING:
            return True
        if token.dep_ not in ("prep", "advmod", "advcl") or token.left_edge.i > 1:
            return False
        end = token.right_edge.i + 1
        if end >= len(self.doc) or self.doc[end].text != ",":
            return False
        words = list(token.subtree)
        if token.dep_ == "advcl":
            return token.tag_ == "VB"  # "To be clear,"
        return not any(t.ent_type_ or t.tag_ in ("CD", "NNP") for t in words)

    def group(self, head: Token) -> list[Token]:
        """The words of a noun's group without its asides."""
        aside = [t for t in head.subtree if t.dep_ == "relcl" and self._set_off(t)]
        aside += [t for t in head.subtree if t.dep_ == "appos" and self._is_aside(t)]
        return _trimmed(self._without(head, aside))

    def _participle(self, word: Token, verb: Token, owner: Token | None) -> Iterator[Part]:
        told = child(word, "aux", "auxpass")
        if owner is None or told is not None or word.lemma_.lower() in PARTICIPLE_COMMENT or word.i in self.quoted:
            return  # with an auxiliary it has a tense, and is no participle of the subject
        then = any(t.tag_ in ("VBD", "VBN") for t in (verb, *children(verb, "aux", "auxpass")))
        plural = owner.tag_ in ("NNS", "NNPS") or bool(children(owner, "conj"))
        finite = inflect.past(word.lemma_) if then else inflect.present(word.lemma_, plural)
        rest = [t for t in within(word) if t != word and not (t.dep_ == "advmod" and t.i < word.i)]
        sure = owner.pos_ == "PROPN" or word.lemma_.lower() in SAYING
        yield Part("participle", (*self.group(owner), finite, *_trimmed(rest)), word, False,
                   None if sure else "is the subject the right one?")  # fmt: skip

    def asides(self) -> Iterator[Part]:
        """Posts and descriptions of those who are named, and clauses that tell more of something."""
        for mention in self.names.mentions[self.sentence]:
            if mention.first in self.quoted:
                continue
            if title := title_of(self.doc, mention, self.names):
                yield from self._title(mention, *title)
            yield from self._presupposed(mention)
        for token in self.doc:
            if token.i in self.quoted or token.left_edge.i == 0:
                continue
            if token.dep_ == "appos" and self._is_aside(token):
                yield from self._apposition(token)
            elif token.dep_ == "relcl" and self._set_off(token):
                yield from self._relative(token)

    def _title(self, mention: Mention, first: int, after: int) -> Iterator[Part]:
        while first < after and self.doc[first].lower_.rstrip(".") in TITLES:
            first += 1
        while after > first and self.doc[after - 1].lower_.rstrip(".") in TITLES:
            after -= 1
        words: list[Piece] = list(self.doc[first:after])
        former = any(t.lower_ in ("former", "ex", "late", "acting", "deputy") for t in self.doc[first:after])
        country = any(self.names.country(t.text) for t in self.doc[first:after]) or any(
            t.ent_type_ in ("GPE", "ORG", "NORP") and self.names.country(t.text) for t in self.doc[first:after]
        )
        check = None
        told: list[Piece] = [_lower(t, self.names) for t in self.doc[first:after]]
        if not country and (whose := self._belongs()):
            told += ["of", whose]
            check = "the country stands elsewhere in the sentence"
        owned = any(t.tag_ in ("POS", "PRP$") for t in self.doc[first:after])  # "HSBC's chief economist"
        article = () if owned else ("a",) if former and self.doc[first].lower_ in ("former", "ex") else ("the",)
        alone = not any(t.ent_type_ or t.text.isupper() for t in self.doc[first:after])
        if words and not country and check is None and len(words) <= 2 and not former and alone:
            check = f"{' '.join(t.lower_ for t in self.doc[first:after])} of what?"
        if words:
            named = self.doc[mention.first : mention.after]
            yield Part("post", (*named, "is", *article, *told), None, False, check)

    def _belongs(self) -> str | None:
        """The one country that something in the sentence is said to be of or from: "the delegation from Ukraine"."""
        near = [m for m in self.names.mentions[self.sentence] if self.names.is_country(m.name)]
        head = self.doc[near[0].last] if len({m.name for m in near}) == 1 else None
        if head is None or not (head.dep_ == "poss" or (head.dep_ == "pobj" and head.head.lower_ in ("from", "of"))):
            return None
        return near[0].name.full

    def _apposition(self, token: Token) -> Iterator[Part]:
        head = token.head
        named, other = self.names.at(self.sentence, head), self.names.at(self.sentence, token)
        beside = self.names.at(self.sentence, self.doc[max(0, token.left_edge.i - 2)])
        if named is not None and beside is not None and beside is not named and beside.name.kind == named.name.kind:
            named = beside  # "from A to B, the capital of C": the parser may tie it to A
        away = [
            t for t in token.subtree if t != token and (t.dep_ == "appos" or (t.dep_ == "relcl" and self._set_off(t)))
        ]
        if others := [t for t in children(token, "conj") if self.names.at(self.sentence, t) or t.pos_ == "VERB"]:
            away += [*others, *children(token, "cc")]
        group = [t for t in self._to_the_next_name(_trimmed(within(token, *away))) if t.text != ","]
        if named is not None and named.name.kind == "person" and token.tag_ == "CD" and len(group) == 1:
            yield Part("post", (*self.doc[named.first : named.after], "is", token, "years old"), None)
        elif named is not None and other is None and token.pos_ in ("NOUN", "PROPN") and group:
            before = self.doc[max(0, token.left_edge.i - 1)]
            former = before if before.lower_ in _FORMERLY else token.left_edge
            verb = "was" if former.lower_ in _FORMERLY else "is"
            group = [former, *group] if former == before else group
            told = [t.dep_ for t in token.children] + [t.tag_ for t in group[:1]] + [former.dep_]
            if named.name.kind == "place" and token.lemma_.lower() not in PLACE_WORDS | {
                "site",
                "home",
                "area",
                "part",
            }:
                return  # a place is only ever called a place; what else follows it begins something new
            # "X, chief executive of Y" has no article, and needs none.
            bare = {"det", "poss", "advmod", "DT", "PRP$", "CD"} & set(told)
            article = () if bare or token.lemma_.lower() in self.names.known.posts or _titled(group) else ("a",)
            yield Part("post", (*self.doc[named.first : named.after], verb, *article, *group), None)
        elif other is not None and named is None and head.pos_ == "NOUN" and other.name.kind == "person":
            yield Part("post", (*self.doc[other.first : other.after], "is", *self.group(head)), None)

    def _to_the_next_name(self, words: list[Token]) -> list[Token]:
        """The words up to a comma after which a person is named: what follows is of that person."""
        firsts = {m.first for m in self.names.persons(self.sentence)}
        end = next((k for k, t in enumerate(words) if t.text == "," and t.i + 1 in firsts), len(words))
        return words[:end]

    def _relative(self, token: Token) -> Iterator[Part]:
        wh = next((t for t in token.children if t.dep_ in SUBJECTS and t.lower_ in ("who", "which")), None)
        if wh is None or token.head.pos_ not in ("NOUN", "PROPN") or token.head.ent_type_ in ("DATE", "TIME"):
            return  # after a date, "which" speaks of what happened then
        rest = _trimmed([t for t in within(token) if t != wh])
        yield Part("relative", (*self.group(token.head), *rest), token)

    def _presupposed(self, mention: Mention) -> Iterator[Part]:
        head = self.doc[mention.last]
        of = head.head if head.dep_ == "pobj" and head.head.lower_ == "of" else None
        noun = of.head if of is not None else head.head if head.dep_ == "poss" else None
        if noun is not None and mention.name.kind == "person" and noun.lower_ in PRESUPPOSED:
            yield Part("presupposed", (*self.doc[mention.first : mention.after], PRESUPPOSED[noun.lower_]), None, False,
                       "taken for granted by the sentence; say where or when")  # fmt: skip


def _titled(group: Sequence[Token]) -> bool:
    """Whether a description begins as a title does: "chief economist", "head coach"."""
    return any(t.lower_ in PORTFOLIOS or t.lower_ == "head" for t in group[:2])


def _lower(token: Token, names: Names) -> Piece:
    low = token.lower_
    return low if token.text != token.text.upper() and (low in names.known.posts or low in PORTFOLIOS) else token


def _trimmed(words: list[Token]) -> list[Token]:
    """Without the marks and joining words at the ends; a quotation mark stays."""
    first, after = 0, len(words)
    while first < after and (
        words[first].text in (",", ";", ":", "—", "–", "-", ".", ")") or words[first].dep_ == "cc"
    ):
        first += 1
    while after > first and words[after - 1].text in (",", ";", ":", "—", "–", "-", ".", "("):
        after -= 1
    return words[first:after]
