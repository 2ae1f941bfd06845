"""A part of a sentence written out as a statement: names in full, words resolved, dates in the calendar."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from flows.draft.entities import Names
from flows.draft.model import Sentence
from flows.draft.parts import Part, quoted, title_of
from flows.draft.references import References, Resolution
from flows.draft.syntax import SUBJECTS, Doc, Token, child, children, subject
from flows.draft.words import COMMENTING, ONE_OF_A_KIND, POINTING, PRONOUNS, SAYING, SOMEBODY

_Put = Callable[[int, int, str], None]
_BEFORE_DATES = ("on", "in", "by", "since", "until", "from", "of", "before", "after", "late", "early", "to")
_SHORT = {"’s": "is", "’re": "are", "’ve": "have", "’ll": "will", "’d": "would", "’m": "am"}
_PARTS_OF_DAY = ("morning", "afternoon", "evening", "night")
_NOMINAL = ("nsubj", "nsubjpass", "dobj", "pobj", "attr")


@dataclass
class Written:
    """The wording of a part. ``unresolved`` is the word that keeps it from being understood alone, None without one."""

    text: str = ""
    checks: list[str] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    unresolved: str | None = None


def write(part: Part, doc: Doc, sentence: Sentence, names: Names, references: References) -> Written:
    """The part as a sentence that stands alone as far as its words can be resolved."""
    return _Writer(part, doc, sentence, names, references).written


class _Writer:
    def __init__(self, part: Part, doc: Doc, sentence: Sentence, names: Names, references: References) -> None:
        self.part, self.doc, self.sentence = part, doc, sentence
        self.names, self.references = names, references
        self.written = Written(checks=[part.check] if part.check else [])
        self.inside = quoted(doc)
        self.named: set[str] = set()
        tokens = [p for p in part.pieces if not isinstance(p, str)]
        self.words = {t.i for t in tokens}
        instead = self._instead(tokens)
        out: list[str] = []
        last: int | None = None
        skip: set[int] = set()
        for piece in part.pieces:
            if isinstance(piece, str):
                out.append(f" {piece} ")
                last = None
                continue
            if piece.i in skip:
                last = piece.i
                continue
            if last is None or piece.i != last + 1:
                out.append(" ")
            if piece.i in instead:
                after, text = instead[piece.i]
                skip |= set(range(piece.i, after))
                out.append(text + self.doc[after - 1].whitespace_)
            else:
                out.append(piece.text_with_ws)
            last = piece.i
        if part.kind == "presupposed" and out[-1].strip().endswith(("present", "absent")) and references.event():
            out.append(f" {'at' if 'present' in out[-1] else 'from'} {references.event()}")
        self.written.text = _tidy("".join(out))
        for token in tokens:
            opens = token.i in self.inside and token.i - 1 not in self.inside
            if opens and token.lower_ in POINTING | PRONOUNS:
                self.written.checks.append(f"what is “{token.text}” in the quotation?")

    def _instead(self, tokens: list[Token]) -> dict[int, tuple[int, str]]:
        """What stands in place of the words from a position on, with the position after them."""
        found: dict[int, tuple[int, str]] = {}
        taken: set[int] = set()

        def put(first: int, after: int, text: str) -> None:
            if not taken & set(range(first, after)):
                taken.update(range(first, after))
                found[first] = (after, text)

        # Persons first: the country in a person's title is a name too.
        for mention in sorted(self.names.mentions[self.sentence.index], key=lambda m: m.name.kind != "person"):
            span = set(range(mention.first, mention.after))
            if not span <= self.words or span & self.inside:
                continue
            first = mention.first
            title = title_of(self.doc, mention, self.names)
            if title and self.part.kind != "post" and set(range(*title)) <= self.words:
                first = title[0] - (
                    title[0] > 0 and self.doc[title[0] - 1].dep_ == "det" and title[0] - 1 in self.words
                )
            text = mention.name.full if mention.name.kind == "person" else self.doc[mention.first : mention.after].text
            if mention.name.kind == "person":
                first = self._before(first, mention.name.full)
                if text in self.named:
                    text = self.doc[mention.last].text
            self.named.add(mention.name.full)
            put(first, mention.after, text)
        self._dates(put)
        for token in tokens:
            if token.i in self.inside or token.i in taken:
                continue
            if token.lower_ in PRONOUNS:
                self._pronoun(token, tokens, put)
            elif token.lower_ in POINTING and token.dep_ in (*_NOMINAL, "det", "predet"):
                self._pointing(token, put)
            elif token.pos_ == "NOUN" and any(t.lower_ in ("the", "both") for t in token.children):
                self._described(token, put)
            elif token.dep_ == "advmod" and (
                token.lower_ == "recently" or (token.lower_ in COMMENTING and token.i == tokens[0].i)
            ):
                put(token.i, token.i + 1, "")
        return found

    def _before(self, first: int, full: str) -> int:
        """Where a person's name begins, with the parts of it and the "Mr" that the parser took for other words."""
        parts = {*full.split()[:-1], "Mr", "Mr.", "Mrs", "Mrs.", "Ms", "Ms.", "Dr", "Dr."}
        while first > 0 and first - 1 in self.words and self.doc[first - 1].text in parts:
            first -= 1
        return first

    def _dates(self, put: _Put) -> None:
        for dated in self.sentence.dates:
            span = self.doc.char_span(dated.start, dated.end, alignment_mode="expand")
            if span is None or not set(range(span.start, span.end)) <= self.words or span.start in self.inside:
                continue
            if dated.written is None:
                self.written.checks.append(f"“{span.text}” is counted from a day that the document does not state")
                continue
            first, before = span.start, self.doc[span.start - 1].lower_ if span.start else ""
            ahead = dated.later if _to_come(span.root) else None
            text = ahead or dated.written
            owns = any(t.tag_ == "POS" for t in self.doc[span.end - 1 : span.end + 1])  # "Friday's talks"
            if before in _BEFORE_DATES or owns:
                text = re.sub(r"^(?:on|in) ", "", text)
            if owns and self.doc[span.end - 1].tag_ == "POS":
                text = f"the {text}"
            after = span.end
            if after < len(self.doc) and self.doc[after].lower_ in _PARTS_OF_DAY and text[-1].isdigit():
                on = "on " if text.startswith("on ") else ""
                text = f"{on}the {self.doc[after].lower_} of {text.removeprefix('on ')}"
                after += 1
            if not dated.sure or ahead:
                self.written.checks.append(f"“{span.text}” may be another day than {text}")
            put(first, after, text)

    def _pronoun(self, token: Token, tokens: list[Token], put: _Put) -> None:
        low = token.lower_
        if low.endswith(("self", "selves")) or (low == "it" and _expletive(token)) or self._plain(token, tokens):
            return
        found = self.references.pronoun(self.sentence.index, token)
        if found is None:
            self.written.unresolved = self.written.unresolved or token.text
            return
        possessive = token.tag_ == "PRP$"
        self._take(found)
        put(
            token.i,
            token.i + 1,
            found.text + ("’s" if possessive and not found.text.endswith("s") else "’" if possessive else ""),
        )
        after = self.doc[token.i + 1] if token.i + 1 < len(self.doc) else None
        if not possessive and after is not None and after.lower_.replace("'", "’") in _SHORT and after.pos_ == "AUX":
            put(after.i, after.i + 1, f" {self._in_full(after)}")
        self.named.add(found.text)

    def _in_full(self, short: Token) -> str:
        """An auxiliary written out: "he's seen" is "he has seen"."""
        written = _SHORT[short.lower_.replace("'", "’")]
        if written == "is" and short.dep_ in ("aux", "auxpass") and short.head.tag_ in ("VBN", "VBD"):
            return "has" if short.dep_ == "aux" or child(short.head, "dobj") is not None else "is"
        return "had" if written == "would" and short.head.tag_ == "VBN" else written

    def _plain(self, token: Token, tokens: list[Token]) -> bool:
        """Whether the statement itself says before the pronoun whom it means: "X said that he", "Russia and its"."""
        before = [t for t in tokens if t.i < token.i]
        said = {t.i for t in before} - self.inside
        people = {m.name for m in self.names.persons(self.sentence.index) if m.last in said}
        if self._of_the_speaker(token, before):
            return True
        if token.lower_ in ("he", "she", "his", "her", "him"):
            if not people and any(self._is_somebody(t) for t in before):
                return True
            first = next((t for t in tokens if t.lower_ == token.lower_), token)
            return len(people) == 1 or (first.i < token.i and not people)
        heads = [t for t in before if t.dep_ in ("nsubj", "nsubjpass")]
        if token.lower_ in ("its", "it"):
            return bool(heads) and heads[-1].tag_ in ("NN", "NNP") and not people and heads[-1].lower_ != "it"
        several = [t for t in heads if t.tag_ in ("NNS", "NNPS") or child(t, "conj") is not None]
        if len({t.lemma_ for t in several}) == 1:
            return True
        verb = token.head
        while verb.dep_ not in ("ROOT", "ccomp", "conj", "advcl", "relcl") and verb.head != verb:
            verb = verb.head
        return any(t in list(verb.subtree) or verb.head.lemma_.lower() in SAYING for t in several)

    def _is_somebody(self, token: Token) -> bool:
        named = token.lemma_.lower() in SOMEBODY | self.names.known.posts
        return named and token.tag_ == "NN" and token.dep_ in (*SUBJECTS, "dobj", "pobj")

    def _of_the_speaker(self, token: Token, before: list[Token]) -> bool:
        """Whether a pronoun speaks of the unnamed who say it: "one student said he", "witnesses say they"."""
        verb = token.head
        while verb.dep_ != "ccomp" and verb.head != verb:
            verb = verb.head
        speaker = subject(verb.head)
        if verb.head.lemma_.lower() not in SAYING or speaker is None or speaker not in before:
            return False
        if token.lower_ in ("they", "their", "them"):
            return speaker.pos_ in ("NOUN", "PROPN")
        return token.lower_ in ("he", "she", "his", "her", "him") and speaker.tag_ == "NN" and token.head == verb

    def _pointing(self, token: Token, put: _Put) -> None:
        head = token.head
        if token.dep_ not in ("det", "predet"):
            if token.lower_ == "that" and token.tag_ in ("WDT", "IN"):
                return
            self.written.unresolved = self.written.unresolved or token.text
            return
        place = self.references.place_of(self.sentence.index, head)
        if place is not None:
            put(token.i, token.i + 1, "the")
            self._placed(head, place, put)
        elif not any(t.ent_type_ for t in head.subtree):
            self.written.unresolved = self.written.unresolved or f"{token.text} {head.text}"

    def _described(self, head: Token, put: _Put) -> None:
        found = self.references.described(self.sentence.index, head)
        if found is not None:
            first = min(t.i for t in head.subtree if t.dep_ in ("det", "nummod", "preconj", "predet") or t == head)
            self._take(found)
            put(first, head.i + 1, found.text)
            return
        place = self.references.place_of(self.sentence.index, head)
        if place is not None:
            self._placed(head, place, put)
        elif head.lemma_.lower() in self.names.known.posts and not any(
            t.dep_ not in ("det", "amod") or t.ent_type_ for t in head.children
        ):
            self.written.checks.append(f"which {head.text}?")
        elif any(t.lower_ == "both" for t in head.children) and child(head, "conj") is None:
            self.written.unresolved = self.written.unresolved or f"both {head.text}"
        elif self._points_back(head):
            self.written.checks.append(f"which {head.text}?")

    def _points_back(self, head: Token) -> bool:
        """Whether a bare "the film" is one of which the document has spoken before, and which it does not say here."""
        if any(t.dep_ not in ("det", "punct", "case") for t in head.children):
            return False
        if head.dep_ not in (*SUBJECTS, "dobj", "pobj", "poss"):
            return False
        if head.lemma_.lower() in ONE_OF_A_KIND or head.ent_type_ or head.tag_ not in ("NN", "NNS"):
            return False
        if (
            not any(t.lower_ == "the" for t in head.children)
            or self.doc[min(head.i + 1, len(self.doc) - 1)].text == "-"
        ):
            return False
        if any(t.lemma_ == head.lemma_ for t in self.doc[: head.i] if t.i in self.words):
            return False
        return head.dep_ in SUBJECTS or self.references.spoken_of(self.sentence.index, head)

    def _placed(self, head: Token, place: Resolution, put: _Put) -> None:
        name = place.text.removeprefix("in ")
        if name in self.named or any(t.text == name for t in self.doc if t.i in self.words):
            return
        self._take(place)
        self.named.add(name)
        put(head.i, head.i + 1, f"{head.text} {place.text}")

    def _take(self, found: Resolution) -> None:
        if found.check and found.check not in self.written.checks:
            self.written.checks.append(found.check)
        if found.sentence != self.sentence.index:
            self.written.sentences.append(found.sentence)


