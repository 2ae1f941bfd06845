"""Whether a part of a sentence states something that can be checked, or why not."""

from flows.draft.captions import is_headline
from flows.draft.entities import Names
from flows.draft.model import Reason
from flows.draft.parts import Part
from flows.draft.syntax import Doc, Token, child, children, subject
from flows.draft.words import (
    EVALUATIVE,
    EVALUATIVE_NOUNS,
    EVIDENCE,
    FIRST_PERSON,
    GUESS_NOUNS,
    GUESSING,
    MAYBE,
    OUGHT,
    READING_IN,
    RUMOUR,
    SAYING,
    SECOND_PERSON,
    SEEMING,
    SPEAKERS,
    VAGUE_OBJECTS,
)


def whole(doc: Doc, quoted: frozenset[int]) -> Reason | None:
    """Why nothing of this sentence can be a fact, its names' posts apart; None if it may be."""
    if is_headline(doc.text):
        return "no_sentence"
    outside = [t for t in doc if t.i not in quoted]
    lows = {t.lower_ for t in outside if t.text != "US"}
    if doc.text.rstrip(" ”\"'’)").endswith("?"):
        return "question"
    if len(outside) <= 2 and len(doc) > 4:
        return "not_self_contained"  # all of it is quoted, and nobody says it here
    if lows & FIRST_PERSON or lows & SECOND_PERSON:
        return "first_person"
    return None


def clause(part: Part, names: Names, sentence: int, quoted: frozenset[int]) -> Reason | None:
    """Why this part of a sentence is no fact; None if it is one as far as its words tell."""
    verb = part.verb
    if verb is None:
        return None
    words = [p for p in part.pieces if not isinstance(p, str)]
    outside = [t for t in words if t.i not in quoted]
    owner = subject(verb)
    lemma = verb.lemma_.lower()
    if part.kind == "clause" and owner is None and verb.tag_ == "VB" and words and words[0] == verb:
        return "instruction"
    if part.kind in ("clause", "relative") and words and words[0].tag_ in ("VBP", "VBZ", "VBD", "MD"):
        return "no_sentence"  # its subject was not found
    lemmas = {t.lemma_.lower() for t in outside}
    if lemmas & RUMOUR:
        return "hearsay"
    tells = lemma in SAYING and (owner is None or _someone(owner, names, sentence))
    own = [t for t in verb.children if t.dep_ in ("aux", "neg", "advmod", "mark")]
    helps = {t.lower_ for t in own if t.dep_ == "aux"}
    if not tells:
        if any(_conditional(t) for t in verb.children):
            return "conditional"
        if helps & MAYBE or {t.lower_ for t in own} & GUESSING:
            return "prediction"
        if helps & OUGHT or lemma in ("need", "ought"):
            return "opinion"
        if owner is not None and owner.lemma_.lower() in GUESS_NOUNS:
            return "prediction"
        if helps & {"will", "’ll", "'ll"} and not _concrete(verb, names, sentence):
            return "prediction"
    if (verb.pos_ == "AUX" or lemma in ("be", *SEEMING)) and _judges(verb, names, sentence):
        return "opinion"
    passive = child(verb, "auxpass") is not None  # "no arrests were made": somebody did it, nothing is read into it
    if (
        lemma in READING_IN
        and owner is not None
        and not passive
        and not _someone(owner, names, sentence)
        and not _counted(words)
    ):
        return "opinion"
    if (
        owner is not None
        and owner.lower_ in ("this", "that", "these", "those", "it")
        and lemma in READING_IN | {"indicate"}
    ):
        return "opinion"
    said = child(verb, "dobj")
    if said is not None and said.lemma_.lower() in VAGUE_OBJECTS and not _counted(words):
        return "nothing_to_check"
    if said is not None and not any(_anchored(t, names, sentence) for t in said.subtree):
        near = {t.lemma_.lower() for word in (said, *children(said, "amod")) for t in word.subtree if t.pos_ == "ADJ"}
        if near & EVALUATIVE:
            return "opinion"
    if not any(_anchored(t, names, sentence) for t in words):
        return "nothing_to_check"
    return None


def _conditional(token: Token) -> bool:
    mark = child(token, "mark")
    return token.dep_ == "advcl" and mark is not None and mark.lower_ in ("if", "unless")


def _someone(head: Token, names: Names, sentence: int) -> bool:
    """Whether a subject can say and do things: somebody named, a person or a body; or a report with findings."""
    if names.at(sentence, head) is not None or head.lemma_.lower() in EVIDENCE | names.known.posts:
        return True
    if head.lower_ in ("he", "she", "who", "they"):
        return True
    group = head.pos_ in ("NOUN", "PROPN") and head.lemma_.lower() in SPEAKERS
    return group and any(t.ent_type_ for t in head.subtree)


def _concrete(verb: Token, names: Names, sentence: int) -> bool:
    """Whether a "will" tells of something arranged: somebody or something named has a part in it."""
    roles = [t for t in verb.children if t.dep_ in ("nsubj", "nsubjpass")]
    roles += [o for t in children(verb, "agent") for o in t.children]
    return any(
        names.at(sentence, t) or t.lower_ in ("he", "she") or t.ent_type_ for role in roles for t in role.subtree
    )


def _judges(verb: Token, names: Names, sentence: int) -> bool:
    """Whether what is said of a subject is a judgement: "is dramatic", "was a special choice"."""
    said = children(verb, "acomp", "attr", "oprd", "advmod")
    for word in said:
        low = word.lemma_.lower()
        if word.dep_ in ("acomp", "oprd") and any(t.lemma_.lower() in EVALUATIVE for t in word.subtree):
            return True
        if word.dep_ == "attr" and not any(_anchored(t, names, sentence) for t in word.subtree):
            near = {t.lemma_.lower() for t in word.children if t.dep_ == "amod"}
            if low in EVALUATIVE_NOUNS or near & EVALUATIVE:
                return True
    owner = subject(verb)
    return verb.lemma_ in SEEMING and owner is not None and not _counted(list(verb.subtree))


def _counted(words: list[Token]) -> bool:
    return any(t.like_num and t.lower_ not in ("one", "two") for t in words)


def _anchored(token: Token, names: Names, sentence: int) -> bool:
    """Whether a word ties a statement to the world: a name, a number, a date; a pronoun may turn out to be one."""
    if token.lower_ in ("he", "she", "him", "her", "his", "they", "it", "their", "its"):
        return True
    if names.at(sentence, token) is not None:
        return True
    told = token.like_num or token.pos_ in ("PROPN", "NUM") or token.lower_ in ("yesterday", "today", "tomorrow")
    return told and token.ent_type_ in ("DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "CARDINAL", "ORDINAL")