def _to_come(day: Token) -> bool:
    """Whether what a day is said of lies ahead: "will meet on Friday", "agreed to meet on Friday"."""
    verb = day
    while verb.pos_ not in ("VERB", "AUX") and verb.head != verb:
        verb = verb.head
    return verb.tag_ == "VB" and any(t.lower_ in ("will", "’ll", "'ll", "to", "shall") for t in children(verb, "aux"))


def _expletive(it: Token) -> bool:
    """Whether "it" stands for nothing: "it is a crime to", "it was not clear who"."""
    if it.dep_ == "expl":
        return True
    verb = it.head
    if it.dep_ not in ("nsubj", "nsubjpass") or verb.lemma_ not in ("be", "become", "remain"):
        return False
    said = children(verb, "acomp", "attr", "oprd")
    told = [t for t in (verb, *said) for t in children(t, "xcomp", "ccomp", "csubj", "advcl", "acl", "relcl")]
    return bool(said) and any(t.i > it.i and (child(t, "mark") or child(t, "aux") or t.pos_ == "VERB") for t in told)


def _tidy(text: str) -> str:
    text = " ".join(text.split())
    text = re.sub(r"\s+([,.;:!?”’)])", r"\1", text)
    text = re.sub(r"([“(])\s+", r"\1", text)
    text = re.sub(r"\s+(['’]s\b)", r"\1", text)
    text = re.sub(r"(?:,\s*)+,", ",", text)
    if text.count("”") > text.count("“"):
        text = re.sub(r"[,.]*”(?=[^”]*$)", "", text)
    text = text.strip(" ,;:—–-")
    if text.count("“") > text.count("”"):
        text += "”"
    if text.count('"') % 2:
        text += '"'
    if not text.endswith((".", "!", "?", ".”", "!”", "?”", '."')):
        text += "."
    return text[:1].upper() + text[1:]
